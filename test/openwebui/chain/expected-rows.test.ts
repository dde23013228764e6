import { expect, it } from 'vitest'
import { head, type TestDatabase, testDatabase } from './kit/database.ts'
import { type ExpectedRow, readExpected, rowDifferences } from './kit/expected.ts'
import { dataOf, schemaOf, tableNames } from './kit/schema.ts'

interface ExpectedTables {
  readonly tables: Readonly<Record<string, { readonly key: readonly string[]; readonly rows: readonly ExpectedRow[] }>>
  readonly unchanged_tables: Readonly<Record<string, { readonly rows: number }>>
  readonly empty_tables: readonly string[]
  readonly row_counts: { readonly head: Readonly<Record<string, number>> }
}

export function headDifferences(db: TestDatabase, only = false): readonly string[] {
  const expected = readExpected<ExpectedTables>('expected-head.json')
  return Object.entries(expected.tables).flatMap(([table, { key, rows }]) => rowDifferences(db, table, key, rows, only))
}

/** The rows of a table without the columns that the graph has added to it. */
function legacyRows(db: TestDatabase, table: string, columns: readonly string[]): readonly unknown[] {
  return db.rows(
    `SELECT ${columns.map((name) => `quote("${name}") AS "${name}"`).join(', ')} FROM "${table}" ORDER BY 1, 2`,
  )
}

it('the legacy fixture goes to head with every row where it belongs', async () => {
  const expected = readExpected<ExpectedTables>('expected-head.json')
  const db = testDatabase()
  db.load('legacy-018.sql')
  const columns = new Map(
    Object.keys(expected.unchanged_tables).map((table) => [
      table,
      db.rows('SELECT "name" FROM pragma_table_info(?)', table).map((row) => String(row.name)),
    ]),
  )
  const before = [...columns].map(([table, names]) => legacyRows(db, table, names))

  const result = await db.migrator.upgrade()

  expect(result.applied.filter((step) => step.startsWith('legacy:'))).toEqual([])
  expect(result.applied).toHaveLength(21)
  expect(result.heads.find(({ tier }) => tier === 'main')?.heads).toEqual([head])
  expect(headDifferences(db)).toEqual([])
  expect([...columns].map(([table, names]) => legacyRows(db, table, names))).toEqual(before)
  for (const [table, { rows }] of Object.entries(expected.unchanged_tables)) {
    expect([table, Number(db.one(`SELECT COUNT(*) FROM "${table}"`))]).toEqual([table, rows])
  }
  for (const [table, rows] of Object.entries(expected.row_counts.head)) {
    expect([table, Number(db.one(`SELECT COUNT(*) FROM "${table}"`))]).toEqual([table, rows])
  }
  for (const table of expected.empty_tables)
    expect([table, db.one(`SELECT COUNT(*) FROM "${table}"`)]).toEqual([table, 0n])
  for (const [table, column] of [
    ['user', 'username'],
    ['user', 'bio'],
    ['user', 'gender'],
    ['user', 'date_of_birth'],
    ['prompt', 'access_control'],
    ['tool', 'access_control'],
  ]) {
    expect(db.one(`SELECT COUNT(*) FROM "${table}" WHERE "${column}" IS NOT NULL`)).toBe(0n)
  }
})

it('the hostile fixture goes to head; what could not be converted comes back byte for byte', async () => {
  interface Hostile {
    readonly rows: Readonly<Record<string, readonly ExpectedRow[]>>
  }
  const hostile = readExpected<Hostile>('expected-head-hostile.json')
  const db = testDatabase()
  db.load('legacy-018.sql', 'legacy-018-hostile.sql')

  const result = await db.migrator.upgrade()

  expect(
    Object.entries(hostile.rows).flatMap(([table, rows]) => rowDifferences(db, table, ['id'], rows, true)),
  ).toEqual([])
  expect(headDifferences(db, true)).toEqual([])
  const reported = result.reports
    .filter(({ revision }) => revision === '242a2047eae0')
    .map(({ what, count }) => [what, count])
  expect(reported).toContainEqual(['chats that are no JSON become null; the text is preserved', 14])

  await db.migrator.downgrade('7e5b5dc7342b')
  const valuesOf = (table: string, column: string): unknown[] =>
    (hostile.rows[table] ?? []).map((row) => db.one(`SELECT "${column}" FROM "${table}" WHERE "id" = ?`, row.id))
  const sources = (table: string): unknown[] =>
    (hostile.rows[table] ?? []).map(({ source_text: text }) =>
      typeof text === 'string' ? text : `${'['.repeat(3000)}${']'.repeat(3000)}`,
    )
  expect(valuesOf('chat', 'chat')).toEqual(sources('chat'))
  expect(valuesOf('file', 'meta')).toEqual(sources('file'))
})

it('the folders fixture goes from c69f45358db4 to head; the places that were given up come back', async () => {
  interface PreservedValue {
    readonly table: string
    readonly key: Readonly<Record<string, string>>
    readonly column: string
    readonly value: string
  }
  interface Folders {
    readonly key: readonly string[]
    readonly rows: readonly ExpectedRow[]
    readonly chat: { readonly key: readonly string[]; readonly rows: readonly ExpectedRow[] }
    readonly kept: readonly PreservedValue[]
  }
  const expected = readExpected<Folders>('expected-folders-head.json')
  const db = testDatabase()
  await db.migrator.upgrade('c69f45358db4')
  db.load('folders-at-c69f45358db4.sql')
  const readFolders = (): unknown => db.rows('SELECT "id", "folder_id" FROM "chat" ORDER BY "id"')
  const before = { readFolders: readFolders(), folders: dataOf(db, ['folder']) }

  await db.migrator.upgrade()
  expect(rowDifferences(db, 'folder', expected.key, expected.rows)).toEqual([])
  expect(rowDifferences(db, 'chat', expected.chat.key, expected.chat.rows)).toEqual([])

  await db.migrator.downgrade('4ace53fd72c8')
  for (const { table, key, column, value } of expected.kept) {
    const where = Object.keys(key).map((name) => `"${name}" = ?`)
    const actual = db.one(`SELECT "${column}" FROM "${table}" WHERE ${where.join(' AND ')}`, ...Object.values(key))
    expect([table, key, actual]).toEqual([table, key, value])
  }
  expect(readFolders()).toEqual(before.readFolders)

  await db.migrator.downgrade('c69f45358db4')
  expect(dataOf(db, ['folder'])).toEqual(before.folders)

  await db.migrator.upgrade()
  expect(rowDifferences(db, 'folder', expected.key, expected.rows)).toEqual([])
  expect(rowDifferences(db, 'chat', expected.chat.key, expected.chat.rows)).toEqual([])
})

it('the fixture at 004 goes through the steps 005 to 018, each recorded', async () => {
  interface Legacy {
    readonly history: readonly string[]
    readonly tables: Readonly<
      Record<
        string,
        { readonly key?: readonly string[]; readonly rows?: readonly ExpectedRow[]; readonly rows_count?: number }
      >
    >
    readonly gone: readonly string[]
  }
  const expected = readExpected<Legacy>('expected-legacy-018.json')
  const db = testDatabase()
  db.load('legacy-004.sql')
  const result = await db.migrator.upgrade('018_add_function_is_global', { tier: 'legacy' })

  expect(result.applied).toEqual(expected.history.slice(4).map((name) => `legacy:${name}`))
  expect(db.rows('SELECT "name" FROM "migratehistory" ORDER BY "id"').map((row) => row.name)).toEqual(expected.history)
  for (const [table, { key, rows, rows_count: count }] of Object.entries(expected.tables)) {
    if (key !== undefined && rows !== undefined) expect(rowDifferences(db, table, key, rows)).toEqual([])
    if (count !== undefined) expect([table, db.one(`SELECT COUNT(*) FROM "${table}"`)]).toEqual([table, BigInt(count)])
  }
  for (const table of expected.gone) expect(tableNames(db)).not.toContain(table)

  const other = testDatabase()
  other.load('legacy-018.sql')
  expect(schemaOf(db)).toEqual(schemaOf(other))
})
