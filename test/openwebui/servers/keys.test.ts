import { expect, it } from 'vitest'
import { familyOf } from '../../kit/servers.ts'
import { dataOf } from './kit/catalog.ts'
import { quoted } from './kit/client.ts'
import { databaseAt, type MigratedDatabase, onServers } from './kit/database.ts'
import { chatRow, fileRow, markRow, tagRow } from './kit/rows.ts'

/** Keys that many a collation takes for one: by case, space at the end, accent, composition, width, ignorable characters. */
const ids = ['A', 'a', 'a ', 'A ', ' a', '', 'á', 'a\u0301', 'ａ', 'a\u00ad', 'ß', 'ss', '🦊', '🦁']

/** On MySQL and MariaDB: strings in keys have one binary collation, and each table a primary key. */
async function checkKeys(db: MigratedDatabase): Promise<void> {
  const { server } = db.database
  if (familyOf(server) === 'postgres') return
  const collations = await db.rows(`
    SELECT DISTINCT c."collation_name" AS "name" FROM "information_schema"."columns" c
      JOIN "information_schema"."key_column_usage" k
        ON k."table_schema" = c."table_schema" AND k."table_name" = c."table_name" AND k."column_name" = c."column_name"
      WHERE c."table_schema" = DATABASE() AND c."collation_name" IS NOT NULL`)
  expect(collations).toEqual([{ name: server === 'mysql' ? 'utf8mb4_0900_bin' : 'utf8mb4_nopad_bin' }])
  const without = await db.rows(`
    SELECT t."table_name" AS "name" FROM "information_schema"."tables" t WHERE t."table_schema" = DATABASE() AND NOT EXISTS (
      SELECT 1 FROM "information_schema"."table_constraints" k
        WHERE k."table_schema" = t."table_schema" AND k."table_name" = t."table_name" AND k."constraint_type" = 'PRIMARY KEY')`)
  expect(without).toEqual([])
}

onServers('keys', (createDatabase, server) => {
  it('that differ only in case, space or accent stay apart, up and down', async () => {
    const db = await databaseAt(createDatabase)
    await db.script(
      ids.map((id) => chatRow(id, `bad ${id}`, id) + fileRow(id, `{"path": "/${id}"}`)).join('') +
        ids
          .map((id) => tagRow(`tag ${id}`, 'Work', id, `data ${id}`) + markRow(`mark ${id}`, `T${id}`, id, 1, id))
          .join(''),
    )
    const before = await dataOf(db)
    await db.migrator.upgrade('c69f45358db4')
    const folder = (id: string, user: string, chats: readonly string[], parent: string | null): string =>
      'INSERT INTO "folder" ("id", "parent_id", "user_id", "name", "items", "is_expanded") VALUES ' +
      `(${[id, parent, user, 'n', JSON.stringify({ chat_ids: chats })].map(quoted).join(', ')}, FALSE);`
    // Each folder lists all chats, of which one is its user's; its parent is the folder of the same id in another case: not there.
    await db.script(ids.map((id) => folder(`f${id}`, id, ids, `F${id}`)).join(''))
    await db.migrator.upgrade()

    await checkKeys(db)
    const byId = async (sql: string): Promise<ReadonlyMap<unknown, unknown>> =>
      new Map((await db.rows(sql)).map((row) => Object.values(row) as [unknown, unknown]))
    expect(await byId('SELECT "id", "path" FROM "file"')).toEqual(
      new Map(ids.map((id) => [id, `file:///${encodeURIComponent(id)}`])),
    )
    expect(await byId('SELECT "id", "folder_id" FROM "chat"')).toEqual(new Map(ids.map((id) => [id, `f${id}`])))
    expect(await byId('SELECT "id", "parent_id" FROM "folder"')).toEqual(new Map(ids.map((id) => [`f${id}`, null])))
    const marks = await db.rows('SELECT "chat_id", "tag_id", "user_id" FROM "chat_tag"')
    expect(new Set(marks.map((row) => Object.values(row).join('|')))).toEqual(
      new Set(ids.map((id) => [id, `t${id.toLowerCase().replace(' ', '_')}`, id].join('|'))),
    )
    expect(await db.one(`SELECT COUNT(*) FROM "tag" WHERE "id" = 'work'`)).toBe(BigInt(ids.length))

    await db.script(
      `INSERT INTO "config" ("key", "value") VALUES ${ids.map((id) => `(${quoted(id)}, 'null')`).join(', ')};
       INSERT INTO "token_group" ("name") VALUES ${ids.map((id) => `(${quoted(id)})`).join(', ')}`,
    )
    await db.migrator.downgrade('base')
    expect(await dataOf(db)).toEqual(before)
  })

  it('of a folder that is too long for a key do not stand in the way: its place becomes NULL and comes back', async () => {
    const long = 'x'.repeat(300)
    const db = await databaseAt(createDatabase)
    await db.script(chatRow('c', '{}'))
    await db.migrator.upgrade('c69f45358db4')
    await db.script(`UPDATE "chat" SET "folder_id" = '${long}';
      INSERT INTO "folder" ("id", "user_id", "parent_id", "name", "is_expanded") VALUES ('f', 'u1', '${long}', 'n', FALSE)`)
    const before = await dataOf(db)
    await db.migrator.upgrade('d31026856c01')
    expect(await db.rows('SELECT c."folder_id", f."parent_id" FROM "chat" c, "folder" f')).toEqual([
      { folder_id: null, parent_id: null },
    ])
    await db.migrator.downgrade('c69f45358db4')
    expect(await dataOf(db)).toEqual(before)
  })

  it('that a longer tag would make too long stop the run before anything changes', async () => {
    const db = await databaseAt(createDatabase)
    // Its lower case has two characters.
    await db.script(chatRow('c', '{}') + markRow('m', 'İ'.repeat(200), 'c'))
    await db.migrator.upgrade('d31026856c01')
    const before = await dataOf(db)
    if (familyOf(server) === 'postgres') {
      await db.migrator.upgrade('1af9b942657b')
      expect(await db.one('SELECT LENGTH("tag_id") FROM "chat_tag"')).toBe(400n)
    } else {
      await expect(db.migrator.upgrade('1af9b942657b')).rejects.toThrow(/chatidtag "m" of user "u1": .* 400 characters/)
      expect(await dataOf(db)).toEqual(before)
    }
  })
})
