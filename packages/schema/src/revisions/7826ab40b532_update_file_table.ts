/**
 * files have rules of access, a size, a media type and a hash
 *
 * The downgrade takes the four away; they are preserved for the next upgrade, the rules of access above all: without them
 * every file is public.
 */
import { bigint, json, type OperationRecorder, type SqlValue, type StepDatabase, text } from '@org/migrate-core'
import { isStorable, jsonMembers, jsonNatural, jsonString } from '../data/json-parts.ts'

export const revision = '7826ab40b532'
export const downRevision = 'c29facfe716b'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

interface Facts {
  readonly size: bigint | null
  readonly mimeType: string | null
}

/** On MySQL a replacement character is what became of a lone surrogate there (see `json-server.ts`): no media type has one. */
function isMediaType(db: StepDatabase, text: string): boolean {
  return isStorable(text) && !(db.dialect === 'mysql' && text.includes('\uFFFD'))
}

function factsOf(db: StepDatabase, meta: SqlValue | undefined): Facts {
  const members = typeof meta === 'string' ? jsonMembers(meta) : undefined
  const type = jsonString(members?.get('content_type'))
  return {
    size: jsonNatural(members?.get('size')) ?? null,
    mimeType: type !== undefined && isMediaType(db, type) ? type : null,
  }
}

async function fillFacts(db: StepDatabase): Promise<void> {
  await db.backfill({
    table: 'file',
    key: ['id'],
    columns: ['meta'],
    where: '"meta" IS NOT NULL AND "size" IS NULL AND "mime_type" IS NULL',
    step: async (rows) => {
      for (const row of rows) {
        const { size, mimeType } = factsOf(db, row.meta)
        if (size === null && mimeType === null) continue
        await db.execute('UPDATE "file" SET "size" = ?, "mime_type" = ? WHERE "id" = ?', [
          size,
          mimeType,
          row.id ?? null,
        ])
      }
    },
  })
}

export function upgrade(op: OperationRecorder) {
  op.alterTable('file', (t) => {
    t.addColumn('access_control', json())
    t.addColumn('size', bigint())
    t.addColumn('mime_type', text())
    t.addColumn('hash', text())
  })
  op.run('size and media type come from the metadata', { up: fillFacts, down: 'none' })
}

export function downgrade(op: OperationRecorder) {
  op.alterTable('file', (t) => {
    for (const name of ['hash', 'mime_type', 'size', 'access_control']) t.dropColumn(name)
  })
}
