import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { date, integer, text, varchar } from '@org/migrate-core'
import type { ColumnType, UnloadedDialect } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { skipWhereTextsAreCut } from '../../kit/sqlite-client/needs-driver.ts'
import { type Halves, migratorOn } from './grounds.ts'

// SQLite preserves and restores values of a column by itself where it can. A cell may hold anything: what SQL can't write as core reads
// it goes through core, and comes back as it was.

let folder: string
let file: string
let dialect: UnloadedDialect
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migrate-cells-'))
  file = join(folder, 'db.sqlite')
  dialect = sqliteDialect({ url: `sqlite:${file}` })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function using<T>(work: (client: Database.Database) => T): T {
  const client = new Database(file)
  try {
    return work(client)
  } finally {
    client.close()
  }
}

const table: Halves = {
  upgrade: (op) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('name', text())
      t.primaryKey(['id'])
    }),
}
const noteOf = (type: ColumnType): Halves => ({
  upgrade: (op) => op.alterTable('t', (t) => t.addColumn('note', type)),
})

const cells = (): unknown[] =>
  using((client) =>
    client.prepare(`SELECT id, typeof(note) AS class, hex(CAST(note AS BLOB)) AS bytes FROM t ORDER BY id`).all(),
  )

async function downAndUp(note: Halves, of = dialect): Promise<void> {
  const migrator = migratorOn(of, table, note)
  await migrator.downgrade('r1')
  expect(
    using((client) =>
      client
        .prepare('SELECT * FROM t LIMIT 1')
        .columns()
        .map(({ name }) => name),
    ),
  ).toEqual(['id', 'name'])
  await migrator.upgrade()
}

const preservedRows = (): number =>
  using((client) => client.prepare('SELECT count(*) FROM migrate_preserved').pluck().get()) as number

const odd: readonly (readonly [string, ColumnType, readonly string[]])[] = [
  ['a text in a column of integers', integer(), ["'twelve'", '12', 'NULL']],
  [
    'a number with a fraction in a column of integers',
    integer(),
    ['1.5', '-9223372036854775808', '9223372036854775807'],
  ],
  ['bytes in a column of texts', varchar(20), ["x'00ff'", "'a'", "x'61'"]],
  [
    'bytes that are no character in a text',
    varchar(20),
    ["CAST(x'61ff62' AS TEXT)", "'a�b'", "CAST(x'eda080' AS TEXT)"],
  ],
  ['NUL in a text', varchar(20), ["'a' || char(0) || 'b'", 'char(0)', "''"]],
  ['numbers in a column of dates', date(), ['20240229', "'2024-02-29'", "'29.2.2024'", '1.5']],
  ['only what SQL can write', varchar(20), ["'0012'", '\'["x"]\'', "'a\u001f\u007f\u2028🦊\\'", 'NULL']],
]

test.for(odd)('%s is as it was after a downgrade and an upgrade', async ([what, type, values], context) => {
  if (what.startsWith('NUL')) skipWhereTextsAreCut(context)
  const note = noteOf(type)
  await migratorOn(dialect, table, note).upgrade()
  using((client) => {
    for (const [at, value] of values.entries()) client.exec(`INSERT INTO t VALUES (${at}, 'row ${at}', ${value})`)
  })
  const before = cells()
  await downAndUp(note)
  expect(cells()).toEqual(before)
  expect(preservedRows()).toBe(0)
})

test.each(["'UTF-16le'", "'UTF-16be'"])('a database with texts in %s keeps them', async (encoding) => {
  using((client) => client.exec(`PRAGMA encoding = ${encoding}; CREATE TABLE other (id INTEGER PRIMARY KEY)`))
  const note = noteOf(varchar(20))
  await migratorOn(dialect, table, note).upgrade()
  using((client) => client.exec(`INSERT INTO t VALUES (1, 'one', 'Straße 🦊'), (2, 'two', '䅁'), (3, 'three', NULL)`))
  const before = cells()
  await downAndUp(note)
  expect(cells()).toEqual(before)
})

/** What goes to SQLite and comes from it, as text. */
function watched(observed: string[]): UnloadedDialect {
  const connect: UnloadedDialect['connection']['connect'] = async (options) => {
    const session = await dialect.connection.connect(options)
    const { query, execute } = session
    return Object.assign(session, {
      query: async (...how: Parameters<typeof query>) => {
        const rows = await query.apply(session, how)
        observed.push(...rows.flatMap((row) => Object.values(row).map(String)))
        return rows
      },
      execute: (...how: Parameters<typeof execute>) => {
        observed.push(...(how[1] ?? []).map(String))
        return execute.apply(session, how)
      },
    })
  }
  return { ...dialect, connection: { ...dialect.connection, connect } }
}

test('values that SQL can write pass no statement', async () => {
  const note = noteOf(varchar(20))
  await migratorOn(dialect, table, note).upgrade()
  using((client) => client.exec(`INSERT INTO t VALUES (1, 'one', 'secret 1'), (2, 'two', 'secret 2')`))
  const observed: string[] = []
  const before = cells()
  await downAndUp(note, watched(observed))
  expect(cells()).toEqual(before)
  expect(observed.filter((each) => each.includes('secret'))).toEqual([])
  expect(observed.length).toBeGreaterThan(10)
})

test('values of a table with 600 columns pass none either, and changed rows are known', async () => {
  const wide: Halves = {
    upgrade: (op) =>
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
        for (let at = 0; at < 600; at += 1) t.column(`c${at}`, text())
        t.primaryKey(['id'])
      }),
  }
  const note = noteOf(text())
  const observed: string[] = []
  const migrator = migratorOn(watched(observed), wide, note)
  await migrator.upgrade()
  using((client) =>
    client.exec(`INSERT INTO t (id, c599, note) VALUES (1, 'last', 'secret 1'), (2, 'last', 'secret 2')`),
  )
  await migrator.downgrade('r1')
  await migrator.upgrade()
  const notes = () => using((client) => client.prepare('SELECT note FROM t ORDER BY id').pluck().all())
  expect(notes()).toEqual(['secret 1', 'secret 2'])
  expect(observed.filter((each) => each.includes('secret'))).toEqual([])
  await migrator.downgrade('r1')
  using((client) => client.exec(`UPDATE t SET c599 = 'changed' WHERE id = 2`))
  await migrator.upgrade()
  expect(notes()).toEqual(['secret 1', null])
  expect(preservedRows()).toBe(1)
})
