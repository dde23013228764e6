import type { ConstraintModel, Statement, TableModel } from '@org/migrate-core/dialect'
import { settingsWord } from '../../introspect/whole/undeclared-facts.ts'
import { mentions } from '../../sql/names-in.ts'
import { extraStatements } from './extras.ts'

const reads = (column: string, expressions: readonly (string | undefined)[]): boolean =>
  expressions.some((text) => text !== undefined && mentions(text, column))

export function isOn(constraint: ConstraintModel, column: string): boolean {
  if (constraint.kind === 'check') return reads(column, [constraint.expression])
  if (constraint.kind !== 'foreignKey' && constraint.include?.includes(column)) return true
  if (constraint.kind !== 'exclude') return constraint.columns.includes(column)
  return reads(column, [constraint.where, ...constraint.elements.map(({ expression }) => expression)])
}

export function indexesOn({ indexes }: TableModel, column: string) {
  return indexes.filter(
    ({ elements, where, include = [] }) =>
      include.includes(column) ||
      elements.some((element) => element.column === column || reads(column, [element.expression])) ||
      reads(column, [where]),
  )
}

const isSettings = ({ what }: { readonly what: string }): boolean => what.startsWith(settingsWord)

export function settingsOfStatistics({ ref, extras }: TableModel): readonly Statement[] {
  return extraStatements(extras?.filter(isSettings), { table: ref })
}

/**
 * The server builds indexes and extended statistics again where the type or the expression of a column changes, and forgets how their
 * own columns are counted (`ALTER INDEX … ALTER COLUMN … SET STATISTICS`). To set it again changes nothing where it did not.
 */
export function restoreSettings(table: TableModel, columns: readonly string[]): readonly Statement[] {
  const parts = columns.flatMap((column) => [
    ...indexesOn(table, column),
    ...table.constraints.filter((constraint) => isOn(constraint, column)),
  ])
  return [
    ...[...new Set(parts)].flatMap(({ extras, name }) =>
      extraStatements(extras?.filter(isSettings), { table: table.ref, name }),
    ),
    ...settingsOfStatistics(table),
  ]
}
