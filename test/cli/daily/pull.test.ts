import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { revision } from '../project.ts'
import { cleanDesks, configOf, desk, onEachDatabase } from './kit.ts'

cleanDesks()

const first = `  op.createTable('accounts', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(40), { nullable: false, default: 'x' })
    t.primaryKey(['id'])
    t.index('by_name', ['name'])
  })
  op.createTable('posts', (t) => {
    t.column('author', integer())
    t.foreignKey({ name: 'author_key', columns: ['author'], references: { table: 'accounts', columns: ['id'] }, onDelete: 'cascade' })
  })`
const files = {
  'migrate.config.ts': configOf("autogenerate: { schema: './src/schema.ts' },"),
  'migrations/a1_first.ts': revision('a1', null, first),
  'migrations/b1_more.ts': revision('b1', 'a1', "  op.addColumn('posts', 'title', text())"),
}
/** What is left to generate. */
const nothing = { comparisons: [{ changes: [], notes: [] }] }
const read = (folder: string): string => readFileSync(join(folder, 'src/schema.ts'), 'utf8')

onEachDatabase('pull', (open) => {
  test('writes the declarations that `autogenerate.schema` names, and then nothing is left to generate', async () => {
    const at = await open(files)
    at.run('upgrade')
    await at.sql('CREATE VIEW named AS SELECT id FROM accounts')
    const { code, stdout, stderr } = at.run('pull', '--out', 'src/schema.ts')
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/: 2 tables declared in \S+src\/schema\.ts\n$/)
    expect(stderr).toBe('Not declared:\n  view named: table(…) declares no views\n')
    expect(read(at.project.folder)).toContain("export const accounts = table(\n  'accounts',")
    expect(at.json('revision', '--autogenerate', '-m', 'x', '--dry-run')).toMatchObject(nothing)
  })

  test('writes what the revisions make, whichever of them the database is at', async () => {
    const at = await open(files)
    at.run('upgrade', 'a1')
    expect(at.run('pull', '--at', 'head', '--out', 'src/schema.ts')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^b1: 2 tables declared in/),
    })
    expect(read(at.project.folder)).toContain('title: column(text()),')
    expect(at.json('revision', '--autogenerate', '-m', 'x', '--dry-run', '--from', 'replay')).toMatchObject(nothing)
    at.run('upgrade')
    expect(at.json('revision', '--autogenerate', '-m', 'x', '--dry-run')).toMatchObject(nothing)
    expect(at.run('pull', '--at', 'current-1').stdout).not.toContain('title')
  })

  test('writes tables of Drizzle, which the next comparison reads, and which a file of Drizzle gets by default', async () => {
    const at = await open(files)
    at.run('upgrade')
    const { code, stderr } = at.run('pull', '--as', 'drizzle', '--out', 'src/schema.ts')
    expect(code, stderr).toBe(0)
    expect(read(at.project.folder)).toMatch(/^export const accounts = (?:sqlite|pg|mysql)Table\(\n {2}'accounts',/m)
    expect(at.json('revision', '--autogenerate', '-m', 'x', '--dry-run')).toMatchObject(nothing)
    expect(at.json('pull', '--out', 'src/schema.ts')).toMatchObject({ as: 'drizzle', written: false })
    expect(at.json('pull', '--as', 'table')).toMatchObject({ as: 'table', undeclared: [] })
    expect(at.run('pull', '--at', 'head').stdout).toContain("from 'drizzle-orm/")
  })
})

describe('pull', () => {
  test('never replaces a file that was edited, unless that is said', () => {
    const at = desk(files)
    at.run('upgrade')
    at.run('pull', '--out', 'src/schema.ts')
    expect(at.run('pull', '--out', 'src/schema.ts').stdout).toMatch(/schema\.ts, which is unchanged\n$/)
    const file = join(at.project.folder, 'src/schema.ts')
    const text = read(at.project.folder)
    writeFileSync(file, `${text}// mine\n`)
    const { code, stderr } = at.run('pull', '--out', 'src/schema.ts')
    expect(code).toBe(2)
    expect(stderr).toContain('it is there, with another text')
    expect(stderr).toContain('--force')
    expect(read(at.project.folder)).toBe(`${text}// mine\n`)
    expect(at.json('pull', '--out', 'src/schema.ts', '--force')).toMatchObject({ file, written: true })
    expect(read(at.project.folder)).toBe(text)
    expect(at.run('pull', '--out', 'src').stderr).toContain('FILE_NOT_WRITTEN')
    expect(at.run('pull', '--out', 'src', '--force').stderr).toContain('FILE_NOT_WRITTEN')
  })

  test('prints the declarations where no file is named; for a program with all that they leave out', async () => {
    const at = desk(files)
    at.run('upgrade')
    await at.sql('CREATE TRIGGER touched AFTER UPDATE ON posts BEGIN SELECT 1; END')
    const { stdout, stderr } = at.run('pull')
    expect(stdout).toMatch(/^\/\/ Written by `migrate pull`\..*\nimport \{ column, integer, table, text, varchar \}/)
    expect(stderr).toContain('trigger touched of posts: table(…) declares no triggers')
    expect(at.json('pull')).toEqual({
      of: at.project.database,
      as: 'table',
      tables: [
        { name: 'accounts', export: 'accounts' },
        { name: 'posts', export: 'posts' },
      ],
      undeclared: [{ kind: 'trigger', table: 'posts', name: 'touched', why: 'table(…) declares no triggers' }],
      revisionsNotDeclared: [],
      text: stdout,
    })
  })

  test('takes over a database that no revision has changed, and names the setting that the next command needs', async () => {
    const at = desk({ 'migrate.config.ts': configOf() })
    await at.sql('CREATE TABLE things (id INTEGER PRIMARY KEY)')
    const { stderr } = at.run('pull', '--out', 'src/schema.ts')
    expect(stderr).toContain("autogenerate: { schema: './src/schema.ts' }")
    at.project.put({ 'migrate.config.ts': configOf("autogenerate: { schema: './src/schema.ts' },") })
    expect(at.run('adopt').code).toBe(0)
    expect(at.json('revision', '--autogenerate', '-m', 'x', '--dry-run')).toMatchObject(nothing)
  })

  test('leaves out what the configuration excludes', async () => {
    const at = desk({
      ...files,
      'migrate.config.ts': configOf("autogenerate: { schema: './src/schema.ts', exclude: ['posts'] },"),
    })
    at.run('upgrade')
    expect(at.json('pull')).toMatchObject({ tables: [{ name: 'accounts' }] })
    expect(at.json('pull', '--at', 'a1')).toMatchObject({ tables: [{ name: 'accounts' }] })
  })

  test('imports the words of the project from where the file is', () => {
    const types = "{ code: 'name()', imports: { '../src/types.ts': ['name'] } }"
    const at = desk({
      ...files,
      'src/types.ts': "import { varchar } from '@org/migrate-core'\nexport const name = () => varchar(40)\n",
      'migrate.config.ts': configOf(
        `autogenerate: { schema: './src/schema.ts', renderType: ({ kind }) => kind === 'varchar' ? ${types} : undefined },`,
      ),
    })
    at.run('upgrade')
    expect(at.run('pull', '--out', 'src/schema.ts').code).toBe(0)
    expect(read(at.project.folder)).toContain("import { name } from './types.ts'")
    expect(at.json('revision', '--autogenerate', '-m', 'x', '--dry-run')).toMatchObject(nothing)
  })

  test('names the revisions of which a replay does not know what they do', () => {
    const at = desk({
      ...files,
      'migrations/b1_more.ts': revision('b1', 'a1', "  op.sql('CREATE VIEW v AS SELECT 1')"),
    })
    expect(at.run('pull', '--at', 'head').stderr).toContain('revision b1: its SQL does not tell what it does')
    expect(at.json('pull', '--at', 'head')).toMatchObject({ revisionsNotDeclared: ['b1'] })
  })

  test('ends with an error where there is nothing to declare, and writes no file', () => {
    const at = desk(files)
    expect(at.json('pull', '--out', 'src/schema.ts')).toMatchObject({ error: { code: 'DATABASE_UNREACHABLE' } })
    at.run('ensure-version')
    const { code, stderr } = at.run('pull', '--out', 'src/schema.ts')
    expect(code).toBe(2)
    expect(stderr).toContain('has no table to declare')
    expect(existsSync(join(at.project.folder, 'src'))).toBe(false)
    expect(at.json('pull', '--at', 'zz')).toMatchObject({ error: { code: 'UNKNOWN_REVISION' } })
    rmSync(at.project.database)
  })
})
