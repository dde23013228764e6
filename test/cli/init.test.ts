import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBuilt, Project, root, twoRevisions } from './project.ts'
import { keys, onTerminal } from './terminal.ts'

beforeAll(ensureBuilt)
let project: Project
let newFolder: string
beforeEach(() => {
  project = new Project(twoRevisions)
  newFolder = join(project.folder, 'fresh')
  mkdirSync(newFolder)
})
afterEach(() => project.remove())

/** Where nothing is recognised. */
const next = `next: migrate revision -m "first tables"  an empty revision, to be written by hand
next: migrate upgrade                     apply it
next: migrate status                      which revisions are applied
`

const configText = (...members: readonly string[]): string =>
  `import { defineConfig } from '@org/cli'\n\nexport default defineConfig({\n${members.map((each) => `  ${each},\n`).join('')}})\n`

test('init makes what the next command needs', () => {
  project.put({ 'fresh/package.json': '{}' })
  expect(project.run(['init'], { cwd: newFolder })).toMatchObject({
    code: 0,
    stdout: `created ${join(newFolder, 'migrate.config.ts')}\ncreated ${join(newFolder, 'migrations')}\n${next}`,
  })
  expect(existsSync(join(newFolder, 'migrations'))).toBe(true)
  const status = project.run(['status'], { cwd: newFolder })
  expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining(join(newFolder, 'app.db')) })
  expect(project.run(['revision', '-m', 'x'], { cwd: newFolder }).code).toBe(0)
  expect(project.run([], { cwd: newFolder })).toMatchObject({ stdout: expect.stringContaining('1 revision applied') })
})

test('init overwrites nothing, and says what it left alone', () => {
  const before = readFileSync(join(project.folder, 'migrate.config.ts'), 'utf8')
  const config = join(project.folder, 'migrate.config.ts')
  const migrations = join(project.folder, 'migrations')
  expect(project.run(['init'])).toMatchObject({
    code: 0,
    stdout: `skipped ${config}: it already exists\nskipped ${migrations}: it already exists\n${next}`,
  })
  expect(readFileSync(config, 'utf8')).toBe(before)
  project.put({ 'fresh/migrate.config.js': 'export default {}\n', 'fresh/package.json': '{"name":"mine"}' })
  expect(project.json(['init', '--template', 'package'], { cwd: newFolder })).toMatchObject({
    config: join(newFolder, 'migrate.config.js'),
    created: ['tsconfig.json', 'src/index.ts', 'migrations'].map((name) => join(newFolder, name)),
    untouched: ['migrate.config.js', 'package.json'].map((name) => join(newFolder, name)),
  })
  expect(readFileSync(join(newFolder, 'package.json'), 'utf8')).toBe('{"name":"mine"}')
})

test('an existing configuration names the folder, and init makes no other', () => {
  const config = join(newFolder, 'migrate.config.ts')
  const steps = join(newFolder, 'db/steps')
  project.put({ 'fresh/migrate.config.ts': configText("url: 'sqlite:./app.db'", "migrations: './db/steps'") })
  const first = { code: 0, stdout: `created ${steps}\nskipped ${config}: it already exists\n${next}` }
  expect(project.run(['init'], { cwd: newFolder })).toMatchObject(first)
  expect(project.run(['init', '--folder', 'db/steps'], { cwd: newFolder }).code).toBe(0)
  const other = ['init', '--folder', 'x']
  const { code, stdout, stderr } = project.run(other, { cwd: newFolder })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(`${config} can't be written: it exists, and its folder of revisions is ${steps}`)
  expect(stderr).toContain('Write `migrations: "x"` into it, or leave --folder out.')
  expect(readdirSync(newFolder)).toEqual(['db', 'migrate.config.ts'])
  project.put({ 'fresh/migrate.config.ts': configText("url: 'sqlite:./app.db'", 'migrations: "x"') })
  expect(project.run(other, { cwd: newFolder })).toMatchObject({ code: 0 })
  project.put({ 'fresh/migrate.config.ts': 'export default {' })
  expect(project.run(['init', '--folder', 'y'], { cwd: newFolder })).toMatchObject({ code: 0 })
})

test.each([
  ['Knex', 'exports.up = (knex) => knex.schema.dropTable("users")\n'],
  ['TypeORM', "export class Users1 { name = 'Users1'; async up(runner) {} }\n"],
  ['Kysely', "export async function up(db) { await db.schema.dropTable('users').execute() }\n"],
])('init writes nothing where the usual folder has the migrations of %s', (_tool, text) => {
  project.put({ 'fresh/migrations/20260101000000_users.js': text })
  const { code, stdout, stderr } = project.run(['init'], { cwd: newFolder })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('it has files that are not revisions, such as 20260101000000_users.js')
  expect(readdirSync(newFolder)).toEqual(['migrations'])
  expect(project.run(['init', '--folder', 'revisions'], { cwd: newFolder }).code).toBe(0)
  expect(project.run(['status'], { cwd: newFolder }).code).toBe(0)
})

test.each([
  [['--dialect', 'postgres'], {}, "process.env.DATABASE_URL ?? 'postgres://localhost/app'"],
  [['--url', 'postgresql://me:secret@host/db'], {}, "process.env.DATABASE_URL ?? 'postgres://localhost/app'"],
  [[], { DATABASE_URL: 'mariadb://me:secret@host/db' }, "process.env.DATABASE_URL ?? 'mariadb://localhost/app'"],
  [['--folder', 'db/steps'], {}, "migrations: './db/steps'"],
])('init %j %j writes %s and no password', (args, env, message) => {
  expect(project.run(['init', ...args], { cwd: newFolder, env }).code).toBe(0)
  const text = readFileSync(join(newFolder, 'migrate.config.ts'), 'utf8')
  expect(text).toContain(message)
  expect(text).not.toContain('secret')
})

test('a package of a monorepo is one that services import', () => {
  expect(project.run(['init', '--template', 'package', '--dialect', 'sqlite'], { cwd: newFolder }).code).toBe(0)
  const manifest = JSON.parse(readFileSync(join(newFolder, 'package.json'), 'utf8')) as Record<string, unknown>
  expect(manifest).toMatchObject({
    name: 'fresh',
    type: 'module',
    exports: './src/index.ts',
    scripts: { migrate: 'migrate' },
  })
  expect(Object.keys(manifest.dependencies as object)).toEqual([
    '@org/cli',
    '@org/migrate-core',
    '@org/migrate-dialect-sqlite',
  ])
  project.run(['revision', '--rev-id', 'a1'], { cwd: newFolder })
  symlinkSync(join(root, 'node_modules/@types'), join(project.folder, 'node_modules/@types'))
  const checked = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', newFolder, '--types', 'node'],
    { encoding: 'utf8' },
  )
  expect({ status: checked.status, stdout: checked.stdout }).toEqual({ status: 0, stdout: '' })
})

test('where nothing can be written nothing is left behind', () => {
  project.put({ 'fresh/src': '' })
  expect(project.run(['init', '--template', 'package'], { cwd: newFolder })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('FILE_NOT_WRITTEN'),
  })
  expect(readdirSync(newFolder)).toEqual(['src'])
})

describe('on a terminal', () => {
  test('init asks for what no option says', async () => {
    await onTerminal(
      newFolder,
      'init',
      ['Which database?', keys.down + keys.enter],
      ['In which folder', keys.enter],
      ['Which files declare the schema?', keys.enter],
      ['What is made?', keys.enter],
    )
    const text = readFileSync(join(newFolder, 'migrate.config.ts'), 'utf8')
    expect(text).toContain('postgres://localhost/app')
    expect(text).not.toContain('autogenerate')
  })

  test('init proposes what it recognises, and takes another answer', async () => {
    project.put({
      'fresh/.env': 'DATABASE_URL="mysql://me:secret@host/db"\n',
      'fresh/drizzle.config.ts': "export default { dialect: 'mysql', schema: './src/tables.ts' }\n",
    })
    const shown = await onTerminal(
      newFolder,
      'init',
      ['Which database?', keys.enter],
      ['In which folder', keys.enter],
      ['Which files declare the schema?', ` src/more.ts${keys.enter}`],
      ['Where does DATABASE_URL come from?', keys.enter],
      ['What is made?', keys.enter],
    )
    expect(shown).toContain('recognised drizzle.config.ts (drizzle-kit): mysql: schema ./src/tables.ts')
    expect(shown).not.toContain('secret')
    expect(readFileSync(join(newFolder, 'migrate.config.ts'), 'utf8')).toBe(
      configText(
        "envFile: '.env'",
        "migrations: './migrations'",
        "autogenerate: { schema: ['./src/tables.ts', './src/more.ts'] }",
      ),
    )
  })

  test('init asks nothing that an option says', async () => {
    // Some versions of Node read the file of such an option, too, and end where there is none.
    project.put({ 'fresh/.env': 'OTHER=1\n' })
    const options = '--dialect sqlite --folder revisions --schema src/a.ts --dotenv .env --template service'
    expect(await onTerminal(newFolder, `init ${options}`)).toContain('created ')
    expect(readFileSync(join(newFolder, 'migrate.config.ts'), 'utf8')).toBe(
      configText("envFile: '.env'", "migrations: './revisions'", "autogenerate: { schema: './src/a.ts' }"),
    )
  })

  test('Ctrl-C at a question makes nothing', async () => {
    expect(await onTerminal(newFolder, 'init', ['Which database?', keys.stop])).toContain('Nothing was made.')
    expect(readdirSync(newFolder)).toEqual([])
  })
})
