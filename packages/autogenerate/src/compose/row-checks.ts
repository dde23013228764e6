import {
  type ConstraintModel,
  enclosed,
  type IndexElement,
  type IndexModel,
  join,
  mayName,
  present,
  refText,
  type SqlFragment,
  sql,
  type TableRef,
  tableKey,
  verbatim,
} from '@org/migrate-core/dialect'
import type { Composition, Steps } from './composition.ts'
import { isConstant } from './constants.ts'
import {
  anded,
  changedIn,
  check,
  comparedOtherwise,
  type OriginalTable,
  oldNames,
  originalTable,
  ownRows,
} from './originals.ts'
import { checkForeignKey } from './reference-checks.ts'

/**
 * An expression is not read here: what it names may be called otherwise, not be there, be no number, or be compared by another collation
 * before the revision.
 */
function isCheckableBefore(composition: Composition, ref: TableRef, expressions: readonly string[]): boolean {
  const label = refText(ref)
  const before = [...composition.before.tables.keys(), ...composition.before.columns.keys()]
  const renamed = before.some((each) => each === label || each.startsWith(`${label}.`))
  const names = expressions.map(mayName)
  return (
    !renamed &&
    (composition.differences.get(tableKey(ref))?.added.length ?? 0) === 0 &&
    !comparedOtherwise(composition, ref).some((column) => names.some((mentions) => mentions(column)))
  )
}

interface Uniqueness {
  readonly elements: readonly IndexElement[]
  readonly where?: string
  readonly nullsNotDistinct?: true
}

const elementsOf = (columns: readonly string[]): readonly IndexElement[] => columns.map((column) => ({ column }))

const namesOf = (elements: readonly IndexElement[]): readonly string[] =>
  elements.map(({ column, expression }) => column ?? `(${expression})`)

/** What an index tells rows apart by: the beginning of a value, or a value by another collation than that of its column. */
function keyValue(
  { dialect }: Composition,
  { column, expression = '', collation, prefixLength }: IndexElement,
): SqlFragment {
  const { quote } = dialect.sql
  const whole = column === undefined ? enclosed(expression) : quote.identifier(column)
  const value = prefixLength === undefined ? whole : sql`LEFT(${whole}, ${verbatim(String(prefixLength))})`
  if (collation === undefined) return value
  // One that stands in another schema is quoted already.
  return sql`${value} COLLATE ${collation.includes('"."') ? verbatim(collation) : quote.identifier(collation)}`
}

function repeated(
  composition: Composition,
  ref: TableRef,
  { elements, where, nullsNotDistinct }: Uniqueness,
): SqlFragment {
  const { quote } = composition.dialect.sql
  const values = elements.map((element) => keyValue(composition, element))
  const conditions = [
    ...(nullsNotDistinct ? [] : values.map((value) => sql`${value} IS NOT NULL`)),
    ...(where === undefined ? [] : [enclosed(where)]),
  ]
  const only = conditions.length === 0 ? sql`` : sql` WHERE ${anded(conditions)}`
  // Nothing tells the rows apart.
  if (values.length === 0) {
    const rows = quote.identifier('rows')
    return sql`SELECT ${rows} FROM (SELECT count(*) AS ${rows} FROM ${ownRows(composition, ref)}${only}) AS counted WHERE ${rows} > 1`
  }
  const list = join(values)
  return sql`SELECT ${list}, count(*) AS ${quote.identifier('rows')} FROM ${ownRows(composition, ref)}${only} GROUP BY ${list} HAVING count(*) > 1`
}

/** Whether rows are kept apart already by columns that are all among these. */
function isAlreadyUnique({ table, columnOf }: OriginalTable, { elements, nullsNotDistinct }: Uniqueness): boolean {
  const columnNames = new Set(elements.flatMap(({ column }) => (column === undefined ? [] : (columnOf(column) ?? []))))
  const impliesUniqueness = (columns: readonly string[], distinct: true | undefined): boolean =>
    columns.every((column) => columnNames.has(column)) && (nullsNotDistinct === undefined || distinct === true)
  const plain = (element: IndexElement): boolean => Object.keys(element).every((fact) => fact === 'column')
  return (
    elements.every(plain) &&
    (table.constraints.some(
      (one) =>
        (one.kind === 'primaryKey' && impliesUniqueness(one.columns, true)) ||
        (one.kind === 'unique' && impliesUniqueness(one.columns, one.nullsNotDistinct)),
    ) ||
      table.indexes.some(
        (one) =>
          one.unique &&
          one.where === undefined &&
          one.elements.every(plain) &&
          impliesUniqueness(
            one.elements.flatMap(({ column }) => column ?? []),
            one.nullsNotDistinct,
          ),
      ))
  )
}

/** Whether rows that have no value in the column get one, which may be the same for all. */
function getsValues(composition: Composition, ref: TableRef, column: string): boolean {
  return changedIn(composition, ref).some(
    ({ name, actual, expected }) => name === column && actual.nullable && !expected.nullable,
  )
}

/** The columns that expressions name and whose rows without a value get one. */
function filledIn(composition: Composition, ref: TableRef, expressions: readonly string[]): readonly string[] {
  const names = expressions.map(mayName)
  return changedIn(composition, ref).flatMap(({ name }) =>
    getsValues(composition, ref, name) && names.some((mentions) => mentions(name)) ? [name] : [],
  )
}

/** Rows that a new key would not let in: the server would say which one it met first, after it has changed other things. */
function* checkUnique(composition: Composition, ref: TableRef, unique: Uniqueness, what: string): Steps {
  const original = originalTable(composition, ref)
  if (original === undefined) return
  const isGuaranteed = isAlreadyUnique(original, unique)
  const label = `rows of ${refText(ref)} with the same ${namesOf(unique.elements).join(', ')}, which ${what} keeps apart`
  const isRead = unique.where === undefined && unique.elements.every(({ column }) => column !== undefined)
  if (!isRead) {
    if (isGuaranteed) return
    const expressions = [
      ...unique.elements.map(({ column, expression }) => expression ?? column ?? ''),
      unique.where ?? '',
    ]
    const isFirst = isCheckableBefore(composition, ref, expressions)
    const query = repeated(composition, ref, unique)
    yield* check(isFirst, label, query)
    if (isFirst && filledIn(composition, ref, expressions).length > 0)
      yield* check(false, `${label} once all have one`, query)
    return
  }
  const old = oldNames(original, namesOf(unique.elements))
  const elements = unique.elements.flatMap((element) => {
    const column = original.columnOf(element.column ?? '')
    return column === undefined ? [] : [{ ...element, column }]
  })
  const names = namesOf(unique.elements)
  // Values that were apart may be alike once they are of another type or collation; of some types (json) no two can be compared.
  const isRetyped = comparedOtherwise(composition, ref).some((column) => names.includes(column))
  const varying = names.filter((name) => original.columnOf(name) !== undefined || !isConstant(composition, ref, name))
  const oldVarying = oldNames(original, varying)
  if (old === undefined && oldVarying !== undefined && !isRetyped) {
    if (!isGuaranteed) yield* check(true, label, repeated(composition, original.ref, { ...unique, elements }))
    return
  }
  if (old !== undefined && !isRetyped && !isGuaranteed)
    yield* check(true, label, repeated(composition, original.ref, { ...unique, elements }))
  if (old === undefined || (isRetyped && !isGuaranteed)) yield* check(false, label, repeated(composition, ref, unique))
  else if (names.some((column) => getsValues(composition, ref, column)))
    yield* check(false, `${label} once all have one`, repeated(composition, ref, unique))
}

export function* checkIndex(composition: Composition, ref: TableRef, index: IndexModel): Steps {
  if (!index.unique) return
  const { elements, where, nullsNotDistinct } = index
  const unique = { elements, ...present({ where }), ...(nullsNotDistinct ? { nullsNotDistinct } : {}) }
  yield* checkUnique(composition, ref, unique, `the unique index ${index.name}`)
}

function* checkCheck(composition: Composition, ref: TableRef, one: Extract<ConstraintModel, { kind: 'check' }>): Steps {
  if (one.notValid) return
  const { quote } = composition.dialect.sql
  const refused = sql`SELECT * FROM ${quote.table(ref)} WHERE NOT ${enclosed(one.expression)}`
  const name = one.name === undefined ? '' : ` ${one.name}`
  const label = `rows of ${refText(ref)} that the check${name} (${one.expression}) refuses`
  if (!isCheckableBefore(composition, ref, [one.expression])) {
    yield* check(false, label, refused)
    return
  }
  // What rows without a value are given is seen once they have it.
  const filled = filledIn(composition, ref, [one.expression])
  const isSet = filled.map((column) => sql`${quote.identifier(column)} IS NOT NULL`)
  yield* check(true, label, isSet.length === 0 ? refused : sql`${refused} AND ${anded(isSet)}`)
  if (filled.length > 0) yield* check(false, `${label} once all have a value`, refused)
}

const constraintChecks: {
  readonly [K in ConstraintModel['kind']]: (
    composition: Composition,
    ref: TableRef,
    one: Extract<ConstraintModel, { kind: K }>,
  ) => Steps
} = {
  primaryKey: (composition, ref, { columns }) =>
    checkUnique(composition, ref, { elements: elementsOf(columns) }, 'the primary key'),
  unique: (composition, ref, { columns, name, nullsNotDistinct }) =>
    checkUnique(
      composition,
      ref,
      { elements: elementsOf(columns), ...(nullsNotDistinct ? { nullsNotDistinct } : {}) },
      `the unique constraint${name === undefined ? '' : ` ${name}`}`,
    ),
  check: checkCheck,
  foreignKey: checkForeignKey,
  // Which pairs of rows exclude each other, only the index knows.
  exclude: function* () {},
}

/** Looks at the rows that are there before a constraint is added. */
export function checkConstraint(composition: Composition, ref: TableRef, constraint: ConstraintModel): Steps {
  const runCheck = constraintChecks[constraint.kind] as (
    composition: Composition,
    ref: TableRef,
    one: ConstraintModel,
  ) => Steps
  return runCheck(composition, ref, constraint)
}
