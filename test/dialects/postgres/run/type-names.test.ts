import { expression, integer, type OperationRecorder } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { errorOf, line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

type Change = (op: OperationRecorder) => void

const createEnum: Change = (op) => op.createEnum('taken', ['x'])
const createTable: Change = (op) => op.createTable('taken', (t) => t.column('i', integer()))
const createView: Change = (op) => op.createView('taken', expression('SELECT 1 AS one'))
const createSequence: Change = (op) => op.createSequence('taken')
const createIndex: Change = (op) => op.createIndex('t', 'taken', ['a'])

const own = `CREATE TABLE t (a int); CREATE VIEW v AS SELECT 1 AS one; CREATE TYPE e AS ENUM ('x'); CREATE SCHEMA other;
  CREATE TYPE other.taken AS ENUM ('x'); CREATE SEQUENCE other.s`

const creations = {
  table: 'CREATE TABLE taken (i int)',
  view: 'CREATE VIEW taken AS SELECT 1 AS one',
  enum: "CREATE TYPE taken AS ENUM ('x')",
  domain: 'CREATE DOMAIN taken AS int',
  'composite type': 'CREATE TYPE taken AS (i int)',
  'range type': 'CREATE TYPE taken AS RANGE (subtype = int)',
} as const

const relationRule = 'in a schema the names of tables, indexes, keys, views and sequences differ'
const typeRule =
  'in a schema the names of types differ from each other, and from those of tables, views and new sequences'

/** The kind that has the name, the object that is to have it, how the plan does that, and how SQL does. */
const refused: readonly (readonly [keyof typeof creations, string, Change, string])[] = [
  ...(['table', 'view', 'domain', 'composite type', 'range type'] as const).flatMap((kind) => [
    [kind, 'enum taken', createEnum, "CREATE TYPE taken AS ENUM ('x')"] as const,
    [
      kind,
      'enum taken',
      (op: OperationRecorder) => op.renameEnum('e', 'taken'),
      'ALTER TYPE e RENAME TO taken',
    ] as const,
  ]),
  ...(['enum', 'domain', 'composite type', 'range type'] as const).flatMap((kind) => [
    [kind, 'table taken', createTable, 'CREATE TABLE taken (i int)'] as const,
    [kind, 'view taken', createView, 'CREATE VIEW taken AS SELECT 1 AS one'] as const,
    [kind, 'sequence taken', createSequence, 'CREATE SEQUENCE taken'] as const,
    [
      kind,
      'table taken',
      (op: OperationRecorder) => op.renameTable('t', 'taken'),
      'ALTER TABLE t RENAME TO taken',
    ] as const,
    [
      kind,
      'view taken',
      (op: OperationRecorder) => op.renameView('v', 'taken'),
      'ALTER VIEW v RENAME TO taken',
    ] as const,
  ]),
  ['composite type', 'index taken of t', createIndex, 'CREATE INDEX taken ON t (a)'],
]

describeOn('postgres', 'a name that a type has', (createDatabase) => {
  it.each(refused)('is refused by the plan: %s, %s, %#', async (kind, text, change, statement) => {
    const db = await createDatabase()
    await db.sql(`${own}; ${creations[kind]}`)
    const { code, message } = await errorOf(migratorOf(postgresDialect({ url: db.url }), line(change)).plan())
    const rule = kind === 'composite type' && !text.startsWith('enum') ? relationRule : typeRule
    expect([code, message]).toEqual(['INVALID_OPERATION', `${text}: the ${kind} taken has this name, and ${rule}`])
    // The server refuses it too: duplicate_object, duplicate_table.
    await expect(db.sql(statement)).rejects.toMatchObject({ code: expect.stringMatching(/^(?:42710|42P07)$/) })
  })

  it.each<[string, string, Change, string, string]>([
    [
      'enum other.taken',
      `domain other.taken`,
      (op) => op.setSchema('enum', 'taken', 'other'),
      "DROP TYPE other.taken; CREATE TYPE taken AS ENUM ('x'); CREATE DOMAIN other.taken AS int",
      'ALTER TYPE taken SET SCHEMA other',
    ],
    [
      'table other.taken',
      `enum other.taken`,
      (op) => op.setSchema('table', 'taken', 'other'),
      creations.table,
      'ALTER TABLE taken SET SCHEMA other',
    ],
    [
      'enum taken_multirange',
      'multirange type taken_multirange',
      (op) => op.createEnum('taken_multirange', ['x']),
      creations['range type'],
      "CREATE TYPE taken_multirange AS ENUM ('x')",
    ],
  ])('is refused by the plan: %s, %s', async (text, holder, change, existing, statement) => {
    const db = await createDatabase()
    await db.sql(`${own}; ${existing}`)
    const { code, message } = await errorOf(migratorOf(postgresDialect({ url: db.url }), line(change)).plan())
    expect([code, message]).toEqual(['INVALID_OPERATION', `${text}: the ${holder} has this name, and ${typeRule}`])
    await expect(db.sql(statement)).rejects.toMatchObject({ code: '42710' })
  })

  it.each<[string, Change]>([
    ['index of_m of t', (op) => op.createIndex('t', 'of_m', ['a'])],
    ['table of_m', (op) => op.createTable('of_m', (t) => t.column('i', integer()))],
  ])('or an index of a materialised view is refused by the plan: %s', async (text, change) => {
    const db = await createDatabase()
    await db.sql(`${own}; CREATE MATERIALIZED VIEW m AS SELECT 1 AS one; CREATE INDEX of_m ON m (one)`)
    const { code, message } = await errorOf(migratorOf(postgresDialect({ url: db.url }), line(change)).plan())
    expect([code, message]).toEqual([
      'INVALID_OPERATION',
      `${text}: the index of_m of m has this name, and ${relationRule}`,
    ])
  })

  it('and that the plan itself has given is refused, but not under a guard', async () => {
    const db = await createDatabase()
    const dialect = postgresDialect({ url: db.url })
    const { message } = await errorOf(migratorOf(dialect, line(createTable, createEnum)).plan())
    expect(message).toBe(`enum taken: the table taken has this name, and ${typeRule}`)
    const guarded = line(createEnum, (op) => op.createEnum('taken', ['x'], { ifNotExists: true }))
    await migratorOf(dialect, guarded).upgrade()
  })

  it.each<[string, string, Change]>([
    ['an enum that of a sequence', 'CREATE SEQUENCE taken', createEnum],
    ['an enum that of an index', 'CREATE INDEX taken ON t (a)', createEnum],
    ['an enum that of an array', 'CREATE TABLE aken (i int)', (op) => op.createEnum('_aken', ['x'])],
    ['an index that of a domain', creations.domain, createIndex],
    ['an index that of an enum', creations.enum, createIndex],
    [
      'a sequence that goes to a schema with an enum of its name',
      'ALTER TYPE other.taken RENAME TO s; ALTER SEQUENCE other.s SET SCHEMA public',
      (op) => op.setSchema('sequence', 's', 'other'),
    ],
    [
      'what an operation before has dropped',
      creations.table,
      (op) => {
        op.dropTable('taken')
        createEnum(op)
      },
    ],
    [
      'what an operation before has renamed',
      creations.enum,
      (op) => {
        op.renameEnum('taken', 'given')
        createTable(op)
      },
    ],
    [
      'what SQL before has dropped',
      creations.domain,
      (op) => {
        op.sql('DROP DOMAIN taken', { inverse: creations.domain })
        createTable(op)
      },
    ],
    [
      'what goes with a materialised view',
      'CREATE MATERIALIZED VIEW m AS SELECT 1 AS one; CREATE INDEX taken ON m (one)',
      (op) => {
        op.dropView('m', { materialized: true })
        createIndex(op)
      },
    ],
  ])('is free: %s', async (_, existing, change) => {
    const db = await createDatabase()
    await db.sql(`${own}; ${existing}`)
    const migrator = migratorOf(postgresDialect({ url: db.url }), line(change))
    await migrator.upgrade()
    await migrator.downgrade('base')
  })

  it('is that of a type of an extension', async () => {
    const db = await createDatabase()
    await db.sql(
      'CREATE SCHEMA other; CREATE EXTENSION hstore SCHEMA other; CREATE VIEW taken AS SELECT 1 AS one; ALTER EXTENSION hstore ADD VIEW taken',
    )
    const dialect = postgresDialect({ url: db.url })
    const plan = async (change: Change) => (await errorOf(migratorOf(dialect, line(change)).plan())).message
    expect([
      await plan(createTable),
      await plan((op) => op.createEnum({ schema: 'other', name: 'hstore' }, ['x'])),
    ]).toEqual([
      `table taken: the relation of an extension taken has this name, and ${relationRule}`,
      `enum other.hstore: the type other.hstore has this name, and ${typeRule}`,
    ])
  })
})
