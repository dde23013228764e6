import { randomUUID } from 'node:crypto'
import type { RawText, Row, SqlValue, StepDatabase, UpdatedRow } from '@org/migrate-core'
import { chunks, placeholders, updateEach, updateRow } from './bulk.ts'
import { exactText } from './exact-text.ts'
import { jsonMembers, jsonObject, jsonString } from './json-parts.ts'
import { pinnedTag, tagId } from './tag-id.ts'

/**
 * Hands over the tags of one user after the other. A user's rows may change only once all of them have been read, so
 * that no row comes twice under another id.
 */
async function eachUsersTags(
  db: StepDatabase,
  columns: readonly string[],
  change: (tags: readonly Row[]) => Promise<void>,
): Promise<void> {
  let tags: Row[] = []
  await db.backfill({
    table: 'tag',
    key: ['user_id', 'id'],
    columns,
    step: async (rows) => {
      for (const row of rows) {
        if (tags[0] !== undefined && tags[0].user_id !== row.user_id) {
          await change(tags)
          tags = []
        }
        tags.push(row)
      }
    },
  })
  if (tags.length > 0) await change(tags)
}

interface Renaming {
  readonly from: string
  readonly to: string
}

/** Gives tags of one user other ids. Where one's new id is another's old one, all go through unused ids. */
async function renameTags(db: StepDatabase, user: SqlValue, renamings: readonly Renaming[]): Promise<void> {
  const update = (rows: readonly Renaming[]): Promise<void> =>
    updateEach(db, {
      table: 'tag',
      rows: rows.map(({ from, to }) => ({ key: { id: from, user_id: user }, set: { id: to } })),
    })
  const old = new Set(renamings.map(({ from }) => from))
  if (!renamings.some(({ to }) => old.has(to))) return update(renamings)
  const between = renamings.map(({ from, to }) => ({ from, between: randomUUID(), to }))
  await update(between.map((step) => ({ from: step.from, to: step.between })))
  await update(between.map((step) => ({ from: step.between, to: step.to })))
}

/** What `data` holds while a tag has its new id: the old id and the old data, until the downgrade. */
function packed(id: SqlValue | undefined, data: SqlValue | RawText): string {
  return jsonObject([
    ['id', JSON.stringify(id)],
    ['data', JSON.stringify(typeof data === 'string' ? data : null)],
    ...(isRawText(data) ? [['bytes', JSON.stringify(Buffer.from(data.rawText).toString('base64'))] as const] : []),
  ])
}

const isRawText = (value: SqlValue | RawText): value is RawText =>
  typeof value === 'object' && value !== null && 'rawText' in value

/** A value of a tag with the bytes that it has: text of SQLite may be no UTF-8. */
function exactCell(db: StepDatabase, { id = null, user_id = null, ...cells }: Row, column: 'name' | 'data') {
  return exactText(db, { table: 'tag', column, key: { id, user_id } }, cells[column] ?? null)
}

/** A tag without a name has nothing to be known by: it keeps its id. */
function newId(tag: Row): string {
  return typeof tag.name === 'string' ? tagId(tag.name) : String(tag.id)
}

async function normaliseUsersTags(db: StepDatabase, tags: readonly Row[]): Promise<void> {
  const user = tags[0]?.user_id ?? null
  const survivors = new Map<string, Row>()
  for (const tag of tags) {
    const id = newId(tag)
    if (!survivors.has(id) || tag.id === id) survivors.set(id, tag)
  }
  survivors.delete(pinnedTag)

  const duplicates = tags.filter((tag) => survivors.get(newId(tag)) !== tag)
  for (const tag of duplicates) {
    const { id = null } = tag
    const [name, data] = [await exactCell(db, tag, 'name'), await exactCell(db, tag, 'data')]
    await db.preserve({ table: 'tag', key: { id, user_id: user }, row: { id, name, user_id: user, data } })
    const why = newId(tag) === pinnedTag ? 'that mark a chat as pinned' : 'of one user with one normalised name'
    db.report(`tags ${why} are taken out and preserved`, `${id} of ${user}`)
  }
  for (const some of chunks(duplicates)) {
    await db.execute(`DELETE FROM "tag" WHERE "user_id" = ? AND "id" IN (${placeholders(some)})`, [
      user,
      ...some.map((tag) => tag.id ?? null),
    ])
  }

  const values = new Map<string, string>()
  for (const [id, tag] of survivors) values.set(id, packed(tag.id, await exactCell(db, tag, 'data')))
  const renamings = [...survivors].map(([to, tag]) => ({ from: String(tag.id), to }))
  await renameTags(
    db,
    user,
    renamings.filter(({ from, to }) => from !== to),
  )
  for (const [id, value] of values) {
    await db.preserve({ table: 'tag', key: { id, user_id: user }, column: 'data', value, written: null })
  }
  // What is preserved is not lost with the column: a run that drops it must not say so.
  await db.execute('UPDATE "tag" SET "data" = NULL WHERE "user_id" = ? AND "data" IS NOT NULL', [user])
}

/** Gives each tag the id of its name, one tag per name and user. What goes and what the old ids were is preserved. */
export async function normaliseTags(db: StepDatabase): Promise<void> {
  await eachUsersTags(db, ['name', 'data'], (tags) => normaliseUsersTags(db, tags))
}

async function unpackUsersTags(db: StepDatabase, tags: readonly Row[]): Promise<void> {
  const user = tags[0]?.user_id ?? null
  const renamings: Renaming[] = []
  const data: UpdatedRow[] = []
  const bytes: { id: SqlValue; value: Uint8Array }[] = []
  for (const tag of tags) {
    const from = String(tag.id)
    const cell = typeof tag.data === 'string' ? jsonMembers(tag.data) : undefined
    const to = jsonString(cell?.get('id')) ?? randomUUID()
    if (cell === undefined) db.report('tags made since get an id of their own', `${from} of ${user}`)
    else data.push({ key: { id: to, user_id: user }, set: { data: jsonString(cell.get('data')) ?? null } })
    const odd = jsonString(cell?.get('bytes'))
    if (odd !== undefined) bytes.push({ id: to, value: Buffer.from(odd, 'base64') })
    if (from !== to) renamings.push({ from, to })
  }
  await renameTags(db, user, renamings)
  await updateEach(db, { table: 'tag', rows: data })
  const setBytes = 'UPDATE "tag" SET "data" = CAST(? AS TEXT) WHERE "id" = ? AND "user_id" = ?'
  for (const { id, value } of bytes) await updateRow(db, setBytes, [value, id, user], id)
}

/** Gives the tags their old ids and data back, and the rows that were taken out. */
export async function restoreTags(db: StepDatabase): Promise<void> {
  await db.restore({ table: 'tag', column: 'data' })
  await eachUsersTags(db, ['data'], (tags) => unpackUsersTags(db, tags))
  await db.restore({ table: 'tag' })
}
