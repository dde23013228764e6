import type { ColumnModel, DefaultValue, TableRef } from '@org/migrate-core/dialect'
import type { FillAnswer } from './composition.ts'

/** A value that needs no row to be known: one that a default can be. Of a number only what JavaScript writes the same way. */
export function constantOf(sql: string | undefined): DefaultValue | undefined {
  const text = sql?.trim() ?? ''
  if (/^'(?:[^']|'')*'$/.test(text)) return { kind: 'literal', value: text.slice(1, -1).replaceAll("''", "'") }
  if (/^(?:true|false)$/i.test(text)) return { kind: 'literal', value: text.toLowerCase() === 'true' }
  return text !== '' && String(Number(text)) === text ? { kind: 'literal', value: Number(text) } : undefined
}

/** The value of a new column that is NOT NULL, where it was given and is a constant. Bytes have no literal that every server takes. */
export function constantFor(
  fill: FillAnswer | undefined,
  { table, column }: { readonly table: TableRef; readonly column: string },
  { type }: ColumnModel,
): DefaultValue | undefined {
  return type.kind === 'bytes' ? undefined : constantOf(fill?.({ table, column, where: { kind: 'null' } }))
}
