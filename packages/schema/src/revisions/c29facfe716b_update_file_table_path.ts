/**
 * file.meta becomes JSON, and the path in it a URI of its own
 *
 * The texts move as they are, `path` stays in them. What is no JSON becomes NULL, and the text is preserved; the downgrade
 * restores it byte for byte, unless meta was changed since. A NULL that the program wrote since becomes the text
 * `null`.
 */
import { type OperationRecorder, type StepDatabase, text } from '@org/migrate-core'
import { updateEach, updateRow } from '../data/bulk.ts'
import { fileUri } from '../data/file-uri.ts'
import { checkJsonTexts } from '../data/json-column.ts'
import { jsonMembers, jsonString } from '../data/json-parts.ts'
import { textToJson } from '../data/json-type.ts'

export const revision = 'c29facfe716b'
export const downRevision = '6a39f3d8e55c'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

async function invalidToNull(db: StepDatabase): Promise<void> {
  await checkJsonTexts(db, {
    table: 'file',
    key: ['id'],
    column: 'meta',
    invalid: async (key, value) => {
      await db.preserve({ table: 'file', key, column: 'meta', value, written: null })
      await updateRow(db, 'UPDATE "file" SET "meta" = NULL WHERE "id" = ?', [key.id ?? null], key.id ?? null)
      db.report('file metadata that is no JSON becomes NULL; the text is preserved', String(key.id))
    },
  })
}

async function fillPaths(db: StepDatabase): Promise<void> {
  await db.backfill({
    table: 'file',
    key: ['id'],
    columns: ['meta'],
    where: '"meta" IS NOT NULL AND "path" IS NULL',
    step: async (rows) => {
      const paths = rows.flatMap((row) => {
        const members = typeof row.meta === 'string' ? jsonMembers(row.meta) : undefined
        const path = jsonString(members?.get('path'))
        const uri = path === undefined ? null : fileUri(path)
        if (path !== undefined && uri === null) {
          db.report('paths that no text column can hold are left out; metadata keeps them', String(row.id))
        }
        return uri === null ? [] : [{ key: { id: row.id ?? null }, set: { path: uri } }]
      })
      await updateEach(db, { table: 'file', rows: paths })
    },
  })
}

export function upgrade(op: OperationRecorder) {
  op.alterTable('file', (t) => {
    t.addColumn('path', text())
    t.alterColumn('meta', { nullable: true })
  })
  // First: what stands in the texts may be more than the server's JSON holds.
  op.run('paths become URIs', { up: fillPaths, down: 'none', from: ['file.meta'], to: ['file.path'] })
  op.run('metadata that is no JSON becomes NULL', {
    up: invalidToNull,
    down: 'restore',
    from: ['file.meta'],
    to: ['file.meta'],
  })
  textToJson(op, 'file', 'meta')
}

async function restoreTexts(db: StepDatabase): Promise<void> {
  await db.restore({ table: 'file', column: 'meta' })
  await db.backfill({
    table: 'file',
    key: ['id'],
    columns: [],
    where: '"meta" IS NULL',
    step: async (rows) => {
      for (const row of rows) {
        await updateRow(db, 'UPDATE "file" SET "meta" = ? WHERE "id" = ?', ['null', row.id ?? null], row.id ?? null)
        db.report('files without metadata get the text null', String(row.id))
      }
    },
  })
}

export function downgrade(op: OperationRecorder) {
  op.alterTable('file', (t) => {
    t.alterColumn('meta', { type: text() })
  })
  op.run('restore the metadata that was no JSON', { up: restoreTexts, down: 'none' })
  op.alterTable('file', (t) => {
    t.dropColumn('path')
    t.alterColumn('meta', { nullable: false })
  })
}
