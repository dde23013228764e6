import { textCell } from '../../bookkeeping/store.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import type { Row } from '../../model/sql-value.ts'
import { decode, decodeCells, type ExactValue } from './encode.ts'

export interface PreservedValue {
  readonly id: bigint
  /** Its key (`tableKey`): tables of two schemas may have one name. */
  readonly table: string
  readonly key: ReadonlyMap<string, ExactValue>
  /** Empty: the whole row, in `row`. */
  readonly column: string
  readonly value: ExactValue
  readonly row: ReadonlyMap<string, ExactValue>
  readonly writtenHash: string
  /** What decides whether an upgrade restores it, by the state directly after the downgrade; undefined: not known yet. */
  readonly base: string | undefined
  readonly tier: string
  /** By the clock of the run. */
  readonly preservedAt: string
}

/** The columns that make a `PreservedValue`. */
export const valueColumns = [
  'id',
  'tier',
  'table_name',
  'key',
  'column',
  'encoding',
  'value',
  'written_hash',
  'base',
  'preserved_at',
]

/** One row of the table of preserved values. Throws BOOKKEEPING_INVALID. */
export function preservedOf(table: string, row: Row): PreservedValue {
  const column = textCell(row, 'column', table)
  const raw = row.value
  const text = typeof raw === 'string' ? raw : null
  const id = row.id
  if (typeof id !== 'bigint') {
    throw new MigrateError('BOOKKEEPING_INVALID', { table, why: 'an id is not a number' }, `Table ${table} is damaged.`)
  }
  return {
    id,
    table: textCell(row, 'table_name', table),
    key: decodeCells(table, textCell(row, 'key', table)),
    column,
    value: column === '' ? null : decode(table, textCell(row, 'encoding', table), text),
    row: column === '' ? decodeCells(table, text ?? '[]') : new Map(),
    writtenHash: textCell(row, 'written_hash', table),
    base: typeof row.base === 'string' ? row.base : undefined,
    tier: textCell(row, 'tier', table),
    preservedAt: textCell(row, 'preserved_at', table),
  }
}
