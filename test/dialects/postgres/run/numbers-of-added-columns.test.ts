import { bigint, integer, type OperationRecorder } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { describeOnDialects, type TestDatabase } from '../../../kit/servers.ts'

type Upgrade = (op: OperationRecorder) => void

const table: Upgrade = (op) =>
  op.createTable('t', (t) => {
    t.column('k', integer(), { nullable: false })
    t.primaryKey(['k'])
  })

const historyOf = (db: TestDatabase, first: Upgrade, second: Upgrade) =>
  migratorOf(postgresDialect({ url: db.url }), [
    { revision: 'r1', downRevision: null, upgrade: first },
    { revision: 'r2', downRevision: 'r1', upgrade: second },
  ])

const numbersOf = async (db: TestDatabase) =>
  new Map((await db.sql('SELECT k, no::int FROM t')).map(({ k, no }) => [k, Number(no)]))

const identity =
  (mode: 'autoIncrement' | 'always', isUnique: boolean): Upgrade =>
  (op) => {
    op.addColumn('t', 'no', bigint(), { nullable: false, identity: { mode } })
    if (isUnique) op.addUnique('t', ['no'], { name: 't_no' })
  }

/** Under another name than it has behind the step. */
const renamed: Upgrade = (op) => {
  op.addColumn('t', 'first', bigint(), { nullable: false, identity: { mode: 'byDefault' } })
  op.addUnique('t', ['first'], { name: 't_no' })
  op.renameColumn('t', 'first', 'no')
}

const serial: Upgrade = (op) => {
  op.createSequence('numbers')
  op.addColumn('t', 'no', bigint(), { default: { kind: 'expression', sql: "nextval('numbers'::regclass)" } })
  op.addUnique('t', ['no'], { name: 't_no' })
  op.alterSequence('numbers', { ownedBy: { table: { name: 't' }, column: 'no' } })
}

const added: readonly (readonly [string, Upgrade])[] = [
  ['an identity', identity('autoIncrement', false)],
  ['a unique identity', identity('autoIncrement', true)],
  ['an identity that takes no numbers of others', identity('always', true)],
  ['a unique identity that the same revision renames', renamed],
  ['a sequence of its own', serial],
]

const stays = [
  [5, 4],
  [20, 3],
] as const

describeOnDialects(['postgres'], 'rows that come while a numbered column is away', (createDatabase) => {
  it.each(added)('take no number that another row had: downgrade and upgrade, %s', async (_what, upgrade) => {
    const db = await createDatabase()
    const migrator = historyOf(db, table, upgrade)
    await migrator.upgrade('r1')
    await db.sql('INSERT INTO t VALUES (30), (10), (20)')
    await migrator.upgrade()
    await db.sql('INSERT INTO t VALUES (5)')
    expect([...(await numbersOf(db))]).toEqual(expect.arrayContaining(stays.map((each) => [...each])))
    await migrator.downgrade('r1')
    // The rows that stay are numbered from the start again, each by a number that was another's.
    await db.sql('DELETE FROM t WHERE k IN (30, 10); INSERT INTO t VALUES (1), (2)')
    await migrator.upgrade()
    await db.sql('INSERT INTO t VALUES (6)')
    const numbers = await numbersOf(db)
    for (const [k, no] of stays) expect(numbers.get(k)).toBe(no)
    const newer = [1, 2, 6].map((k) => numbers.get(k) ?? 0)
    expect(Math.min(...newer)).toBeGreaterThan(4)
    expect(new Set(newer).size).toBe(3)
  })

  it.each(added.slice(0, 4))('take no number that another row had: upgrade and downgrade, %s', async (_what, makes) => {
    const db = await createDatabase()
    const migrator = historyOf(
      db,
      (op) => {
        table(op)
        makes(op)
      },
      (op) => {
        op.dropConstraint('t', 't_no', { ifExists: true })
        op.dropColumn('t', 'no', { preserve: true })
      },
    )
    await migrator.upgrade('r1')
    await db.sql('INSERT INTO t VALUES (30), (10), (20), (5)')
    await migrator.upgrade()
    await db.sql('DELETE FROM t WHERE k IN (30, 10); INSERT INTO t VALUES (1), (2)')
    await migrator.downgrade('r1')
    await db.sql('INSERT INTO t (k) VALUES (6)')
    const numbers = await numbersOf(db)
    for (const [k, no] of stays) expect(numbers.get(k)).toBe(no)
    const newer = [1, 2, 6].map((k) => numbers.get(k) ?? 0)
    expect(Math.min(...newer)).toBeGreaterThan(4)
    expect(new Set(newer).size).toBe(3)
  })
})
