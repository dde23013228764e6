import type { Dialect } from '@org/migrate-core/dialect'
import { isSame } from '@org/migrate-core/internal'
import type { ColumnDifference, TableDifference } from '../differences/table-difference.ts'

/** Columns that are of another type, or computed otherwise, before the revision. */
export const retyped = (changed: readonly ColumnDifference[]): readonly string[] =>
  changed.flatMap(({ name, facts }) => (facts.has('type') || facts.has('generated') ? [name] : []))

/** The values of a named enum on both sides, where it is an object that stays. */
function enumValues({ capabilities }: Dialect, { actual, expected }: ColumnDifference) {
  const [before, after] = [actual.type, expected.type]
  if (before.kind !== 'enum' || after.kind !== 'enum' || !capabilities.enumTypes) return undefined
  if (before.name === undefined || before.name !== after.name || before.schema !== after.schema) return undefined
  return { before: before.values, after: after.values }
}

/** Where an enum is an object of its own its columns follow it: what became of its values is said once, of the enum. */
function ownChange(dialect: Dialect, difference: ColumnDifference): ColumnDifference | undefined {
  if (enumValues(dialect, difference) === undefined) return difference
  const otherFacts = new Set([...difference.facts].filter((fact) => fact !== 'type'))
  return otherFacts.size === 0 ? undefined : { ...difference, facts: otherFacts }
}

export const ownChanges = (dialect: Dialect, { changed }: TableDifference): readonly ColumnDifference[] =>
  changed.flatMap((difference) => ownChange(dialect, difference) ?? [])

/** Whether what is left of the values stands in another order, or some go: then the server needs a new type. */
export const needsNewEnum = (before: readonly string[], after: readonly string[]): boolean =>
  !isSame(
    before,
    after.filter((value) => before.includes(value)),
  )

/** Those whose enum becomes a new type. */
export const ofNewEnums = (dialect: Dialect, { changed }: TableDifference): readonly ColumnDifference[] =>
  changed.filter((difference) => {
    const values = enumValues(dialect, difference)
    return values !== undefined && needsNewEnum(values.before, values.after)
  })
