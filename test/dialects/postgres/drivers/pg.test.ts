import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ensureBuilt, root } from '../../../cli/project.ts'
import { killedAndResumed, projectWith } from '../../../kit/killed-run.ts'
import { describeOn } from '../../../kit/own-sessions.ts'

beforeAll(ensureBuilt)

describeOn('postgres', 'the driver pg', (createDatabase) => {
  test('a killed run leaves nothing half; the next one ends at head, and goes down again', async () => {
    const { url, sql } = await createDatabase()
    await killedAndResumed(url, sql, ", driver: 'pg'")
  })

  test('doctor and config name it, with its version and the reason', async () => {
    const { url } = await createDatabase()
    const project = projectWith(", driver: 'pg'")
    const settings = { env: { ...process.env, APP_URL: url } }
    const text = `pg ${versionOf('pg')} (\`driver\` names it)`
    expect(project.run(['doctor'], settings).stdout).toContain(`driver: ${text}.`)
    expect(project.run(['config'], settings).stdout).toMatch(
      new RegExp(`^driver +${text.replace(/[().]/g, '\\$&')} +file$`, 'm'),
    )
  })
})

function versionOf(name: string): string {
  const file = join(root, 'packages/dialect-postgres/node_modules', name, 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}

/** What a project has of the driver that has these packages installed. */
function chosenWith(installed: readonly string[], driver?: string): unknown {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'drivers-')))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const modules = join(home, 'node_modules')
  const own = join(modules, '@org/migrate-dialect-postgres')
  mkdirSync(join(modules, '@org'), { recursive: true })
  cpSync(join(root, 'packages/dialect-postgres/dist'), join(own, 'dist'), { recursive: true })
  cpSync(join(root, 'packages/dialect-postgres/package.json'), join(own, 'package.json'))
  symlinkSync(join(root, 'packages/core'), join(modules, '@org/migrate-core'))
  for (const name of installed)
    symlinkSync(realpathSync(join(root, 'packages/dialect-postgres/node_modules', name)), join(modules, name))
  const options = JSON.stringify({ url: 'postgres://127.0.0.1:1/none', ...(driver === undefined ? {} : { driver }) })
  writeFileSync(
    join(home, 'program.mjs'),
    `import { postgresDialect } from '@org/migrate-dialect-postgres'
const { driver } = postgresDialect(${options}).connection
console.log(JSON.stringify(await driver().catch(({ code, message, remedy }) => ({ code, message, remedy }))))\n`,
  )
  const { stdout, stderr } = spawnSync(process.execPath, [join(home, 'program.mjs')], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

describe('the choice of a driver', () => {
  test('is the first that is installed, unless `driver` names one', () => {
    const [postgres, pg] = [versionOf('postgres'), versionOf('pg')]
    expect(chosenWith(['postgres', 'pg'])).toEqual({ name: 'postgres', version: postgres, why: 'installed' })
    expect(chosenWith(['pg'])).toEqual({ name: 'pg', version: pg, why: 'installed; postgres is not' })
    expect(chosenWith(['postgres', 'pg'], 'pg')).toEqual({ name: 'pg', version: pg, why: '`driver` names it' })
  })

  test('where none is installed, or not the one that is named, the error says what to install', () => {
    expect(chosenWith([])).toEqual({
      code: 'DRIVER_NOT_BUILT',
      message: 'no driver for PostgreSQL is found: neither postgres nor pg is installed',
      remedy: 'Install one: `npm install postgres` (or `npm install pg`).',
    })
    expect(chosenWith(['postgres'], 'pg')).toMatchObject({
      code: 'DRIVER_NOT_BUILT',
      remedy: 'Install it: `npm install pg`.',
    })
    expect(chosenWith(['postgres', 'pg'], 'pg')).toMatchObject({ name: 'pg' })
  })

  test('takes none but those that it has', () => {
    const driver = 'mysql2' as 'pg'
    expect(() => postgresDialect({ url: 'postgres://localhost/x', driver })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
  })
})
