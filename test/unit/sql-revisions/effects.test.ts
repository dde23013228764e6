import { join } from 'node:path'
import { check, checkBranches } from '@org/migrate-autogenerate'
import { createMigrator, integer, type Migrator, sqlRevision, text, varchar } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, test } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnDialects, familyOf } from '../../kit/servers.ts'
import { rowsOf } from '../run/kit.ts'
import { failureOf, migrationsFolder, up } from './kit.ts'

const project = migrationsFolder()
const database = (): string => join(project.folder, 'app.db')

function migrator(): Migrator {
  return createMigrator({ dialect: sqliteDialect({ url: `sqlite:${database()}` }), tiers: [graph(project.folder)] })
}

// Nothing is imported but a type: what a file in this place would find of packages is not what is tested.
const module = (body: string): string => `import type { OperationRecorder } from '@org/migrate-core'

${body}
`
const person = module(`export function effects(op: OperationRecorder): void {
  op.createTable('person', (t) => {
    t.column('id', { kind: 'integer', bits: 32 }, { nullable: false })
    t.column('name', { kind: 'text' })
    t.primaryKey(['id'])
  })
}`)
const created = 'CREATE TABLE person (id INTEGER NOT NULL, name TEXT, PRIMARY KEY (id));\n'

describe('effects of a revision in SQL', () => {
  test('of one statement: a plan continues behind it as if operations had been recorded', async () => {
    project.put({
      'a1_person/up.sql': up('a1', 'base', created),
      'a1_person/down.sql': 'DROP TABLE person;\n',
      'b1_age.ts': `export const revision = 'b1'\nexport const downRevision = 'a1'\n${module(
        "export function upgrade(op: OperationRecorder) {\n  op.alterTable('person', (t) => t.addColumn('age', { kind: 'integer', bits: 32 }))\n}",
      )}`,
    })
    // Without them a script, which has no tables to look at, cannot continue.
    expect(await failureOf(migrator().script())).toMatchObject({ code: 'OBJECT_MISSING' })
    expect((await check(migrator())).findings.map(({ kind }) => kind)).toContain('opaque')

    project.put({ 'a1_person/effects.ts': person })
    expect((await check(migrator())).findings.map(({ kind }) => kind)).not.toContain('opaque')
    expect(await migrator().script()).toContain('ADD COLUMN "age" INTEGER')
    await migrator().upgrade()
    expect(rowsOf(database(), "SELECT name FROM pragma_table_info('person')")).toEqual([
      { name: 'id' },
      { name: 'name' },
      { name: 'age' },
    ])
    expect((await migrator().status()).edited).toEqual([])
    await migrator().downgrade('base')
    expect(rowsOf(database(), "SELECT name FROM sqlite_master WHERE name = 'person'")).toEqual([])
  })

  test('of several: one for each, in their order', async () => {
    project.put({
      'a1_person/up.sql': up(
        'a1',
        'base',
        `${created}INSERT INTO person VALUES (1, 'Ada');\nCREATE INDEX person_name ON person (name);\n`,
      ),
      'a1_person/effects.ts': `${person.replace('export function effects', 'function first')}
export const effects = [first, 'none', (op: OperationRecorder) => op.createIndex('person', 'person_name', ['name'])]
`,
    })
    const { steps } = await migrator().plan()
    expect(
      steps[0]?.operations.map(({ operation }) => 'effects' in operation && operation.effects?.map(({ kind }) => kind)),
    ).toEqual([['createTable'], [], ['createIndex']])
    await migrator().upgrade()
    expect(rowsOf(database(), "SELECT name FROM person INDEXED BY person_name WHERE name = 'Ada'")).toEqual([
      { name: 'Ada' },
    ])
  })

  test.each([
    [
      'for more statements than there are',
      "export const effects = ['none', 'none']",
      /effects are those of 2, and it has 1 statement$/m,
    ],
    ['that are none', 'export const effects = 7', /exports no `effects`/],
    ['that are not exported', 'const effects = 1', /exports no `effects`/],
    [
      'with a data step',
      "export const effects = (op: OperationRecorder) => op.run('x', async () => undefined)",
      /data step/,
    ],
  ])('%s are refused, and nothing has run', async (_what, body, message) => {
    project.put({ 'a1_person/up.sql': up('a1', 'base', created), 'a1_person/effects.ts': module(body) })
    const failure = await failureOf(migrator().upgrade())
    expect(failure).toMatchObject({ message: expect.stringMatching(message) })
    expect(failure).toHaveProperty('code', expect.not.stringMatching('INTERNAL'))
    expect(rowsOf(database(), 'SELECT name FROM sqlite_master')).toEqual([])
  })

  test('an edit of them after the revision was applied is told', async () => {
    project.put({ 'a1_person/up.sql': up('a1', 'base', created), 'a1_person/effects.ts': person })
    await migrator().upgrade()
    project.put({
      'a1_person/effects.ts': person.replace("{ kind: 'text' }", "{ kind: 'text' }, { nullable: false }"),
    })
    expect((await migrator().status()).edited).toMatchObject([{ tier: 'main', revision: 'a1' }])
  })

  test('what they touch is compared between branches', async () => {
    project.put({
      'a1_person/up.sql': up('a1', 'base', created),
      'a1_person/effects.ts': person,
      'b1_age/up.sql': up('b1', 'a1', 'ALTER TABLE person ADD COLUMN age INTEGER;\n'),
      'b1_age/effects.mjs':
        "export const effects = (op) => op.alterTable('person', (t) => t.addColumn('age', { kind: 'integer', bits: 32 }))\n",
      'b2_age/up.sql': up('b2', 'a1', 'ALTER TABLE person ADD COLUMN age TEXT;\n'),
      'b2_age/effects.ts': module(
        "export const effects = (op: OperationRecorder) => op.alterTable('person', (t) => t.addColumn('age', { kind: 'text' }))",
      ),
    })
    const pairs = await checkBranches(migrator())
    expect(pairs[0]?.conflicts[0]?.footprints).toContain('table:person/column:age')
  })
})

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'effects of SQL as a value', (createDatabase, server) => {
  test('are what a plan knows, and the tables are as they say', async () => {
    const { url, sql } = await createDatabase()
    const dialect = familyOf(server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })
    // Else the table has the character set of its database, which may be another than ours: that would be a difference.
    const charset = familyOf(server) === 'postgres' ? '' : ' DEFAULT CHARSET utf8mb4'
    const first = sqlRevision({
      revision: 'a1',
      downRevision: null,
      up: `CREATE TABLE person (id INTEGER NOT NULL, name VARCHAR(20), PRIMARY KEY (id))${charset}`,
      effects: (op) =>
        op.createTable('person', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('name', varchar(20))
          t.primaryKey(['id'])
        }),
    })
    const second = {
      revision: 'b1',
      downRevision: 'a1',
      upgrade: (op: Parameters<NonNullable<typeof first.upgrade>>[0]) =>
        op.alterTable('person', (t) => t.addColumn('note', text())),
    }
    const run = migratorOf(dialect, [first, second])
    expect(await run.script()).toMatch(/ADD (COLUMN )?["`]note["`] /i)
    expect((await run.upgrade()).applied).toEqual(['main:a1', 'main:b1'])
    const schema = familyOf(server) === 'postgres' ? 'current_schema()' : 'DATABASE()'
    const rows = await sql(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = ${schema} AND table_name = 'person' ORDER BY ordinal_position`,
    )
    expect(rows.map(({ name }) => name)).toEqual(['id', 'name', 'note'])
    expect((await check(run)).findings.filter(({ level }) => level === 'problem')).toEqual([])
  })
})
