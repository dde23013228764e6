import { mayName } from '@org/migrate-core/dialect'
import { isSame } from '@org/migrate-core/internal'
import { partsOf } from '../differences/table-difference.ts'
import { ownChanges } from './changed-columns.ts'
import type { Compare, Steps, TableChange } from './composition.ts'
import { computedText, dropPart } from './table-part.ts'

/**
 * Drops what computes something of a column before its type changes, where its text would mean nothing, or something else, over the new
 * one; it comes back with what is left to change. PostgreSQL keeps `m = 'a'` as `m = 'a'::mood`, and parses that for the new type.
 * https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DATA-TYPE
 */
export function* dropRetypedTexts(change: TableChange, compare: Compare): Steps {
  const { composition, difference, now } = change
  const { dialect } = composition
  const retyped = ownChanges(dialect, difference).filter(({ facts }) => facts.has('type'))
  const types = new Map(retyped.map(({ name, expected }) => [name, expected.type]))
  const computing = partsOf(now).filter((part) => [...types.keys()].some(mayName(computedText(part))))
  if (computing.length === 0) return
  const columns = now.columns.map((column) => ({ ...column, type: types.get(column.name) ?? column.type }))
  const differing = compare({ ...now, columns })?.partsRemoved ?? []
  const converted = retyped.filter(
    ({ name, actual, expected }) => dialect.types.conversion?.(name, actual.type, expected.type) !== undefined,
  )
  for (const part of computing) {
    const isConverted = converted.map(({ name }) => name).some(mayName(computedText(part)))
    if (isConverted || differing.some((one) => isSame(one, part))) yield* dropPart(now.ref, part)
  }
}
