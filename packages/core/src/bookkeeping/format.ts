import { MigrateError } from '../errors/migrate-error.ts'
import { newerFormat } from '../errors/newer-format.ts'
import type { Row } from '../model/sql-value.ts'
import type { Operation } from '../operations/operation.ts'
import type { RecordedOperation } from '../operations/recording.ts'

/**
 * The format in which this program writes history rows, journal entries and preserved values; each row has its number. A format is new
 * where a program that knows only the previous one would misread a row.
 *
 * - 1: the tables have no column for the number.
 * - 2: operations and states of the journal have other names.
 * - 3: a push, which is no step of a revision, and revisions that were loaded. All other rows are written in format 2.
 */
export const currentFormat = 2
export const pushFormat = 3

/** The newest format that this program reads. */
export const newestFormat = pushFormat

/** What operations call it now, by kind and name in format 1. */
const renamedKeys: { readonly [kind: string]: { readonly [before: string]: string } } = {
  run: { half: 'direction' },
  sql: { outside: 'nonTransactional' },
}

/** What the journal calls it now, by name in format 1. */
const renamedStates: ReadonlyMap<string, string> = new Map([
  ['begun', 'started'],
  ['done', 'finished'],
])

type Json = { readonly [key: string]: unknown }

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** An operation with renamed keys, those that it stands for (`effects`) included; in the order that it has them. */
function withKeys(operation: unknown, keysOf: (kind: string) => ReadonlyMap<string, string>): unknown {
  if (!isJson(operation)) return operation
  const keys = keysOf(String(operation.kind))
  return Object.fromEntries(
    Object.entries(operation).map(([key, value]) => [
      keys.get(key) ?? key,
      key === 'effects' && Array.isArray(value) ? value.map((each) => withKeys(each, keysOf)) : value,
    ]),
  )
}

const entriesOf = (kind: string): readonly (readonly [string, string])[] =>
  Object.hasOwn(renamedKeys, kind) ? Object.entries(renamedKeys[kind] ?? {}) : []
const fromFirst = (kind: string): ReadonlyMap<string, string> => new Map(entriesOf(kind))
const toFirst = (kind: string): ReadonlyMap<string, string> =>
  new Map(entriesOf(kind).map(([before, after]) => [after, before]))

/** The format of a row of ours: format 1 has no column for it. Throws BOOKKEEPING_NEWER, BOOKKEEPING_INVALID. */
export function formatOf(row: Row, table: string): number {
  const { format } = row
  if (format === undefined) return 1
  const number = typeof format === 'bigint' || typeof format === 'number' ? Number(format) : Number.NaN
  if (!Number.isInteger(number) || number < 1) {
    const why = 'format is no number of a format'
    throw new MigrateError('BOOKKEEPING_INVALID', { table, why }, `Table ${table} is damaged: ${why}.`)
  }
  if (number > newestFormat) throw newerFormat(table, number, newestFormat)
  return number
}

/** A value of `operations` or `inverses` as a row of that format has it, as this program would write it. */
export function operationsFrom(format: number, value: unknown): unknown {
  if (format >= 2) return value
  return Array.isArray(value) ? value.map((each) => operationsFrom(format, each)) : withKeys(value, fromFirst)
}

export function stateFrom(format: number, state: string): string {
  // In format 1 a word of today's is as unknown as any other.
  return format >= 2 ? state : (renamedStates.get(state) ?? `${state} of format ${format}`)
}

/** The operations as each format that is read would write them, the current one first: hashes of them are compared. */
export function inEachFormat(operations: readonly RecordedOperation[]): readonly (readonly RecordedOperation[])[] {
  const first = operations.map((each) => ({ ...each, operation: withKeys(each.operation, toFirst) as Operation }))
  return [operations, first]
}
