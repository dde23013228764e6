import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { expect, it } from 'vitest'
import { builtinSqlite } from '../../../../scripts/workspace.mjs'
import { needsDriver } from '../../../kit/sqlite-client/needs-driver.ts'
import { bundle, folder } from '../connection/kit.ts'
import { raw } from './kit.ts'

needsDriver('better-sqlite3-multiple-ciphers')

const require = createRequire(import.meta.url)
const [plain, ciphers] = ['better-sqlite3', 'better-sqlite3-multiple-ciphers'] as const
const key = `x'${'5a'.repeat(32)}'`

const source = `
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
const [url, key] = process.argv.slice(2)
try {
  const session = await sqliteDialect({ url, ...(key === undefined ? {} : { key }) }).connection.connect({ purpose: 'run' })
  await session.execute('CREATE TABLE t (a)')
  await session.close()
  console.log(JSON.stringify({ code: 'opened' }))
} catch (error) {
  console.log(JSON.stringify(error))
}
`

/** The newest ends Node 20. */
const fitting = Number.parseInt(process.versions.node, 10) < 22 ? 12 : 13

/** Opens a database where only one driver is installed: this package, by the name that it is imported by. */
async function openWith(driver: string, args: readonly string[], name = driver): Promise<unknown> {
  const home = folder()
  mkdirSync(path.join(home, 'node_modules'))
  symlinkSync(path.dirname(require.resolve(`${driver}/package.json`)), path.join(home, 'node_modules', name))
  const outfile = path.join(home, 'open.mjs')
  await bundle(source, outfile)
  const { stdout, stderr } = spawnSync(process.execPath, [outfile, ...args], { encoding: 'utf8' })
  return JSON.parse(stdout || JSON.stringify(stderr))
}

it('without its driver an encrypted database is DRIVER_NOT_BUILT, which names it, and no file is made', async () => {
  const file = path.join(folder(), 'app.db')
  expect(await openWith(plain, [`sqlite+sqlcipher://${file}`, key])).toMatchObject({
    code: 'DRIVER_NOT_BUILT',
    details: { driver: 'better-sqlite3-multiple-ciphers' },
    remedy: `Install it: \`npm install better-sqlite3-multiple-ciphers@${fitting}\`.`,
  })
  expect(existsSync(file)).toBe(false)
})

it('an encrypted database needs no other driver', async () => {
  const file = path.join(folder(), 'app.db')
  expect(await openWith(ciphers, [`sqlite+sqlcipher://${file}`, key])).toEqual({ code: 'opened' })
  expect(raw(file, key, (db) => db.prepare('SELECT name FROM sqlite_schema').pluck().get())).toBe('t')
})

it('a database that is not encrypted is not opened by the driver of those that are', async () => {
  const file = path.join(folder(), 'app.db')
  // A Node that brings SQLite along needs no driver for it.
  const expected =
    builtinSqlite() === undefined
      ? {
          code: 'DRIVER_NOT_BUILT',
          remedy: `Install it: \`npm install better-sqlite3@${fitting}\`, or use Node 24, which brings SQLite along.`,
        }
      : { code: 'opened' }
  expect(await openWith(ciphers, [`sqlite:${file}`])).toMatchObject(expected)
})

it('a package of that name that does not encrypt is refused, and nothing is written', async () => {
  const file = path.join(folder(), 'app.db')
  expect(await openWith(plain, [`sqlite+sqlcipher://${file}`, key], ciphers)).toMatchObject({
    code: 'DRIVER_NOT_BUILT',
    details: { driver: ciphers, why: 'it does not encrypt' },
  })
  expect(existsSync(file) ? readFileSync(file).length : 0).toBe(0)
})
