import { join } from 'node:path'
import { expression, integer, text } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { errorOf, line, type Recorded } from '../../kit/migrator.ts'
import { keyed, nothing } from '../preserved/kit.ts'
import { executeIn, migratorOn, rowsOf, snapshot, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

const view: Recorded = (op) => op.createView('v', expression('SELECT id, a FROM t'), { ifNotExists: true })
const trigger: Recorded = (op) =>
  op.createTrigger(
    't',
    'tr',
    expression("CREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE t SET a = 'x' WHERE id = NEW.id; END"),
    { ifNotExists: true },
  )

test.each([
  ['view', view, 'CREATE VIEW v AS SELECT id, a FROM t', 'CREATE VIEW v AS SELECT a, id FROM t'],
  ['view, written otherwise', view, 'create view "v" as\n  select "id", a from t', 'CREATE VIEW v AS SELECT id FROM t'],
  [
    'trigger',
    trigger,
    "CREATE TRIGGER IF NOT EXISTS tr AFTER INSERT ON t BEGIN UPDATE t SET a = 'x' WHERE id = NEW.id; END",
    'CREATE TRIGGER tr AFTER DELETE ON t BEGIN SELECT 1; END',
  ],
])(
  'ifNotExists of a %s: the same is left alone and not taken back, another is refused',
  async (what, guarded, same, other) => {
    const name = what.startsWith('view') ? 'v' : 'tr'
    const file = join(folder.path, 'same.db')
    const chain = line(keyed('t', 'a'), guarded)
    await migratorOn(file, chain).upgrade('r1')
    executeIn(file, same)
    await migratorOn(file, chain).upgrade()
    await migratorOn(file, chain).downgrade('r1')
    expect(rowsOf(file, `SELECT name FROM sqlite_master WHERE name = '${name}'`)).toHaveLength(1)
    executeIn(
      file,
      `DROP ${what
        .slice(0, 7)
        .replace(/,.*| .*/, '')
        .trim()} ${name}; ${other}`,
    )
    const before = snapshot(file)
    const error = await errorOf(migratorOn(file, chain).upgrade())
    expect(error.code).toBe('GUARD_MISMATCH')
    expect(snapshot(file)).toBe(before)
    executeIn(file, `DROP ${name === 'v' ? 'VIEW' : 'TRIGGER'} ${name}`)
    await migratorOn(file, chain).upgrade()
    await migratorOn(file, chain).downgrade('r1')
    expect(rowsOf(file, `SELECT name FROM sqlite_master WHERE name = '${name}'`)).toHaveLength(0)
  },
)

test('every ifExists finds nothing and says so; what it finds is done, undone and written down', async () => {
  const guarded: Recorded = (op) => {
    op.alterTable('t', (t) => {
      t.dropColumn('gone', { ifExists: true })
      t.renameColumn('gone', 'gone2', { ifExists: true })
      t.dropConstraint('gone', { ifExists: true })
      t.dropIndex('gone', { ifExists: true })
      t.addColumn('a', text(), { ifNotExists: true })
      t.createIndex('t_a', ['a'], { ifNotExists: true })
      t.addUnique(['a'], { name: 't_a_once', ifNotExists: true })
    })
    op.dropTable('gone', { ifExists: true })
    op.renameTable('gone', 'gone2', { ifExists: true })
    op.dropView('gone', { ifExists: true })
    op.dropTrigger('t', 'gone', { ifExists: true })
  }
  const file = join(folder.path, 'all.db')
  const chain = line(keyed('t', 'a'), guarded)
  await migratorOn(file, chain).upgrade('r1')
  const before = snapshot(file, ['migrate_history', 'migrate_version', 'migrate_preserved'])
  const plan = await migratorOn(file, chain).plan()
  expect(plan.steps[0]?.operations.filter((each) => each.skipped === undefined).map((each) => each.describe)).toEqual([
    'create index t_a on t',
    'add unique constraint t_a_once to t',
  ])
  await migratorOn(file, chain).upgrade()
  const [row] = rowsOf(file, "SELECT operations, inverses FROM migrate_history WHERE revision = 'r2'") as {
    operations: string
    inverses: string
  }[]
  expect((JSON.parse(row?.operations ?? '') as { kind: string }[]).map((each) => each.kind)).toEqual([
    'createIndex',
    'addConstraint',
  ])
  expect((JSON.parse(row?.inverses ?? '') as { kind: string }[][]).map(([each]) => each?.kind)).toEqual([
    'dropIndex',
    'dropConstraint',
  ])
  await migratorOn(file, chain).downgrade('r1')
  expect(snapshot(file, ['migrate_history', 'migrate_version', 'migrate_preserved']).replace(/\s+/g, '')).toBe(
    before.replace(/\s+/g, ''),
  )
})

test.each([
  ['a view of another text', 'DROP VIEW v; CREATE VIEW v AS SELECT a FROM t'],
  ['a view that is gone', 'DROP VIEW v'],
  ['a trigger of another text', 'DROP TRIGGER tr; CREATE TRIGGER tr AFTER DELETE ON t BEGIN SELECT 2; END'],
  ['a trigger of ours that is gone', 'DROP TRIGGER tr'],
  ['a trigger by hand on a table that would be dropped', 'CREATE TRIGGER hand AFTER DELETE ON t BEGIN SELECT 1; END'],
  ['an index by hand', 'CREATE INDEX hand ON t (a)'],
  ['an index of ours that is gone', 'DROP INDEX t_a'],
  ['an index of other columns', 'DROP INDEX t_a; CREATE INDEX t_a ON t (a, id)'],
  ['another default', "ALTER TABLE t DROP COLUMN b; ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'c'"],
  ['another type', 'ALTER TABLE t DROP COLUMN b; ALTER TABLE t ADD COLUMN b INTEGER'],
  ['a table that is gone', 'DROP VIEW v; DROP TABLE t'],
])('DRIFT sees %s', async (_what, hand) => {
  const file = join(folder.path, 'drift.db')
  const chain = line(nothing, (op) => {
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('a', text())
      t.column('b', text(), { default: 'b' })
      t.primaryKey(['id'])
      t.index('t_a', ['a'])
    })
    op.createView('v', expression('SELECT id, a FROM t'))
    op.createTrigger('t', 'tr', expression('CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END'))
  })
  await migratorOn(file, chain).upgrade()
  await migratorOn(file, chain).plan('r1')
  executeIn(file, hand)
  const before = snapshot(file)
  expect(await errorOf(migratorOn(file, chain).downgrade('r1'))).toMatchObject({
    code: 'DRIFT',
    location: { tier: 'main', revision: 'r2', direction: 'down' },
  })
  expect(snapshot(file)).toBe(before)
})

test('SQL outside a transaction: alone it runs and is recorded, mixed it is refused before anything runs', async () => {
  const file = join(folder.path, 'vacuum.db')
  const chain = line(keyed('t'), (op) => op.sql('VACUUM', { nonTransactional: true, inverse: 'VACUUM' }), keyed('u'))
  const events: string[] = []
  await migratorOn(file, chain).upgrade('head', {
    onEvent: (event) => event.type === 'statement' && events.push(event.sql),
  })
  expect(events).toContain('VACUUM')
  expect(rowsOf(file, 'SELECT * FROM migrate_version')).toEqual([{ version_num: 'r3' }])
  await migratorOn(file, chain).downgrade('r1')
  const mixed = line(keyed('t'), (op) => {
    keyed('m')(op)
    op.sql('VACUUM', { nonTransactional: true })
  })
  const before = snapshot(file)
  expect(await errorOf(migratorOn(file, mixed).upgrade())).toMatchObject({
    code: 'UNSUPPORTED',
    location: { revision: 'r2' },
  })
  const failing = line(keyed('t'), (op) => op.sql('VACUUM nowhere', { nonTransactional: true }))
  const error = await errorOf(migratorOn(file, failing).upgrade())
  expect(error).toMatchObject({
    code: 'STATEMENT_FAILED',
    location: {
      tier: 'main',
      revision: 'r2',
      direction: 'up',
      sql: 'VACUUM nowhere',
      operation: 'sql: VACUUM nowhere',
    },
  })
  expect(error.cause).toBeInstanceOf(Error)
  expect(snapshot(file)).toBe(before)
})

test('SQL outside a transaction stays where its revision fails behind it, and the error says so', async () => {
  const file = join(folder.path, 'pages.db')
  const wal: Recorded = (op) => op.sql('PRAGMA journal_mode = WAL', { nonTransactional: true })
  const chain = line(wal, keyed('t'), keyed('t'))
  const afterRevision = (): never => {
    throw new Error('not today')
  }
  expect(await errorOf(migratorOn(file, chain, { afterRevision }).upgrade())).toMatchObject({
    code: 'HOOK_FAILED',
    outcome: 'partial',
    location: { revision: 'r1' },
  })
  expect(rowsOf(file, 'PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }])
  // What fails behind a revision that has ended is not that revision.
  expect(await errorOf(migratorOn(file, chain).upgrade())).toMatchObject({
    outcome: 'unchanged',
    location: { revision: 'r3' },
  })
})
