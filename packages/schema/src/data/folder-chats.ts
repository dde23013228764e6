import type { SqlValue, StepDatabase } from '@org/migrate-core'
import { placeholders, updateRow } from './bulk.ts'
import { isStorable, jsonElements, jsonMembers, jsonString } from './json-parts.ts'
import { compareUtf8 } from './utf8-order.ts'

interface Folder {
  readonly id: string
  readonly user_id: string
  readonly created_at: bigint
}

/** The strings of `items.chat_ids`; none where items is anything but an object with that array. */
export function listedChats(items: SqlValue | undefined): readonly string[] {
  if (typeof items !== 'string') return []
  const elements = jsonElements(jsonMembers(items)?.get('chat_ids')) ?? []
  // What no text column can hold names no chat; bound as a parameter it would turn into another text.
  return elements.map(jsonString).filter((id) => id !== undefined && isStorable(id)) as string[]
}

/** The folders that have items, the earlier first. Only the keys: the items may be long. */
async function foldersInOrder(db: StepDatabase): Promise<readonly Folder[]> {
  const folders: Folder[] = []
  await db.backfill({
    table: 'folder',
    key: ['id', 'user_id'],
    columns: ['created_at'],
    where: '"items" IS NOT NULL',
    step: async (rows) => {
      for (const { id, user_id, created_at } of rows) {
        folders.push({ id: String(id), user_id: String(user_id), created_at: created_at as bigint })
      }
    },
  })
  return folders.sort((a, b) =>
    a.created_at === b.created_at ? compareUtf8(a.id, b.id) : a.created_at < b.created_at ? -1 : 1,
  )
}

const idsAtOnce = 200

async function fillFolder(db: StepDatabase, folder: Folder): Promise<void> {
  const [row] = await db.query('SELECT "items" FROM "folder" WHERE "id" = ? AND "user_id" = ?', [
    folder.id,
    folder.user_id,
  ])
  const ids = [...new Set(listedChats(row?.items))]
  for (let from = 0; from < ids.length; from += idsAtOnce) {
    const some = ids.slice(from, from + idsAtOnce)
    const chatRows = await db.query(
      `SELECT "id", "user_id" FROM "chat" WHERE "user_id" = ? AND "folder_id" IS NULL AND "id" IN (${placeholders(some)})`,
      [folder.user_id, ...some],
    )
    // The column is no key yet: its collation may find other users too.
    const chats = chatRows.filter(({ user_id }) => user_id === folder.user_id)
    if (chats.length === 0) continue
    for (const { id = null } of chats) {
      await db.preserve({ table: 'chat', key: { id }, column: 'folder_id', value: null, written: folder.id })
      db.report('chats put into the folder that lists them', String(id))
    }
    await db.execute(`UPDATE "chat" SET "folder_id" = ? WHERE "id" IN (${placeholders(chats)})`, [
      folder.id,
      ...chats.map(({ id = null }) => id),
    ])
  }
}

/** A chat without a folder goes into the first folder of its user that lists it. */
export async function fillFolders(db: StepDatabase): Promise<void> {
  for (const folder of await foldersInOrder(db)) await fillFolder(db, folder)
}

/** Places in folders that do not exist for that user become NULL; what stood there is preserved. */
export async function dropDanglingFolders(db: StepDatabase): Promise<void> {
  await db.backfill({
    table: 'chat',
    key: ['id'],
    columns: ['folder_id'],
    where:
      '"folder_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "folder" ' +
      'WHERE "folder"."id" = "chat"."folder_id" AND "folder"."user_id" = "chat"."user_id")',
    step: async (rows) => {
      for (const row of rows) {
        const id = row.id ?? null
        await db.preserve({
          table: 'chat',
          key: { id },
          column: 'folder_id',
          value: row.folder_id ?? null,
          written: null,
        })
        await updateRow(db, 'UPDATE "chat" SET "folder_id" = NULL WHERE "id" = ?', [id], id)
        db.report('chats whose folder does not exist; its id is preserved', String(id))
      }
    },
  })
  await db.backfill({
    table: 'folder',
    key: ['id', 'user_id'],
    columns: ['parent_id'],
    where:
      '"parent_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "folder" AS "parent" ' +
      'WHERE "parent"."id" = "folder"."parent_id" AND "parent"."user_id" = "folder"."user_id")',
    step: async (rows) => {
      for (const row of rows) {
        const key = { id: row.id ?? null, user_id: row.user_id ?? null }
        await db.preserve({ table: 'folder', key, column: 'parent_id', value: row.parent_id ?? null, written: null })
        const text = 'UPDATE "folder" SET "parent_id" = NULL WHERE "id" = ? AND "user_id" = ?'
        await updateRow(db, text, [key.id, key.user_id], key.id)
        db.report('folders whose parent does not exist; its id is preserved', `${key.id} of ${key.user_id}`)
      }
    },
  })
}
