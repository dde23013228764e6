/**
 * documents become knowledge bases
 *
 * One row of knowledge for each document; the documents stay. A content that cannot be read gives no tags, and is
 * reported. The downgrade takes the table away; its rows are preserved, and the next upgrade restores them as they were.
 */
import {
  bigint,
  json,
  type OperationRecorder,
  type Row,
  type SqlValue,
  type StepDatabase,
  text,
} from '@org/migrate-core'
import { placeholders } from '../data/bulk.ts'
import { jsonMembers, jsonObject } from '../data/json-parts.ts'
import { heldOf } from '../data/json-server.ts'
import { required, requiredKey } from '../data/legacy-columns.ts'

export const revision = '6a39f3d8e55c'
export const downRevision = '3ab32c4b8f59'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

const columns = ['id', 'user_id', 'name', 'description', 'meta', 'created_at', 'updated_at', 'files'] as const

/** The tags as the document writes them: their text, whatever JSON value it is. */
function tagsOf(db: StepDatabase, document: Row): string {
  const { content } = document
  if (content === null || content === '') return '[]'
  const members = typeof content === 'string' ? jsonMembers(content) : undefined
  if (members === undefined) db.report('documents whose content is no JSON object get no tags', String(document.name))
  return members?.get('tags') ?? '[]'
}

function metaWith(tags: string): string {
  return jsonObject([
    ['legacy', 'true'],
    ['document', 'true'],
    ['tags', tags],
  ])
}

/** Tags that the server's JSON cannot hold, or not as they are written, stay in the document in any case. */
async function metaOf(db: StepDatabase, document: Row): Promise<string> {
  const tags = tagsOf(db, document)
  const meta = metaWith(tags)
  if (tags === '[]') return meta
  const { text, whole } = await heldOf(db, meta)
  if (!whole) db.report('documents of whose tags the server keeps less; the document has them', String(document.name))
  return text ?? metaWith('[]')
}

async function knowledgeOf(db: StepDatabase, document: Row): Promise<readonly SqlValue[]> {
  const { collection_name: id = null, name = null, title = null, user_id = null, timestamp = null } = document
  const meta = await metaOf(db, document)
  return [id, user_id ?? '', title ?? name ?? id, name, meta, timestamp ?? 0n, timestamp ?? 0n, '[]']
}

async function documentsToKnowledge(db: StepDatabase): Promise<void> {
  await db.backfill({
    table: 'document',
    key: ['id'],
    columns: ['collection_name', 'name', 'title', 'content', 'user_id', 'timestamp'],
    step: async (documents) => {
      const ids = documents.map((document) => document.collection_name ?? null)
      const existing = await db.query(`SELECT "id" FROM "knowledge" WHERE "id" IN (${placeholders(ids)})`, ids)
      const existingIds = new Set(existing.map((row) => row.id))
      const rows: (readonly SqlValue[])[] = []
      for (const document of documents) {
        if (!existingIds.has(document.collection_name ?? null)) rows.push(await knowledgeOf(db, document))
      }
      if (rows.length === 0) return
      await db.execute(
        `INSERT INTO "knowledge" (${columns.map((name) => `"${name}"`).join(', ')}) VALUES ` +
          rows.map((row) => `(${placeholders(row)})`).join(', '),
        rows.flat(),
      )
    },
  })
}

export function upgrade(op: OperationRecorder) {
  op.createTable('knowledge', (t) => {
    t.column('id', text(), requiredKey)
    for (const name of ['user_id', 'name']) t.column(name, text(), required)
    t.column('description', text())
    t.column('data', json())
    t.column('meta', json())
    t.column('created_at', bigint(), required)
    t.column('updated_at', bigint())
    t.column('files', json())
    t.primaryKey(['id'])
  })
  op.run('documents become knowledge', {
    up: documentsToKnowledge,
    down: 'none',
    from: [
      {
        table: 'document',
        columns: ['name', 'title', 'content', 'user_id', 'timestamp'],
        by: { collection_name: 'knowledge.id' },
      },
    ],
    to: ['knowledge'],
  })
}

export function downgrade(op: OperationRecorder) {
  op.dropTable('knowledge')
}
