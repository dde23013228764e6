import { integer, type OperationRecorder, text } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, test } from 'vitest'
import { type D1TestDatabase, d1Server } from '../../../kit/d1/d1-server.ts'
import { errorOf, line, migratorOf, type Recorded, type RevisionBody } from '../../../kit/migrator.ts'

const server = d1Server({ databases: 40 })

const migratorOn = (db: D1TestDatabase, ...bodies: readonly RevisionBody[]) =>
  migratorOf(sqliteDialect({ url: db.url }), line(...bodies))

const users = (op: OperationRecorder): void =>
  op.createTable('users', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })

const wide = (name: string, from: number, to: number) => (op: OperationRecorder) =>
  op.createTable(name, (t) => {
    t.column('id', integer(), { nullable: false })
    for (let at = from; at < to; at += 1) t.column(`c${at}`, text())
    t.primaryKey(['id'])
  })

const note = (...ids: readonly number[]): RevisionBody => {
  return (op) =>
    op.insertRows(
      'users',
      ids.map((id) => ({ id, name: 'x'.repeat(1_200_000) })),
    )
}

const spelled = (statements: number) => (op: OperationRecorder) => {
  for (let at = 0; at < statements; at += 1)
    op.sql(`INSERT INTO users VALUES (${at}, '${'y'.repeat(120_000 / statements)}')`)
}

/** Refused in the plan with a remedy, which another revision follows. */
async function refusedAndFollowed(
  refused: { readonly body: RevisionBody; readonly message: RegExp; readonly remedy: string },
  ...followed: readonly RevisionBody[]
): Promise<D1TestDatabase> {
  const db = server().createDatabase()
  const error = await errorOf(migratorOn(db, users, refused.body).plan('head'))
  expect([error.code, error.remedy]).toEqual(['UNSUPPORTED', refused.remedy])
  expect(error.message).toMatch(refused.message)
  expect(await db.rows("SELECT name FROM sqlite_schema WHERE name = 'users'")).toEqual([])
  await migratorOn(db, users, ...followed).upgrade('head')
  return db
}

describe('a plan for D1', () => {
  test('refuses a table of more columns than 100', async () => {
    const message = /^table wide: D1 takes no table of more than 100 columns, and it would have 121$/
    const remedy = 'Keep the other columns in a second table with the same key.'
    const db = await refusedAndFollowed({ body: wide('wide', 0, 120), message, remedy }, (op) => {
      wide('wide', 0, 99)(op)
      wide('wider', 99, 120)(op)
    })
    expect(await db.rows("SELECT count(*) FROM pragma_table_info('wide')")).toEqual([[100]])
    const added = migratorOn(
      db,
      users,
      (op) => {
        wide('wide', 0, 99)(op)
        wide('wider', 99, 120)(op)
      },
      (op) => op.alterTable('wide', (t) => t.addColumn('more', text())),
    )
    expect((await errorOf(added.plan('head'))).message).toMatch(/it would have 101/)
  })

  test('refuses a statement of more bytes than 100,000', async () => {
    const message = /^INSERT INTO users VALUES \(0, 'y+…: D1 takes no statement of more than 100,000 bytes/
    const remedy = 'Write it as several statements.'
    const db = await refusedAndFollowed({ body: spelled(1), message, remedy }, spelled(2))
    expect(await db.rows('SELECT sum(length(name)) FROM users')).toEqual([[120_000]])
  })

  test('refuses a revision whose record has no room in a row', async () => {
    const message =
      /^the revision: its record has 2,400,\d{3} bytes, and a row of this database has at most 2,000,000\.$/
    const remedy = 'Split it into several revisions.'
    const db = await refusedAndFollowed({ body: note(1, 2), message, remedy }, note(1), note(2))
    expect(await db.rows('SELECT count(*), sum(length(name)) FROM users')).toEqual([[2, 2_400_000]])
  })

  test('splits rows into as many statements as it takes, and those of their downgrade', async () => {
    const db = server().createDatabase()
    const rows = Array.from({ length: 450 }, (_, id) => ({ id, name: `${id} ${'ü'.repeat(500)}` }))
    const migrator = migratorOn(db, users, (op) => op.insertRows('users', rows, { key: ['id'] }))
    const { steps } = await migrator.plan('head')
    expect(steps[1]?.operations[0]?.statements.length).toBe(4)
    await migrator.upgrade('head')
    expect(await db.rows('SELECT count(*), sum(id) FROM users')).toEqual([[450, (449 * 450) / 2]])
    await migrator.downgrade('r1')
    expect(await db.rows('SELECT count(*) FROM users')).toEqual([[0]])
  })

  const addColumn = (op: OperationRecorder): void => op.sql('ALTER TABLE users ADD COLUMN x')
  const remedy = 'Put the statement into a revision of its own.'
  test.each<readonly [string, Recorded, Recorded]>([
    ['on its table', addColumn, (op) => op.alterTable('users', (t) => t.addColumn('y', text()))],
    ['on its column', addColumn, (op) => op.alterTable('users', (t) => t.dropColumn('x'))],
    [
      'on a table that it has made',
      (op) => op.sql('CREATE TABLE c (id INTEGER)'),
      (op) => op.alterTable('c', (t) => t.addColumn('y', text())),
    ],
    [
      'on a table with an index of it',
      (op) => op.sql('CREATE INDEX i ON users (name)'),
      (op) => op.alterTable('users', (t) => t.alterColumn('name', { nullable: false })),
    ],
    [
      'with rows for a table that it has made',
      (op) => op.sql('CREATE TABLE c (id INTEGER)'),
      (op) => op.insertRows('c', [{ id: 1 }]),
    ],
  ])('refuses an operation behind SQL of an author that changes the schema, %s', async (_, sql, operation) => {
    const both: Recorded = (op) => {
      sql(op)
      operation(op)
    }
    const message = /SQL before it in the revision may have changed the schema, which cannot be inspected before/
    await refusedAndFollowed({ body: both, message, remedy }, sql, operation)
  })

  test('takes what needs no look at the schema behind such SQL, and the next revision sees what it made', async () => {
    const db = server().createDatabase()
    await migratorOn(
      db,
      users,
      (op) => {
        op.sql('ALTER TABLE users ADD COLUMN x')
        op.insertRows('users', [{ id: 5, name: 'five' }])
        op.sql("UPDATE users SET x = 'x'")
        op.run('y', async (step) => void (await step.execute('UPDATE users SET x = x || ?', ['y'])))
        op.expectNone('users without x', 'SELECT id FROM users WHERE x IS NULL')
        op.createTable('other', (t) => t.column('id', integer()))
      },
      (op) => op.alterTable('users', (t) => t.alterColumn('name', { nullable: false })),
    ).upgrade('head')
    expect(await db.rows('SELECT * FROM users')).toEqual([[5, 'five', 'xy']])
    expect(await db.rows("SELECT name FROM sqlite_schema WHERE name = 'other'")).toEqual([['other']])
  })
})

describe('db.preserve on D1', () => {
  test('is refused with the reason, and SQL takes its place', async () => {
    const db = server().createDatabase()
    const preserve = { table: 'users', key: { id: 1 }, column: 'name', value: 'a', written: 'b' }
    const migrator = migratorOn(db, users, (op) =>
      op.run('keep', { up: async (step) => step.preserve(preserve), down: 'none' }),
    )
    const error = await errorOf(migrator.upgrade('head'))
    expect([error.code, error.message, error.remedy]).toEqual([
      'UNSUPPORTED',
      'db.preserve: what it writes is counted, and a statement list gives no counts.',
      'Write the values into a table of your own, with SQL.',
    ])
    await migratorOn(db, users, (op) => {
      op.createTable('old_names', (t) => {
        t.column('id', integer())
        t.column('name', text())
      })
      op.sql('INSERT INTO old_names SELECT id, name FROM users')
    }).upgrade('head')
    expect(await db.rows('SELECT count(*) FROM old_names')).toEqual([[0]])
  })
})
