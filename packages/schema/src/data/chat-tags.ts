import type { Row, StepDatabase } from '@org/migrate-core'
import { chunks, jsonAsText, placeholders, updateEach } from './bulk.ts'
import { pinnedTag, tagId } from './tag-id.ts'
import { compareUtf8 } from './utf8-order.ts'

interface Mark {
  readonly tag: string
  readonly user: string
  readonly timestamp: bigint
}

/** What the rows of chatidtag say of one chat. */
interface TaggedChat {
  readonly id: string
  /** Without repetition, the earlier first; `pinned` is not among them. */
  readonly tags: readonly string[]
  readonly pinned: boolean
  readonly marks: readonly Mark[]
}

function inOrder(a: Row, b: Row): number {
  const [before, after] = [a.timestamp ?? 0n, b.timestamp ?? 0n]
  return before === after ? compareUtf8(String(a.id), String(b.id)) : before < after ? -1 : 1
}

export function taggedChat(id: string, rows: readonly Row[]): TaggedChat {
  const marks = [...rows].sort(inOrder).map((row) => ({
    tag: tagId(String(row.tag_name)),
    user: String(row.user_id ?? ''),
    timestamp: typeof row.timestamp === 'bigint' ? row.timestamp : 0n,
  }))
  const tags = new Set(marks.map(({ tag }) => tag))
  const pinned = tags.delete(pinnedTag)
  return { id, tags: [...tags], pinned, marks: marks.filter(({ tag }) => tag !== pinnedTag) }
}

/** chatidtag has no index on its chat, so that each look is a scan of it: many chats at once. */
const chatsAtOnce = 5000

async function eachTaggedChats(db: StepDatabase, use: (chats: readonly TaggedChat[]) => Promise<void>): Promise<void> {
  await db.backfill({
    table: 'chat',
    key: ['id'],
    columns: [],
    batch: chatsAtOnce,
    step: async (rows) => {
      const ids = rows.map((row) => String(row.id))
      const markRows = await db.query(
        'SELECT "id", "chat_id", "user_id", "tag_name", "timestamp" FROM "chatidtag" ' +
          `WHERE "tag_name" IS NOT NULL AND "chat_id" IN (${placeholders(ids)})`,
        ids,
      )
      const byChat = new Map(ids.map((id): [string, Row[]] => [id, []]))
      // By the exact id: a column that is no key may have a collation to which 'A' is 'a'.
      for (const row of markRows) byChat.get(String(row.chat_id))?.push(row)
      await use([...byChat].filter(([, marks]) => marks.length > 0).map(([id, marks]) => taggedChat(id, marks)))
    },
  })
}

async function addChatTags(db: StepDatabase, chats: readonly TaggedChat[]): Promise<void> {
  const existing = new Set<string>()
  const key = (chat: string, tag: string, user: string): string => JSON.stringify([chat, tag, user])
  for (const some of chunks(chats)) {
    const rows = await db.query(
      `SELECT "chat_id", "tag_id", "user_id" FROM "chat_tag" WHERE "chat_id" IN (${placeholders(some)})`,
      some.map(({ id }) => id),
    )
    for (const row of rows) existing.add(key(String(row.chat_id), String(row.tag_id), String(row.user_id)))
  }
  const rows: (string | bigint)[][] = []
  for (const { id, marks } of chats) {
    // The marks stand in the order of their time: the first of a group has the smallest.
    for (const { tag, user, timestamp } of marks) {
      const name = key(id, tag, user)
      if (existing.has(name)) continue
      existing.add(name)
      rows.push([id, tag, user, timestamp])
    }
  }
  for (const some of chunks(rows)) {
    await db.execute(
      'INSERT INTO "chat_tag" ("chat_id", "tag_id", "user_id", "created_at") VALUES ' +
        some.map(() => '(?, ?, ?, ?)').join(', '),
      some.flat(),
    )
  }
}

/** Writes the tags of chats into chat.meta and chat_tag, and whether they are pinned; what is set already stays. */
export async function tagChats(db: StepDatabase): Promise<void> {
  await eachTaggedChats(db, async (chats) => {
    await updateEach(db, {
      table: 'chat',
      rows: chats
        .filter(({ tags }) => tags.length > 0)
        .map(({ id, tags }) => ({
          key: { id },
          set: { meta: `{"tags": [${tags.map((tag) => JSON.stringify(tag)).join(', ')}]}` },
        })),
      where: `${jsonAsText(db, 'meta')} = '{}'`,
    })
    await keepPins(db, chats)
    await setPinned(db, chats, 'NULL')
    await addChatTags(db, chats)
  })
}

/** What the program set before the tags said the same: the downgrade takes what the tags said, and must not take this. */
async function keepPins(db: StepDatabase, chats: readonly TaggedChat[]): Promise<void> {
  const pins = new Map(chats.map(({ id, pinned }) => [id, pinned]))
  for (const some of chunks(chats)) {
    const rows = await db.query(
      `SELECT "id", "pinned" FROM "chat" WHERE "pinned" IS NOT NULL AND "id" IN (${placeholders(some)})`,
      some.map(({ id }) => id),
    )
    for (const { id = null, pinned: value = null } of rows) {
      if (pins.get(String(id)) !== (Number(value) === 1)) continue
      await db.preserve({ table: 'chat', key: { id }, column: 'pinned', value, written: null })
    }
  }
}

/** Sets pinned where it is still NULL, or takes it back where it is still what was set. */
async function setPinned(db: StepDatabase, chats: readonly TaggedChat[], now: 'NULL' | 'set'): Promise<void> {
  for (const pinned of [true, false]) {
    for (const some of chunks(chats.filter((chat) => chat.pinned === pinned))) {
      const ids = some.map(({ id }) => id)
      const set = now === 'NULL' ? 'SET "pinned" = ? WHERE "pinned" IS NULL' : 'SET "pinned" = NULL WHERE "pinned" = ?'
      await db.execute(`UPDATE "chat" ${set} AND "id" IN (${placeholders(ids)})`, [pinned, ...ids])
    }
  }
}

/** Puts chat.pinned back to what it was, where it is still what the tags said. */
export async function unpinChats(db: StepDatabase): Promise<void> {
  await eachTaggedChats(db, (chats) => setPinned(db, chats, 'set'))
  await db.restore({ table: 'chat', column: 'pinned' })
}
