import { findColumn, findTable } from '../../model/edit.ts'
import type { ColumnModel, TableModel, TableRef } from '../../model/schema-model.ts'
import { type Part, partsOf, type TableDifference } from '../table-difference.ts'
import { emit, tableNow, type Work } from './work.ts'

/**
 * A column that counts by itself and cannot be without a key: AUTO_INCREMENT of MySQL has to be the first column of one, AUTOINCREMENT
 * of SQLite is a part of the primary key.
 */
const isCounter = ({ dialect }: Work, { identity }: ColumnModel): boolean =>
  identity?.mode === 'autoIncrement' && dialect.capabilities.alterColumn !== 'native'

function firstColumn(part: Part): string | undefined {
  if (part.is === 'index') return part.index.elements[0]?.column
  const { constraint } = part
  return constraint.kind === 'primaryKey' || constraint.kind === 'unique' ? constraint.columns[0] : undefined
}

const isServed = (table: TableModel, column: string): boolean =>
  partsOf(table).some((part) => firstColumn(part) === column)

/** A column as it can be added, or changed, before its key is there. */
export function withoutCounter(work: Work, ref: TableRef, column: ColumnModel): ColumnModel {
  if (work.dialect.capabilities.alterColumn !== 'redefine' || !isCounter(work, column)) return column
  if (isServed(tableNow(work, ref), column.name)) return column
  const { identity: _, ...rest } = column
  return rest
}

const keyOf = (part: Part): string =>
  part.is === 'index'
    ? `index ${part.index.name}`
    : `${part.constraint.kind} ${part.constraint.kind === 'primaryKey' ? '' : part.constraint.name}`

/** On SQLite a column counts by its primary key alone. */
const canCountBy = ({ dialect }: Work, part: Part): boolean =>
  dialect.capabilities.alterColumn === 'redefine' || (part.is === 'constraint' && part.constraint.kind === 'primaryKey')

/** Columns stop counting before the last key goes that they can count by. */
export function stopCounters(work: Work, { ref, partsGone }: TableDifference): void {
  const gone = new Set(partsGone.map(firstColumn))
  const keys = new Set(partsGone.map(keyOf))
  const now = tableNow(work, ref)
  const stays = (part: Part): boolean => canCountBy(work, part) && !keys.has(keyOf(part))
  const stay = new Set(partsOf(now).filter(stays).map(firstColumn))
  for (const column of now.columns) {
    if (!gone.has(column.name) || stay.has(column.name) || !isCounter(work, column)) continue
    emit(work, { kind: 'alterColumn', table: ref, column: column.name, change: { identity: null } })
  }
}

/** Columns count, or count again, once their key is there. */
export function startCounters(work: Work, { ref }: TableDifference): void {
  const now = tableNow(work, ref)
  for (const { name, identity, ...rest } of findTable(work.to, ref)?.columns ?? []) {
    const column = findColumn(now, name)
    if (identity === undefined || column === undefined || column.identity !== undefined) continue
    if (!isCounter(work, { ...rest, name, identity }) || !isServed(now, name)) continue
    emit(work, { kind: 'alterColumn', table: ref, column: name, change: { identity } })
  }
}
