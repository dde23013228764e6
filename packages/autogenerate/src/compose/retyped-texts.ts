import { type IndexModel, mayName } from '@org/migrate-core/dialect'
import { isSame } from '@org/migrate-core/internal'
import { partsOf, type TablePart } from '../differences/table-difference.ts'
import { ownChanges } from './columns.ts'
import type { Compare, Steps, TableChange } from './composition.ts'
import { dropConstraint } from './keys.ts'

/** What a part computes, in one text; its plain columns are no part of it. */
function computedText(part: TablePart): string {
  const textOf = ({ elements, where = '' }: Pick<IndexModel, 'elements' | 'where'>): string =>
    [...elements.map(({ expression }) => expression), where].join(' ')
  if (part.kind === 'index') return textOf(part.index)
  if (part.constraint.kind === 'check') return part.constraint.expression
  return part.constraint.kind === 'exclude' ? textOf(part.constraint) : ''
}

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
    if (!isConverted && !differing.some((one) => isSame(one, part))) continue
    if (part.kind === 'index') yield { kind: 'dropIndex', table: now.ref, index: part.index.name }
    else yield* dropConstraint(now.ref, part.constraint)
  }
}
