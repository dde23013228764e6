/**
 * files have rules of access, a size, a media type and a hash
 *
 * The downgrade takes the four away; they are preserved for the next upgrade, the rules of access above all: without them
 * every file is public.
 */
import { bigint, json, type OperationRecorder, type StepDatabase, text } from '@org/migrate-core'
import { updateRow } from '../data/bulk.ts'
import { isStorable, jsonMembers, jsonNatural, jsonString } from '../data/json-parts.ts'

export const revision = '7826ab40b532'
export const downRevision = 'c29facfe716b'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

interface Facts {
  readonly size: bigint | null
  readonly mimeType: string | null
}

function factsOf(meta: unknown): Facts {
  const members = typeof meta === 'string' ? jsonMembers(meta) : undefined
  const type = jsonString(members?.get('content_type'))
  return {
    size: jsonNatural(members?.get('size')) ?? null,
    mimeType: type !== undefined && isStorable(type) ? type : null,
  }
}

const setFacts = 'UPDATE "file" SET "size" = ?, "mime_type" = ? WHERE "id" = ?'

async function fillFacts(db: StepDatabase): Promise<void> {
  await db.backfill({
    table: 'file',
    key: ['id'],
    columns: ['meta'],
    where: '"meta" IS NOT NULL AND "size" IS NULL AND "mime_type" IS NULL',
    step: async (rows) => {
      for (const row of rows) {
        const { size, mimeType } = factsOf(row.meta)
        if (size === null && mimeType === null) continue
        await updateRow(db, setFacts, [size, mimeType, row.id ?? null], row.id ?? null)
      }
    },
  })
}

/** The text says what the server's JSON does not: a lone surrogate is no U+FFFD, -0 is no 0, and some texts are too deep for it. */
async function fillFactsFromTexts(db: StepDatabase): Promise<void> {
  await db.readPreserved({ table: 'file', column: 'meta', revision: downRevision }, async ({ key, value }) => {
    const { id } = key
    if (typeof id !== 'string') return
    const { size, mimeType } = factsOf(value)
    await updateRow(db, setFacts, [size, mimeType, id], id)
  })
}

export function upgrade(op: OperationRecorder) {
  op.alterTable('file', (t) => {
    t.addColumn('access_control', json())
    t.addColumn('size', bigint())
    t.addColumn('mime_type', text())
    t.addColumn('hash', text())
  })
  const facts = { from: ['file.meta'], to: ['file.size', 'file.mime_type'] } as const
  op.run('size and media type come from the metadata', { up: fillFacts, down: 'none', ...facts })
  op.run('or from its text, where the server holds less', { up: fillFactsFromTexts, down: 'none', ...facts })
}

export function downgrade(op: OperationRecorder) {
  op.alterTable('file', (t) => {
    for (const name of ['hash', 'mime_type', 'size', 'access_control']) t.dropColumn(name)
  })
}
