import { expect, it } from 'vitest'
import { describeOnEach } from '../kit/servers.ts'
import { type ExpectedRow, readExpected } from '../openwebui/kit/expected.ts'
import { dataOf, schemaOf, tableNames } from './kit/catalog.ts'
import { databaseAt, head, lastLegacy, type Opened, servers } from './kit/database.ts'
import { load, loadFolders } from './kit/load.ts'
import { differences, type ExpectedTable } from './kit/reading.ts'

interface ExpectedHead {
  readonly tables: Readonly<Record<string, ExpectedTable>>
  readonly unchanged_tables: Readonly<Record<string, { readonly rows: number }>>
  readonly empty_tables: readonly string[]
  readonly row_counts: { readonly head: Readonly<Record<string, number>> }
}

async function headDifferences(db: Opened, only = false): Promise<readonly string[]> {
  const { tables } = readExpected<ExpectedHead>('expected-head.json')
  const lines: string[] = []
  for (const [table, expected] of Object.entries(tables)) lines.push(...(await differences(db, table, expected, only)))
  return lines
}

/** Each table with the columns that it had before. */
async function legacyData(db: Opened, before: Readonly<Record<string, readonly string[]>>): Promise<unknown> {
  const names = Object.keys(before)
  return Object.fromEntries(Object.entries(await dataOf(db, names)).map(([table, rows]) => [table, rows]))
}

describeOnEach(servers, "Open WebUI's rows", (fresh) => {
  it.concurrent('the legacy fixture goes to head, down to what it was, and up to the same head', async () => {
    const expected = readExpected<ExpectedHead>('expected-head.json')
    const db = await databaseAt(fresh)
    await load(db, 'legacy-018.sql')
    const before = { schema: await schemaOf(db), data: await dataOf(db) }

    const result = await db.migrator.upgrade()

    expect(result.applied).toHaveLength(21)
    expect(result.heads.find(({ tier }) => tier === 'main')?.heads).toEqual([head])
    expect(await headDifferences(db)).toEqual([])
    const counts = {
      ...expected.row_counts.head,
      ...Object.fromEntries(expected.empty_tables.map((name) => [name, 0])),
    }
    for (const [table, { rows }] of Object.entries(expected.unchanged_tables)) counts[table] = rows
    for (const [table, rows] of Object.entries(counts)) {
      expect([table, await db.one(`SELECT COUNT(*) FROM "${table}"`)]).toEqual([table, BigInt(rows)])
    }
    const above = { schema: await schemaOf(db), data: await dataOf(db) }

    await db.migrator.downgrade('base')
    expect(await schemaOf(db)).toEqual(before.schema)
    expect(await legacyData(db, before.data)).toEqual(before.data)

    await db.migrator.upgrade()
    expect(await headDifferences(db)).toEqual([])
    expect(await schemaOf(db)).toEqual(above.schema)
    expect(await dataOf(db)).toEqual(above.data)
  })

  it.concurrent('the hostile fixture goes to head; what could not be converted comes back byte for byte', async () => {
    const hostile = readExpected<{ readonly rows: Readonly<Record<string, readonly ExpectedRow[]>> }>(
      'expected-head-hostile.json',
    )
    const db = await databaseAt(fresh)
    await load(db, 'legacy-018.sql', 'legacy-018-hostile.sql')
    const before = await dataOf(db)

    const { reports } = await db.migrator.upgrade()

    for (const [table, rows] of Object.entries(hostile.rows)) {
      expect(await differences(db, table, { key: ['id'], rows }, true)).toEqual([])
    }
    expect(await headDifferences(db, true)).toEqual([])
    expect(reports.map(({ revision, what }) => `${revision} ${what}`)).toContain(
      '242a2047eae0 chats that are no JSON become null; the text is kept',
    )

    await db.migrator.downgrade('7e5b5dc7342b')
    const { message, ...after } = await dataOf(db)
    expect(message).toEqual([])
    expect(after).toEqual(before)
  })

  it.concurrent('the folders fixture goes from c69f45358db4 to head; the places that were given up come back', async () => {
    interface Kept {
      readonly table: string
      readonly key: Readonly<Record<string, string>>
      readonly column: string
      readonly value: string
    }
    interface Folders extends ExpectedTable {
      readonly chat: ExpectedTable
      readonly kept: readonly Kept[]
    }
    const expected = readExpected<Folders>('expected-folders-head.json')
    const folders = { key: expected.key, rows: expected.rows.filter(({ id }) => !String(id).startsWith('int-')) }
    const db = await databaseAt(fresh)
    await db.migrator.upgrade('c69f45358db4')
    await loadFolders(db)
    const places = async (): Promise<unknown> => db.rows('SELECT "id", "folder_id" FROM "chat" ORDER BY "id"')
    const before = { places: await places(), data: await dataOf(db) }
    const headIsRight = async (): Promise<void> => {
      expect(await differences(db, 'folder', folders)).toEqual([])
      expect(await differences(db, 'chat', expected.chat)).toEqual([])
    }

    await db.migrator.upgrade()
    await headIsRight()

    await db.migrator.downgrade('4ace53fd72c8')
    for (const { table, key, column, value } of expected.kept) {
      const where = Object.entries(key).map(([name, part]) => `"${name}" = '${part}'`)
      const found = await db.one(`SELECT "${column}" FROM "${table}" WHERE ${where.join(' AND ')}`)
      expect([table, key, found]).toEqual([table, key, value])
    }
    expect(await places()).toEqual(before.places)

    await db.migrator.downgrade('c69f45358db4')
    expect(await dataOf(db)).toEqual(before.data)

    await db.migrator.upgrade()
    await headIsRight()
  })

  it.concurrent('the fixture at 004 goes through the steps 005 to 018, each recorded, and back', async () => {
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
    const db = await databaseAt(fresh, '004_add_archived')
    await load(db, 'legacy-004.sql')
    const before = { schema: await schemaOf(db), data: await dataOf(db) }

    const result = await db.migrator.upgrade(lastLegacy, { tier: 'legacy' })

    expect(result.applied).toEqual(expected.history.slice(4).map((name) => `legacy:${name}`))
    const history = await db.rows('SELECT "name" FROM "migratehistory" ORDER BY "id"')
    expect(history.map(({ name }) => name)).toEqual(expected.history)
    for (const [table, { key, rows, rows_count: count }] of Object.entries(expected.tables)) {
      if (key !== undefined && rows !== undefined) expect(await differences(db, table, { key, rows })).toEqual([])
      if (count !== undefined) {
        expect([table, await db.one(`SELECT COUNT(*) FROM "${table}"`)]).toEqual([table, BigInt(count)])
      }
    }
    for (const table of expected.gone) expect(await tableNames(db)).not.toContain(table)

    await db.migrator.downgrade('004_add_archived', { tier: 'legacy' })
    expect(await schemaOf(db)).toEqual(before.schema)
    expect(await dataOf(db)).toEqual(before.data)
  })
})
