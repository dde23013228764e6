import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { configWith, declaringProject, revisionFiles, textOf } from './autogenerate-kit.ts'
import { ensureBuilt, type Finished, type Project } from './project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

function declared(files: Readonly<Record<string, string>>, settings?: string): Project {
  const config = settings === undefined ? {} : { 'migrate.config.ts': configWith(settings) }
  const project = declaringProject({ ...config, ...files })
  projects.push(project)
  return project
}

const generate = (project: Project, ...args: readonly string[]): Finished =>
  project.run(['revision', '--autogenerate', ...args])
const changes = (project: Project): readonly string[] =>
  generate(project, '--dry-run').stdout.match(/^(?:- .*|nothing differs)$/gm) ?? []

const sqlite = "import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'\n"
const users = `${sqlite}export const users = sqliteTable('users', { id: integer('id').primaryKey() })\n`
const posts = `${sqlite}import { users } from './users.ts'
export const posts = sqliteTable('posts', { author: integer('author').references(() => users.id) })
`

describe('where the schema is declared', () => {
  test('one pattern means many files, which may import each other, and a file that gives them all again', () => {
    const project = declared(
      {
        'src/schema/users.ts': users,
        'src/schema/posts.ts': posts,
        'src/schema/index.ts': "export * from './posts.ts'\nexport * from './users.ts'\n",
        'src/schema/users.test.ts': "throw new Error('not a schema')\n",
      },
      "schema: ['./src/schema/*.ts', '!./src/schema/*.test.ts']",
    )
    expect(changes(project)).toEqual(['- create table users', '- create table posts'])
  })

  test('a folder means the modules in it', () => {
    const files = { 'schema/users.ts': users, 'schema/README.md': '# Tables', 'schema/old/posts.ts': posts }
    expect(changes(declared(files, "schema: './schema'"))).toEqual(['- create table users'])
  })

  test('several files by name, in a folder of any name', () => {
    const project = declared(
      { 'a [b]/users.ts': users, 'a [b]/posts.ts': posts },
      "schema: ['./a [b]/users.ts', './a [b]/posts.ts']",
    )
    expect(changes(project)).toEqual(['- create table users', '- create table posts'])
  })

  test('paths start at the configuration, wherever the command is called', () => {
    const project = declared({ 'schema.ts': users, 'deep/down/x': '' })
    const called = project.run(['revision', '--autogenerate', '--dry-run', '--config', '../../migrate.config.ts'], {
      cwd: join(project.folder, 'deep/down'),
    })
    expect(called).toMatchObject({ code: 0, stdout: expect.stringContaining('- create table users') })
  })

  test('a workspace: paths of tsconfig.json in configuration, schema and revisions, packages in TypeScript, a barrel file', () => {
    const project = declared(
      {
        'tsconfig.base.json': '{"compilerOptions":{"paths":{"@db/*":["./packages/db/src/*"]}}}',
        'tsconfig.json': '{"extends":"./tsconfig.base.json","include":["packages"]}',
        'packages/settings.ts':
          "export const schema: string[] = ['./packages/db/src', './packages/index.ts', './linked/users.ts']\n",
        'packages/db/package.json': '{"name":"@acme/db","type":"module","exports":{"./*":"./src/*.ts"}}',
        'packages/db/src/users.ts': users,
        'packages/db/src/posts.ts': posts.replace('./users.ts', '@acme/db/users'),
        'packages/db/src/index.ts': "export * from '@db/posts'\nexport * from '@db/users.js'\n",
        'packages/index.ts': "export * from '@acme/db/index'\n",
        'packages/words.ts': "export const added: string = 'added'\n",
        'migrations/a1_first.ts': `import { type OperationRecorder, text } from '@org/migrate-core'
import { added } from '@words'
export const revision = 'a1'
export const downRevision = null
export function upgrade(op: OperationRecorder) {
  op.createTable('kept', (t) => t.column(added, text()))
}
`,
      },
      'schema',
    )
    project.put({
      'tsconfig.base.json':
        '{"compilerOptions":{"paths":{"@db/*":["./packages/db/src/*"],"@words":["./packages/words.ts"],"@settings":["./packages/settings.ts"]}}}',
      'migrate.config.ts': `import { schema } from '@settings'\n${configWith("schema, exclude: ['kept']")}`,
    })
    mkdirSync(join(project.folder, 'node_modules/@acme'))
    symlinkSync('../../packages/db', join(project.folder, 'node_modules/@acme/db'))
    symlinkSync('packages/db/src', join(project.folder, 'linked'))
    expect(project.run(['upgrade'])).toMatchObject({ code: 0, stderr: expect.stringContaining('main:a1  first') })
    expect(changes(project)).toEqual(['- create table users', '- create table posts'])
    expect(changes(project)).toEqual(['- create table users', '- create table posts'])
  })

  test('casing is that of drizzle()', () => {
    const text = `${sqlite}export const users = sqliteTable('users', { firstName: text() })\n`
    const project = declared({ 'schema.ts': text }, "schema: './schema.ts', casing: 'snake_case'")
    expect(generate(project, '--dry-run').stdout).toContain('"first_name" TEXT')
    project.put({ 'migrate.config.ts': configWith("schema: './schema.ts'") })
    expect(generate(project, '--dry-run').stdout).toContain('"firstName" TEXT')
  })
})

describe('tables of table(…)', () => {
  const portable = `import { boolean, column, integer, table, text } from '@org/migrate-core'
export const users = table(
  'users',
  { id: column(integer(), { nullable: false }), on: column(boolean(), { nullable: false, default: true }) },
  { primaryKey: ['id'] },
)
export const notes = [table('notes', { body: column(text()) })]
`

  test('need no Drizzle, and may stand in a list', () => {
    const project = declared({ 'schema.ts': portable })
    expect(generate(project, '--rev-id', 'a1', '-m', 'x')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('  create table notes\n  create table users\n'),
    })
    expect(textOf(project, 'migrations/a1_x.ts')).toContain(
      "t.column('on', boolean(), { nullable: false, default: true })",
    )
    expect(project.run(['upgrade']).code).toBe(0)
    expect(project.run(['check']).code).toBe(0)
    expect(generate(project).stdout).toContain('nothing differs')
  })

  test('and tables of Drizzle are one schema', () => {
    const project = declared(
      { 'schema.ts': portable, 'more.ts': users.replaceAll('users', 'others') },
      "schema: './*re.ts'",
    )
    project.put({ 'migrate.config.ts': configWith("schema: ['./schema.ts', './more.ts']") })
    expect(changes(project).toSorted()).toEqual([
      '- create table notes',
      '- create table others',
      '- create table users',
    ])
  })
})

const remedy = 'Fix the file that declares the schema, or name another in `autogenerate.schema`.'

describe('a schema that cannot be read', () => {
  test.each([
    [
      'throws',
      { 'schema.ts': "throw new Error('no luck today')\n" },
      /schema\.ts:1: no luck today\n {2}at +.*schema\.ts:1/,
    ],
    [
      'imports a file that throws',
      {
        'schema.ts': "import './limits.ts'\n",
        'limits.ts': "\nexport const limits: unknown = JSON.parse('{')\n",
      },
      /schema\.ts: Expected property name .* \(at .*limits\.ts:2\)\n/,
    ],
    [
      'imports a file that does not parse',
      { 'schema.ts': "import './limits.ts'\n", 'limits.ts': 'export const a = (1\nexport const b = 2\n' },
      /CONFIG_FAILED: .*limits\.ts:2: Expected .*\n {2}do/,
    ],
    ['does not parse', { 'schema.ts': 'export const = 1\n' }, /schema\.ts:1: Unexpected token\n/],
    [
      'imports what is not there',
      { 'schema.ts': "import 'nowhere'\n" },
      /schema\.ts: Cannot find package 'nowhere'.*\n {2}do +Install it, `npm install nowhere`, or correct the import\./,
    ],
    ['is not there', {}, /schema\.ts: there is no such file, and no file that it would be a pattern of/],
    [
      'exports no table',
      { 'schema.ts': 'export const a = 1\n' },
      /schema\.ts: it exports no table, neither of Drizzle nor/,
    ],
    [
      'is of another database',
      {
        'schema.ts':
          "import { pgTable, text } from 'drizzle-orm/pg-core'\nexport const notes = pgTable('notes', { body: text() })\n",
      },
      /schema\.ts: notes is not a table of SQLite, but of PostgreSQL\.\n {2}do +Declare it with sqliteTable/,
    ],
    [
      'declares a table twice',
      { 'schema.ts': `${users}export const more = sqliteTable('users', { name: text('name') })\n` },
      /schema\.ts: Two declarations are called users/,
    ],
  ])('because it %s is told with its file, and nothing is made', (_why, files, message) => {
    const project = declared(files)
    const refused = generate(project, '-m', 'x')
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toMatch(/^error: CONFIG_FAILED: /)
    expect(refused.stderr).toMatch(message)
    expect(revisionFiles(project)).toEqual([])
    expect(existsSync(project.database)).toBe(false)
    // The same of check, which asks what is declared.
    project.put({ 'migrations/.keep': '' })
    expect(project.run(['check', '--no-database'])).toMatchObject({ code: 2, stderr: refused.stderr })
  })

  test('two files that declare one table are both named', () => {
    const project = declared(
      { 'schema/a.ts': users, 'schema/b.ts': posts.replace('./users', './a'), 'schema/c.ts': users },
      "schema: './schema/*.ts'",
    )
    const inside = (name: string): string => join(project.folder, 'schema', name)
    expect(generate(project, '-m', 'x')).toMatchObject({
      code: 2,
      stderr: `error: CONFIG_FAILED: ${inside('a.ts')} and ${inside('c.ts')}: Two declarations are called users.\n  do         ${remedy}\n  see        docs/reference/errors#CONFIG_FAILED\n`,
    })
    expect(revisionFiles(project)).toEqual([])
  })

  test.each([
    ["schema: './none/*.ts'", 'there is no such file, and no file that it would be a pattern of'],
    ["schema: { postgres: './schema.ts' }", '`autogenerate.schema` names nothing for sqlite'],
    [
      "schema: { oracle: './schema.ts' }",
      '`autogenerate.schema.oracle` is not a key of the configuration: known are sqlite, postgres, mysql',
    ],
    ["schema: './schema.ts', exlude: []", 'did you mean `exclude`?'],
    ['schema: []', '`autogenerate.schema`: expected a list that is not empty'],
    ["schema: './schema.ts', renames: 'none'", '`autogenerate.renames`: expected a function'],
    ["casing: 'snake_case'", '`autogenerate.schema`'],
  ])('%s is refused', (settings, message) => {
    const project = declared({ 'schema.ts': users }, `...({ ${settings} } as never)`)
    expect(generate(project, '-m', 'x')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    })
    expect(revisionFiles(project)).toEqual([])
  })

  test('a configuration that names none is told what to write', () => {
    const project = declared({ 'schema.ts': users })
    project.put({ 'migrate.config.ts': "export default { url: 'sqlite:./app.db', migrations: './migrations' }\n" })
    expect(generate(project)).toMatchObject({
      code: 2,
      stderr: `error: USAGE: ${join(project.folder, 'migrate.config.ts')} does not say where the schema is declared\n  do         Write \`autogenerate: { schema: './src/schema.ts' }\` into it.\n  see        docs/reference/errors#USAGE\n`,
    })
  })
})

test('of many possible renames the first are printed, and the JSON has all', () => {
  const wide = (prefix: string): string =>
    `${sqlite}export const wide = sqliteTable('wide', { ${Array.from({ length: 22 }, (_, at) => `${prefix}${at}: integer('${prefix}${at}')`).join(', ')} })\n`
  const project = declared({ 'schema.ts': wide('a') }, "schema: './schema.ts'")
  expect(generate(project, '-m', 'one').code).toBe(0)
  expect(project.run(['upgrade']).code).toBe(0)
  project.put({ 'schema.ts': wide('b') })
  const { code, stderr } = generate(project, '-m', 'two')
  expect(code).toBe(2)
  const lines = stderr.split('\n')
  const columns = lines.filter((each) => each.startsWith('  column '))
  expect(columns).toHaveLength(20)
  for (const each of columns)
    expect(each).toMatch(
      /^ {2}column wide\.a\d+: (?:--rename wide\.a\d+:b\d+(?:, )?){10} and 12 more, or --dropped wide\.a\d+$/,
    )
  expect(lines[21]).toBe('  and 2 more')
  const { error } = project.json(['revision', '--autogenerate', '-m', 'two']) as {
    readonly error: { readonly details: { readonly candidates: readonly unknown[] } }
  }
  expect(error.details.candidates).toHaveLength(22 * 22)
})
