import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onEachEngine } from '../../autogenerate/adopt/kit.ts'
import { ensureBuilt, type Project, root, twoRevisions } from '../../cli/project.ts'
import { installed } from './installed.ts'

const accounts = `import { column, integer, table, text, varchar } from '@org/migrate-core'
export const accounts = table(
  'accounts',
  {
    id: column(integer(), { nullable: false }),
    name: column(text()),
    locale: column(varchar(12), { nullable: false, default: 'en' }),
  },
  { primaryKey: ['id'] },
)
`
const config = `import { defineConfig } from '@org/cli'
export default defineConfig({
  url: process.env.APP_URL ?? 'sqlite:./app.db',
  migrations: './migrations',
  autogenerate: { schema: './schema.ts' },
})
`

let home: Project
beforeAll(() => {
  ensureBuilt()
  home = installed(
    {},
    '@org/migrate-dialect-sqlite',
    '@org/migrate-dialect-postgres',
    '@org/migrate-dialect-mysql',
    'better-sqlite3',
    'postgres',
    'mysql2',
  )
})
afterAll(() => home.remove())

/** The files of an entry and everything that they import, statically or when it is needed. */
function reached(entry: string, files = new Map<string, string>()): Map<string, string> {
  if (files.has(entry)) return files
  const text = readFileSync(entry, 'utf8')
  files.set(entry, text)
  for (const [, path = ''] of text.matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g))
    reached(join(dirname(entry), path), files)
  return files
}

test.each(['sqlite', 'postgres', 'mysql'])('nothing of the dialect of %s imports drizzle-orm', (name) => {
  const files = reached(join(root, 'packages', `dialect-${name}`, 'dist/index.js'))
  reached(join(root, 'packages', `dialect-${name}`, 'dist/internal.js'), files)
  expect(files.size).toBeGreaterThan(3)
  expect([...files].filter(([, text]) => /["']drizzle-orm/.test(text)).map(([file]) => file)).toEqual([])
  // The check sees what it looks for.
  const drizzle = reached(join(root, 'packages/drizzle/dist', `${name}.js`))
  expect([...drizzle.values()].some((text) => /["']drizzle-orm/.test(text))).toBe(true)
})

onEachEngine('an installation without drizzle-orm', (empty) => {
  test('examines, adopts, compares with a replay and writes a revision', async () => {
    const database = await empty()
    const project = home
    rmSync(join(project.folder, 'migrations'), { recursive: true, force: true })
    project.put({ 'migrate.config.ts': config, 'schema.ts': accounts, ...twoRevisions })
    const run = (...args: readonly string[]) => {
      const { code, stdout, stderr } = project.run(args, { env: { APP_URL: database.url } })
      return { code, output: stdout + stderr }
    }
    expect(existsSync(join(project.folder, 'node_modules/drizzle-orm'))).toBe(false)
    expect(run('check', '--no-database')).toMatchObject({ code: 0 })
    expect(run('upgrade')).toMatchObject({ code: 0 })
    expect(run('check')).toMatchObject({ code: 0 })
    expect(run('check', '--from', 'replay')).toMatchObject({ code: 0 })
    expect(run('doctor').output).not.toMatch(/drizzle|error:/)
    project.put({ 'schema.ts': accounts.replace('text()),', 'text()),\n    phone: column(text()),') })
    expect(run('revision', '--autogenerate', '--from', 'replay', '-m', 'phone')).toMatchObject({ code: 0 })
    expect(readdirSync(join(project.folder, 'migrations'))).toHaveLength(3)
    const other = await empty()
    await other.sql('CREATE TABLE things (id integer NOT NULL PRIMARY KEY, name varchar(20))')
    rmSync(join(project.folder, 'migrations'), { recursive: true, force: true })
    const adopted = project.run(['adopt', '--json'], { env: { APP_URL: other.url } })
    expect({ code: adopted.code, stderr: adopted.stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(adopted.stdout)).toMatchObject({ ran: true, stamped: true, differences: [] })
  })
})
