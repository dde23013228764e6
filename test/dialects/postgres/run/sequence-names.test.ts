import { check } from '@org/migrate-autogenerate'
import { integer, native, type OperationRecorder } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { errorOf, line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

type Change = (op: OperationRecorder) => void

const none: Change = () => undefined
const counting = { nullable: false, identity: { mode: 'always' } } as const
const createX: Change = (op) => op.createTable('x', (t) => t.column('id', integer(), counting))
const createMoved: Change = (op) => {
  createX(op)
  op.setSchema('table', 'x', 'other')
}
const moveT: Change = (op) => op.setSchema('table', 't', 'other')
const renameT: Change = (op) => op.renameTable('t', 'x')
const identity = 'CREATE TABLE t (k int GENERATED ALWAYS AS IDENTITY)'

const createCounting =
  (kind: 'serial' | 'identity'): Change =>
  (op) =>
    op.createTable('t', (t) =>
      kind === 'serial'
        ? t.column('k', native('postgres', 'serial'), { nullable: false })
        : t.column('k', integer(), counting),
    )
const before: Change = (op) => {
  op.createTable('u', (t) => t.column('n', integer(), { nullable: false }))
  op.createTable('v', (t) => t.column('k', native('postgres', 'serial'), { nullable: false }))
}

const typeRule =
  'in a schema the names of types differ from each other, and from those of tables, views and new sequences'
const relationRule = 'in a schema the names of tables, indexes, keys, views and sequences differ'

describeOn('postgres', 'the name of a sequence of a column', (createDatabase) => {
  it.each<[string, string, string, string, Change]>([
    ['sequence x_id_seq of x.id', 'enum x_id_seq', typeRule, "CREATE TYPE x_id_seq AS ENUM ('a')", createX],
    ['sequence x_id_seq of x.id', 'domain x_id_seq', typeRule, 'CREATE DOMAIN x_id_seq AS int', createX],
    [
      'sequence x_id_seq of x.id',
      'domain x_id_seq',
      typeRule,
      'CREATE DOMAIN x_id_seq AS int',
      (op) => op.createTable('x', (t) => t.column('id', native('postgres', 'serial'))),
    ],
    [
      'sequence mine of x.id',
      'table mine',
      relationRule,
      'CREATE TABLE mine (a int)',
      (op) => op.createTable('x', (t) => t.column('id', integer(), { identity: { mode: 'always', sequence: 'mine' } })),
    ],
    [
      'sequence t_k_seq of t.k',
      'domain t_k_seq',
      typeRule,
      'CREATE TABLE t (a int); CREATE DOMAIN t_k_seq AS int',
      (op) => op.addColumn('t', 'k', integer(), counting),
    ],
    [
      'sequence t_k_seq of t.k',
      'domain t_k_seq',
      typeRule,
      'CREATE TABLE t (k int NOT NULL); CREATE DOMAIN t_k_seq AS int',
      (op) => op.alterColumn('t', 'k', { identity: { mode: 'always' } }),
    ],
    [
      'sequence t_k_seq of other.t',
      'composite type other.t_k_seq',
      relationRule,
      `CREATE SCHEMA other; ${identity}; CREATE TYPE other.t_k_seq AS (a int)`,
      moveT,
    ],
    [
      'index by_a of other.t',
      'composite type other.by_a',
      relationRule,
      'CREATE SCHEMA other; CREATE TABLE t (a int); CREATE INDEX by_a ON t (a); CREATE TYPE other.by_a AS (a int)',
      moveT,
    ],
    ...(['table', 'composite type'] as const).map((kind): [string, string, string, string, Change] => [
      'sequence x_id_seq of other.x',
      `${kind} other.x_id_seq`,
      relationRule,
      `CREATE SCHEMA other; CREATE ${kind === 'table' ? 'TABLE other.x_id_seq' : 'TYPE other.x_id_seq AS'} (a int)`,
      createMoved,
    ]),
  ])('is refused by the plan where it is taken: %s, the %s', async (text, holder, rule, sql, change) => {
    const db = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, change))
    await migrator.upgrade('r1')
    await db.sql(sql)
    const { code, message } = await errorOf(migrator.plan())
    expect([code, message]).toEqual(['INVALID_OPERATION', `${text}: the ${holder} has this name, and ${rule}`])
  })

  it.each<[string, string, Change, string]>([
    ['that of a table', `${identity}; CREATE TABLE x_k_seq (a int)`, renameT, 't_k_seq'],
    ['that of a composite type', `${identity}; CREATE TYPE x_k_seq AS (a int)`, renameT, 't_k_seq'],
    ['that of a domain', `${identity}; CREATE DOMAIN x_k_seq AS int`, renameT, 'x_k_seq'],
    [
      'that of a column',
      `${identity}; CREATE TABLE t_z_seq (a int)`,
      (op) => op.renameColumn('t', 'k', 'z'),
      't_k_seq',
    ],
    [
      'that which a table before had',
      `CREATE TABLE x (k int GENERATED ALWAYS AS IDENTITY); ALTER TABLE x RENAME TO x_before; ${identity}`,
      renameT,
      't_k_seq',
    ],
    [
      'that which a table before had for serial',
      'CREATE TABLE x (k serial); ALTER TABLE x RENAME TO x_before; CREATE TABLE t (k serial)',
      renameT,
      't_k_seq',
    ],
    ['that of a new table', 'CREATE TYPE x_id_seq AS (a int)', createX, 'x_id_seq1'],
  ])('is another one, or the one before, where a rename finds it taken: %s', async (_, sql, change, name) => {
    const db = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, change))
    await migrator.upgrade('r1')
    await db.sql(sql)
    await migrator.upgrade()
    const sequences = `SELECT c.relname AS name FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
      WHERE d.deptype IN ('a', 'i') AND d.refobjid IN (to_regclass('x'), to_regclass('t'))`
    expect(await db.sql(sequences)).toEqual([{ name }])
    await migrator.downgrade('r1', { allowDataLoss: true })
  })

  it.each<[string, string, Change, string]>([
    ['serial', 'CREATE DOMAIN t_k_seq1 AS int', createCounting('serial'), 'domain t_k_seq1'],
    ['an identity', 'CREATE TYPE t_k_seq1 AS RANGE (subtype = int)', createCounting('identity'), 'range type t_k_seq1'],
  ])('with a number is refused by the plan where a type has it: %s', async (_, sql, change, holder) => {
    const db = await createDatabase()
    await db.sql(`CREATE TYPE t_k_seq AS (a int); ${sql}`)
    const { code, message } = await errorOf(migratorOf(postgresDialect({ url: db.url }), line(change)).plan())
    expect([code, message]).toEqual([
      'INVALID_OPERATION',
      `sequence t_k_seq1 of t.k: the ${holder} has this name, and ${typeRule}`,
    ])
    await expect(db.sql('CREATE TABLE t (k serial)')).rejects.toMatchObject({ code: '42710' })
  })

  it.each<[string, Change, string, string]>([
    ['a new serial', createCounting('serial'), 'CREATE TYPE t_k_seq AS (a int)', 't_k_seq1'],
    ['a new serial', createCounting('serial'), 'CREATE TABLE t_k_seq (); CREATE VIEW t_k_seq1 AS SELECT 1', 't_k_seq2'],
    ['a new identity', createCounting('identity'), 'CREATE TYPE t_k_seq AS (); CREATE TYPE t_k_seq1 AS ()', 't_k_seq2'],
    [
      'an identity of a column that was there',
      (op) => op.alterColumn('u', 'n', { identity: { mode: 'always' } }),
      'CREATE TYPE u_n_seq AS (a int); CREATE TYPE u_n_seq1 AS (a int)',
      'u_n_seq2',
    ],
    ['a renamed serial', (op) => op.renameTable('v', 'x'), 'CREATE TYPE x_k_seq AS (a int)', 'v_k_seq'],
    ['a renamed serial', (op) => op.renameTable('v', 'x'), 'CREATE TABLE x_k_seq (a int)', 'v_k_seq'],
  ])('that another object keeps from it is no drift: %s, %#', async (_, change, sql, name) => {
    const db = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, before, change))
    await migrator.upgrade('r2')
    await db.sql(sql)
    for (const _round of [1, 2]) {
      await migrator.upgrade()
      const named = `SELECT c.relname AS name FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
        WHERE d.deptype IN ('a', 'i') AND c.relname = '${name}'`
      expect(await db.sql(named)).toEqual([{ name }])
      const { findings } = await check(migrator)
      // Only what was made by hand.
      const differences = findings.flatMap((finding) => finding.differences ?? [])
      expect(differences.filter((text) => !/^(?:table|view) \w+ is not expected$/.test(text))).toEqual([])
      await migrator.downgrade('r2', { allowDataLoss: true })
    }
  })
})
