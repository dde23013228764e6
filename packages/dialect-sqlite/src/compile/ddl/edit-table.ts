import type { ConstraintModel, ConstraintSelector } from '@org/migrate-core/dialect'
import { MigrateError } from '@org/migrate-core/dialect'
import { canonicalExpression } from '../../ddl/canonical-expression.ts'
import { type ColumnUse, columnsIn } from '../../ddl/column-uses.ts'
import type { NameSpan, Span } from '../../ddl/cursor.ts'
import { parseIndex } from '../../ddl/parse-index.ts'
import { parseTable } from '../../ddl/parse-table.ts'
import { replaceName, splice } from '../../ddl/splice.ts'
import type { ParsedTable } from '../../ddl/table-tree.ts'
import { type PlacedConstraint, placedConstraints } from '../../introspect/constraints.ts'
import { quoteName } from '../../sql/quote.ts'
import { sameName, tokenize } from '../../sql/tokenize.ts'
import { constraintText, optionText } from '../../types/definition-text.ts'
import {
  deferralsOf,
  insertAfter,
  insertConstraint,
  removeItem,
  removeSpan,
  requireParsedColumn,
} from './edit-items.ts'
import { expressionsOf, referencesOf } from './retarget.ts'

export { insertColumn as addColumnText } from './edit-items.ts'

/** The text without a column. What else names the column is the caller's to have dropped before. */
export function dropColumnText(source: string, name: string): string {
  const table = parseTable(source)
  return removeItem(table, requireParsedColumn(table, name))
}

export function addConstraintText(source: string, constraint: ConstraintModel): string {
  return insertConstraint(source, constraintText(constraint).text)
}

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, at) => sameName(name, b[at] ?? ''))

/** Whether a selector means this constraint. Names fold their case, and expressions are compared by their tokens. */
export function selects(selector: ConstraintSelector, constraint: ConstraintModel): boolean {
  if ('name' in selector) {
    const named = constraint.name !== undefined && sameName(constraint.name, selector.name)
    return named && (selector.kind === undefined || selector.kind === constraint.kind)
  }
  if (selector.kind !== constraint.kind) return false
  if (selector.kind === 'check' && constraint.kind === 'check') {
    return canonicalExpression(selector.expression) === canonicalExpression(constraint.expression)
  }
  if (selector.kind === 'primaryKey') return true
  return 'columns' in selector && 'columns' in constraint && sameNames(selector.columns, constraint.columns)
}

/** How well a constraint that a selector fits is meant by it: spelled alike, and without a name to be called by. */
function closeness(selector: ConstraintSelector, constraint: ConstraintModel): number {
  if ('name' in selector) return constraint.name === selector.name ? 1 : 0
  const alike =
    selector.kind !== 'check' || (constraint.kind === 'check' && constraint.expression === selector.expression)
  return (alike ? 2 : 0) + (constraint.name === undefined ? 1 : 0)
}

/** The constraint that core takes out of the model for the same selector; of equals the first. */
function requireConstraint(table: ParsedTable, selector: ConstraintSelector): PlacedConstraint {
  const [closest] = placedConstraints(table)
    .filter(({ model }) => selects(selector, model))
    .sort((a, b) => closeness(selector, b.model) - closeness(selector, a.model))
  if (closest !== undefined) return closest
  const object = `constraint ${JSON.stringify(selector)} of ${table.name.name}`
  throw new MigrateError('OBJECT_MISSING', { object }, `there is no ${object}`)
}

/** The text without a constraint, whether it stands in a column or for itself. Throws OBJECT_MISSING. */
export function dropConstraintText(source: string, selector: ConstraintSelector): string {
  const table = parseTable(source)
  const { at } = requireConstraint(table, selector)
  if ('constraint' in at) return removeItem(table, at.constraint)
  const removed = [at.part, ...deferralsOf(at.column.parts, at.part)]
  return splice(
    source,
    removed.map((part) => removeSpan(source, part)),
  )
}

/** Throws OBJECT_MISSING. */
export function renameConstraintText(source: string, name: string, to: string): string {
  const table = parseTable(source)
  const { at } = requireConstraint(table, { name })
  const span = 'constraint' in at ? at.constraint.name : at.part.name
  return span === undefined ? source : splice(source, [replaceName(source, span, quoteName(to))])
}

const rename = (source: string, spans: readonly Span[], to: string): string =>
  splice(
    source,
    spans.map((span) => replaceName(source, span, quoteName(to))),
  )

const named = (spans: readonly NameSpan[], name: string): readonly NameSpan[] =>
  spans.filter((span) => sameName(span.name, name))

/** The text after a table got another name: its own if it is the table's, and every foreign key that points to it. */
export function renameTableText(source: string, from: string, to: string): string {
  const table = parseTable(source)
  const own = sameName(table.name.name, from)
  const qualifiers = own
    ? expressionsOf(table).flatMap((span) =>
        columnsIn(source, span).flatMap(({ qualifier }) => (qualifier === undefined ? [] : [qualifier])),
      )
    : []
  const references = referencesOf(table).map((reference) => reference.table)
  return rename(source, [...(own ? [table.name] : []), ...named([...qualifiers, ...references], from)], to)
}

/** The uses of a column of `table` in an expression; the qualifier, where there is one, has to be the table. */
function usesOf(source: string, span: Span, table: string, column: string): readonly ColumnUse[] {
  return columnsIn(source, span).filter(
    (use) => sameName(use.name, column) && (use.qualifier === undefined || sameName(use.qualifier.name, table)),
  )
}

/** The places outside its own definition where a table's text names one of its columns. */
export function columnUses(table: ParsedTable, column: string): readonly Span[] {
  const keys = table.constraints.flatMap((item) => {
    if (item.kind === 'primaryKey' || item.kind === 'unique') return item.columns.map(({ name }) => name)
    return item.kind === 'foreignKey' ? item.columns : []
  })
  const own = referencesOf(table).filter((reference) => sameName(reference.table.name, table.name.name))
  return [
    ...named([...keys, ...own.flatMap((reference) => reference.columns)], column),
    ...expressionsOf(table).flatMap((span) => usesOf(table.source, span, table.name.name, column)),
  ]
}

/** The table's own text after one of its columns got another name, everywhere it stands. */
export function renameColumnText(source: string, from: string, to: string): string {
  const table = parseTable(source)
  return rename(source, [requireParsedColumn(table, from).name, ...columnUses(table, from)], to)
}

/** The text of a table whose foreign keys point to a column that got another name. */
export function renameReferencedColumn(source: string, table: string, from: string, to: string): string {
  const references = referencesOf(parseTable(source)).filter((reference) => sameName(reference.table.name, table))
  return rename(
    source,
    named(
      references.flatMap((reference) => reference.columns),
      from,
    ),
    to,
  )
}

/** The places of an index text that name a column. */
export function indexUses(source: string, column: string): readonly Span[] {
  const index = parseIndex(source)
  const terms = index.elements.flatMap((element) =>
    element.column === undefined
      ? usesOf(source, element.term, index.table.name, column)
      : named([element.column], column),
  )
  return [...terms, ...(index.where === undefined ? [] : usesOf(source, index.where, index.table.name, column))]
}

/** The text of an index after a column of its table got another name. */
export function renameColumnInIndex(source: string, from: string, to: string): string {
  return rename(source, indexUses(source, from), to)
}

/** The text without one option and without a comma that then has nothing to part; comments stay. */
function removeOption(table: ParsedTable, option: Span): string {
  const { source, closeParen, options } = table
  const commas = tokenize(source.slice(closeParen + 1))
    .filter(({ text }) => text === ',')
    .map(({ start }) => start + closeParen + 1)
  const comma =
    option === options.at(-1) ? commas.findLast((at) => at < option.start) : commas.find((at) => at >= option.end)
  return splice(source, [
    removeSpan(source, option),
    ...(comma === undefined ? [] : [removeSpan(source, { start: comma, end: comma + 1 })]),
  ])
}

/** STRICT and WITHOUT ROWID; `null` and `false` take an option away. */
export function setOptionsText(
  source: string,
  options: { readonly [option: string]: string | boolean | null },
): string {
  const desired = Object.fromEntries(Object.entries(options).map(([option, value]) => [option, value ?? false]))
  optionText(desired)
  const table = parseTable(source)
  const dropped = table.options.findLast(({ option }) => desired[option] === false)
  if (dropped !== undefined) return setOptionsText(removeOption(table, dropped), options)
  const added = Object.entries(desired).filter(
    ([option, value]) => value === true && !table.options.some((item) => item.option === option),
  )
  if (added.length === 0) return source
  const optionTexts = optionText(Object.fromEntries(added)).map(({ text }) => text)
  const last = table.options.at(-1)
  if (last === undefined) return splice(source, [insertAfter(source, table.closeParen + 1, optionTexts.join(', '))])
  return splice(source, [{ start: last.end, end: last.end, text: optionTexts.map((text) => `, ${text}`).join('') }])
}
