import { integer, type OperationRecorder, text } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { type D1TestDatabase, d1Server } from '../../../kit/d1/d1-server.ts'
import { errorOf, line, migratorOf } from '../../../kit/migrator.ts'

const server = d1Server({ databases: 20 })

const first = (op: OperationRecorder): void => {
  op.createTable('users', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
  op.createTable('posts', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('author', integer())
    t.primaryKey(['id'])
    t.foreignKey({ columns: ['author'], references: { table: 'users', columns: ['id'] }, onDelete: 'cascade' })
  })
  op.insertRows('users', [{ id: 1, name: "it's; -- a name\n\nof two lines" }])
  op.sql('CREATE TRIGGER lower AFTER INSERT ON posts BEGIN UPDATE users SET name = lower(name); SELECT 1; END')
}

const second = (op: OperationRecorder): void => {
  op.expectNone('users without a name', 'SELECT id FROM users WHERE name IS NULL')
  op.alterTable('users', (t) => t.alterColumn('name', { nullable: false }))
}

/** As `wrangler d1 migrations apply --local` does: the statements of the file as one list, and a row of its own behind them. */
async function apply(db: D1TestDatabase, name: string, script: string): Promise<string> {
  await db.rows(
    'CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)',
  )
  const statements = script.split(/;\n(?=\n|$)/).filter((sql) => sql.trim() !== '')
  const record = `INSERT INTO d1_migrations (name) VALUES ('${name}')`
  const { errors } = await db.send([...statements, record].map((sql) => ({ sql })))
  return errors[0]?.message ?? 'applied'
}

test('a script is applied as one list by what sends files, and then the database is at head', async () => {
  const db = server().createDatabase()
  const migrator = migratorOf(sqliteDialect({ url: db.url }), line(first, second))
  const one = await migrator.script('r1', { from: 'base' })
  const two = await migrator.script('head', { from: 'r1' })
  for (const script of [one, two]) expect(script).not.toMatch(/^(?:BEGIN|COMMIT|\.bail)|TEMP/m)
  expect(await apply(db, '0002.sql', two)).toMatch(/migrate_version is not at r1/)
  expect(await db.rows("SELECT name FROM sqlite_schema WHERE name LIKE 'migrate%'")).toEqual([])
  expect(await apply(db, '0001.sql', one)).toBe('applied')
  await db.send([{ sql: 'INSERT INTO users VALUES (2, NULL)' }, { sql: 'INSERT INTO posts VALUES (7, 1), (8, 2)' }])
  expect(await apply(db, '0002.sql', two)).toMatch(/users without a name/)
  await db.rows("UPDATE users SET name = 'b' WHERE id = 2")
  expect(await apply(db, '0002.sql', two)).toBe('applied')
  expect((await migrator.status()).state).toBe('atHead')
  expect((await migrator.upgrade('head')).applied).toEqual([])
  expect(await db.rows('SELECT id, author FROM posts ORDER BY id')).toEqual([
    [7, 1],
    [8, 2],
  ])
  expect(await db.rows('SELECT name FROM users WHERE id = 1')).toEqual([["it's; -- a name\n\nof two lines"]])
  expect(await db.rows("SELECT revision, operations LIKE '%alterColumn%' FROM migrate_history ORDER BY id")).toEqual([
    ['r1', 0],
    ['r2', 1],
  ])
  // What it has recorded is enough for a downgrade.
  await migrator.downgrade('r1')
  expect(await db.rows(`SELECT "notnull" FROM pragma_table_info('users') WHERE name = 'name'`)).toEqual([[0]])
})

test('a script with a statement that D1 does not take is refused', async () => {
  const db = server().createDatabase()
  const rows = Array.from({ length: 90 }, (_, id) => ({ id: id + 10, name: 'y'.repeat(2_000) }))
  const migrator = migratorOf(
    sqliteDialect({ url: db.url }),
    line(first, (op) => op.insertRows('users', rows)),
  )
  const error = await errorOf(migrator.script('head', { from: 'r1' }))
  expect([error.code, error.remedy]).toEqual([
    'UNSUPPORTED',
    'Run the command on the database itself, without `--sql`.',
  ])
  expect(error.message).toMatch(
    /D1 takes no statement of more than 100,000 bytes, and with its values this one has 18\d,\d{3}$/,
  )
  await migrator.upgrade('head')
  expect(await db.rows('SELECT count(*) FROM users')).toEqual([[91]])
})
