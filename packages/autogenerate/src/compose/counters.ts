import { type ColumnModel, findColumn, findTable, type TableModel } from '@org/migrate-core/dialect'
import { partsOf, type TablePart } from '../differences/table-difference.ts'
import type { Composition, Steps, TableChange } from './composition.ts'

/**
 * A column that counts by itself and cannot be without a key: AUTO_INCREMENT of MySQL has to be the first column of one, AUTOINCREMENT
 * of SQLite is a part of the primary key.
 */
const isCounter = ({ dialect }: Composition, { identity }: ColumnModel): boolean =>
  identity?.mode === 'autoIncrement' && dialect.capabilities.counterKey !== undefined

function firstColumn(part: TablePart): string | undefined {
  if (part.kind === 'index') return part.index.elements[0]?.column
  const { constraint } = part
  return constraint.kind === 'primaryKey' || constraint.kind === 'unique' ? constraint.columns[0] : undefined
}

const isServed = (table: TableModel, column: string): boolean =>
  partsOf(table).some((part) => firstColumn(part) === column)

/** A column as it can be added, or changed, before its key is there. */
export function withoutCounter({ composition, now }: TableChange, column: ColumnModel): ColumnModel {
  if (composition.dialect.capabilities.counterKey !== 'any' || !isCounter(composition, column)) return column
  if (isServed(now, column.name)) return column
  const { identity: _, ...rest } = column
  return rest
}

const keyOf = (part: TablePart): string =>
  part.kind === 'index'
    ? `index ${part.index.name}`
    : `${part.constraint.kind} ${part.constraint.kind === 'primaryKey' ? '' : part.constraint.name}`

/** On SQLite a column counts by its primary key alone. */
const canCountBy = ({ dialect }: Composition, part: TablePart): boolean =>
  dialect.capabilities.counterKey === 'any' || (part.kind === 'constraint' && part.constraint.kind === 'primaryKey')

/** Columns stop counting before the last key goes that they can count by. */
export function* stopCounters({ composition, now, difference: { ref, partsRemoved } }: TableChange): Steps {
  const removedColumns = new Set(partsRemoved.map(firstColumn))
  const keys = new Set(partsRemoved.map(keyOf))
  const stays = (part: TablePart): boolean => canCountBy(composition, part) && !keys.has(keyOf(part))
  const stay = new Set(partsOf(now).filter(stays).map(firstColumn))
  for (const column of now.columns) {
    if (!removedColumns.has(column.name) || stay.has(column.name) || !isCounter(composition, column)) continue
    yield { kind: 'alterColumn', table: ref, column: column.name, change: { identity: null } }
  }
}

/** Columns count, or count again, once their key is there. */
export function* startCounters({ composition, now, difference: { ref } }: TableChange): Steps {
  for (const { name, identity, ...rest } of findTable(composition.to, ref)?.columns ?? []) {
    const column = findColumn(now, name)
    if (identity === undefined || column === undefined || column.identity !== undefined) continue
    if (!isCounter(composition, { ...rest, name, identity }) || !isServed(now, name)) continue
    yield { kind: 'alterColumn', table: ref, column: name, change: { identity } }
  }
}
