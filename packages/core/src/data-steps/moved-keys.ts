import type { ColumnType } from '../model/column-type.ts'
import { findColumn } from '../model/edit.ts'
import type { TableModel } from '../model/schema-model.ts'
import type { SqlValue } from '../model/sql-value.ts'
import type { UpdatedRow } from '../operations/step-database.ts'
import { textKinds } from './same-keys.ts'

/** A value as collations compare it, or looser: without case, accents and the blanks at its end; 1, '1' and '1.0' of a column of numbers are one. */
function keyText(value: SqlValue, kind: ColumnType['kind'] | ''): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (typeof value === 'boolean') return value ? '1' : '0'
  const text = String(value).normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().trimEnd()
  if (textKinds.has(kind)) return text
  if (kind === 'uuid') return text.replaceAll(/[{}-]/g, '')
  const [, sign, whole, part = ''] = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text) ?? []
  if (whole === undefined) return text
  const digits = `${whole === '' ? '0' : whole}${part === '' ? '' : `.${part}`}`
  return sign === '-' && digits !== '0' ? `-${digits}` : digits
}

/**
 * Whether a row gets a key by which a later statement finds it for another row. What such a row holds at the end would depend on how many
 * rows a statement takes.
 *
 * @param statements the rows of each statement, in their order
 */
export function hasMovedKey(table: TableModel, statements: readonly (readonly UpdatedRow[])[]): boolean {
  const [first] = statements[0] ?? []
  const key = Object.keys(first?.key ?? {})
  if (statements.length < 2 || !key.some((name) => Object.hasOwn(first?.set ?? {}, name))) return false
  const textOf = (values: UpdatedRow['key']): string =>
    JSON.stringify(key.map((name) => keyText(values[name] ?? null, findColumn(table, name)?.type.kind ?? '')))
  const moved = new Set<string>()
  for (const rows of statements) {
    if (rows.some((row) => moved.has(textOf(row.key)))) return true
    for (const row of rows) {
      const [before, after] = [textOf(row.key), textOf({ ...row.key, ...row.set })]
      if (before !== after) moved.add(after)
    }
  }
  return false
}
