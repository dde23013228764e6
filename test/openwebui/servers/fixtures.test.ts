import { expect, it } from 'vitest'
import { type ExpectedRow, readExpected } from '../chain/kit/expected.ts'
import { dataOf, schemaOf, tableNames } from './kit/catalog.ts'
import { databaseAt, lastLegacy, onServers } from './kit/database.ts'
import { load, loadFolders } from './kit/load.ts'
import { differences, type ExpectedTable, headDifferences } from './kit/reading.ts'

onServers("Open WebUI's rows", (createDatabase) => {
  it('the hostile fixture goes to head; what could not be converted comes back byte for byte', async () => {
    const hostile = readExpected<{ readonly rows: Readonly<Record<string, readonly ExpectedRow[]>> }>(
      'expected-head-hostile.json',
    )
    const db = await databaseAt(createDatabase)
    await load(db, 'legacy-018.sql', 'legacy-018-hostile.sql')
    const before = await dataOf(db)

    const { reports } = await db.migrator.upgrade()

    for (const [table, rows] of Object.entries(hostile.rows)) {
      expect(await differences(db, table, { key: ['id'], rows }, true)).toEqual([])
    }
    expect(await headDifferences(db, true)).toEqual([])
    expect(reports.map(({ revision, what }) => `${revision} ${what}`)).toContain(
      '242a2047eae0 chats that are no JSON become null; the text is preserved',
    )

    await db.migrator.downgrade('7e5b5dc7342b')
    const { message, ...after } = await dataOf(db)
    expect(message).toEqual([])
    expect(after).toEqual(before)
  })

  it('the folders fixture goes from c69f45358db4 to head; the places that were given up come back', async () => {
    interface PreservedValue {
      readonly table: string
      readonly key: Readonly<Record<string, string>>
      readonly column: string
      readonly value: string
    }
    interface Folders extends ExpectedTable {
      readonly chat: ExpectedTable
      readonly kept: readonly PreservedValue[]
    }
    const expected = readExpected<Folders>('expected-folders-head.json')
    const folders = { key: expected.key, rows: expected.rows.filter(({ id }) => !String(id).startsWith('int-')) }
    const db = await databaseAt(createDatabase)
    await db.migrator.upgrade('c69f45358db4')
    await loadFolders(db)
    const readFolders = async (): Promise<unknown> => db.rows('SELECT "id", "folder_id" FROM "chat" ORDER BY "id"')
    const before = { readFolders: await readFolders(), data: await dataOf(db) }
    const headIsRight = async (): Promise<void> => {
      expect(await differences(db, 'folder', folders)).toEqual([])
      expect(await differences(db, 'chat', expected.chat)).toEqual([])
    }

    await db.migrator.upgrade()
    await headIsRight()

    await db.migrator.downgrade('4ace53fd72c8')
    for (const { table, key, column, value } of expected.kept) {
      const where = Object.entries(key).map(([name, part]) => `"${name}" = '${part}'`)
      const actual = await db.one(`SELECT "${column}" FROM "${table}" WHERE ${where.join(' AND ')}`)
      expect([table, key, actual]).toEqual([table, key, value])
    }
    expect(await readFolders()).toEqual(before.readFolders)

    await db.migrator.downgrade('c69f45358db4')
    expect(await dataOf(db)).toEqual(before.data)

    await db.migrator.upgrade()
    await headIsRight()
  })

  it('the fixture at 004 goes through the steps 005 to 018, each recorded, and back', async () => {
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
    const db = await databaseAt(createDatabase, '004_add_archived')
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
