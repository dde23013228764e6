import { type ColumnModel, columnAt, type DefaultValue, type TableRef } from '@org/migrate-core/dialect'
import type { Composition, FillAnswer } from './composition.ts'

/** A value that needs no row to be known: one that a default can be. Of a number only what JavaScript writes the same way. */
function constantOf(sql: string | undefined): DefaultValue | undefined {
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

/** The value that every row that is there gets in a new column; undefined: not the same in each, or none. */
export function constantIn(
  { to, fill }: Composition,
  table: TableRef,
  name: string,
): string | number | boolean | undefined {
  const column = columnAt(to, table, name)
  if (column === undefined || column.generated !== undefined || column.identity !== undefined) return undefined
  const value = column.default ?? (column.nullable ? undefined : constantFor(fill, { table, column: name }, column))
  return value?.kind === 'literal' ? (value.value ?? undefined) : undefined
}

/** Whether every row that is there gets the same value in a new column. */
export const isConstant = (composition: Composition, table: TableRef, name: string): boolean =>
  constantIn(composition, table, name) !== undefined
