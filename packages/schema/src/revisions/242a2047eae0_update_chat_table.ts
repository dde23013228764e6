/**
 * chat.chat becomes JSON; chats can be pinned
 *
 * The texts move as they are. What is no JSON by RFC 8259 becomes the JSON value null, and the text is preserved; the
 * downgrade restores it byte for byte, unless the chat was changed since. The downgrade cannot tell a chat that was
 * JSON null before from one whose SQL NULL the program wrote since: the second becomes the text `null`, because the old
 * column has no NULL.
 */
import { boolean, type OperationRecorder, type StepDatabase, text, varchar } from '@org/migrate-core'
import { updateRow } from '../data/bulk.ts'
import { checkJsonTexts } from '../data/json-column.ts'
import { textToJson } from '../data/json-type.ts'
import { flag, optionalKey, required } from '../data/legacy-columns.ts'

export const revision = '242a2047eae0'
export const downRevision = '7e5b5dc7342b'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

async function invalidToNull(db: StepDatabase): Promise<void> {
  const columns = await db.columns('chat')
  // Already JSON: nothing in it is text that has to be judged.
  if (columns.find(({ name }) => name === 'chat')?.type.kind === 'json') return
  await checkJsonTexts(db, {
    table: 'chat',
    key: ['id'],
    column: 'chat',
    invalid: async (key, value) => {
      await db.preserve({ table: 'chat', key, column: 'chat', value, written: 'null' })
      await updateRow(db, 'UPDATE "chat" SET "chat" = ? WHERE "id" = ?', ['null', key.id ?? null], key.id ?? null)
      db.report('chats that are no JSON become null; the text is preserved', String(key.id))
    },
  })
}

export function upgrade(op: OperationRecorder) {
  op.alterTable('chat', (t) => {
    t.addColumn('title', text(), { ...required, ifNotExists: true })
    t.addColumn('archived', boolean(), { ...flag, ifNotExists: true })
    t.addColumn('share_id', varchar(255), { ...optionalKey, ifNotExists: true })
    t.createIndex('chat_share_id', ['share_id'], { unique: true, ifNotExists: true })
  })
  op.run('texts that are no JSON become null', {
    up: invalidToNull,
    down: 'restore',
    from: ['chat.chat'],
    to: ['chat.chat'],
  })
  op.alterTable('chat', (t) => {
    t.addColumn('pinned', boolean())
  })
  textToJson(op, 'chat', 'chat', { nullable: true })
}

async function restoreTexts(db: StepDatabase): Promise<void> {
  await db.restore({ table: 'chat', column: 'chat' })
  await db.backfill({
    table: 'chat',
    key: ['id'],
    columns: [],
    where: '"chat" IS NULL',
    step: async (rows) => {
      for (const row of rows) {
        await updateRow(db, 'UPDATE "chat" SET "chat" = ? WHERE "id" = ?', ['null', row.id ?? null], row.id ?? null)
        db.report('chats without a value become the text null', String(row.id))
      }
    },
  })
}

export function downgrade(op: OperationRecorder) {
  op.alterTable('chat', (t) => {
    t.dropColumn('pinned')
    t.alterColumn('chat', { type: text() })
  })
  op.run('restore the texts that were no JSON', { up: restoreTexts, down: 'none' })
  op.alterTable('chat', (t) => {
    t.alterColumn('chat', { nullable: false })
  })
}
