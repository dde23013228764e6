import { join, type SqlFragment, sql, verbatim } from '../../compile/sql-tag.ts'
import { canonicalJson } from '../../model/canonical.ts'
import type { ColumnType } from '../../model/column-type.ts'
import { findTable } from '../../model/edit.ts'
import type { ConstraintModel, IndexElement, IndexModel, TableModel, TableRef } from '../../model/schema-model.ts'
import { refLabel } from '../renames/settle-renames.ts'
import { mayName } from '../view-order.ts'
import { emit, type Work } from './work.ts'

/** A table and its columns as they are called before the revision has done anything. */
interface Stood {
  readonly ref: TableRef
  readonly table: TableModel
  columnOf(name: string): string | undefined
}

function stoodBefore(work: Work, ref: TableRef): Stood | undefined {
  const old = work.before.get(refLabel(ref))
  // A table stays in its schema; its name may have dots.
  const name = old === undefined ? ref.name : old.slice(ref.schema === undefined ? 0 : ref.schema.length + 1)
  const table = findTable(work.start, { ...ref, name })
  if (table === undefined) return undefined
  const known = new Set(table.columns.map((column) => column.name))
  return {
    ref: table.ref,
    table,
    columnOf(column) {
      const before = work.before.get(`${refLabel(ref)}.${column}`) ?? column
      return known.has(before) ? before : undefined
    },
  }
}

/** The old names of all of these columns, or undefined where one of them comes with the revision. */
function oldNames(stood: Stood, columns: readonly string[]): readonly string[] | undefined {
  const names = columns.flatMap((column) => stood.columnOf(column) ?? [])
  return names.length === columns.length ? names : undefined
}

/** Before everything where all that it reads is there by then; else at this place. */
function check(work: Work, isFirst: boolean, words: string, query: SqlFragment): void {
  // An expression of the author may have several lines.
  const what = words.replaceAll(/\s+/g, ' ')
  const operation = { kind: 'expectNone', what, query: query.text } as const
  if (isFirst) work.checks.push({ kind: 'operation', operation })
  else emit(work, operation)
}

const anded = (parts: readonly SqlFragment[]): SqlFragment => join(parts, ' AND ')

/** Columns of the table that are of another type, or computed otherwise, before the revision. */
const retyped = (work: Work, ref: TableRef): readonly string[] =>
  work.differences
    .get(refLabel(ref))
    ?.changed.flatMap(({ name, facts }) => (facts.has('type') || facts.has('generated') ? [name] : [])) ?? []

/** An expression is not read here: what it names may be called otherwise, not be there, or be no number before the revision. */
function standsAlready(work: Work, ref: TableRef, expressions: readonly string[]): boolean {
  const label = refLabel(ref)
  const renamed = [...work.before.keys()].some((each) => each === label || each.startsWith(`${label}.`))
  const names = expressions.map(mayName)
  return (
    !renamed &&
    (work.differences.get(label)?.added.length ?? 0) === 0 &&
    !retyped(work, ref).some((column) => names.some((mentions) => mentions(column)))
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

function repeated(work: Work, ref: TableRef, { elements, where, nullsNotDistinct }: Uniqueness): SqlFragment {
  const { quote } = work.dialect
  const values = elements.map(({ column, expression = '' }) =>
    column === undefined ? sql`(${verbatim(expression)})` : quote.identifier(column),
  )
  const conditions = [
    ...(nullsNotDistinct ? [] : values.map((value) => sql`${value} IS NOT NULL`)),
    ...(where === undefined ? [] : [sql`(${verbatim(where)})`]),
  ]
  const only = conditions.length === 0 ? sql`` : sql` WHERE ${anded(conditions)}`
  const list = join(values)
  return sql`SELECT ${list}, count(*) AS ${quote.identifier('rows')} FROM ${quote.table(ref)}${only} GROUP BY ${list} HAVING count(*) > 1`
}

/** Whether rows are kept apart already by columns that are all among these. */
function isKept({ table, columnOf }: Stood, { elements, nullsNotDistinct }: Uniqueness): boolean {
  const wanted = new Set(elements.flatMap(({ column }) => (column === undefined ? [] : (columnOf(column) ?? []))))
  const covers = (columns: readonly string[], distinct: true | undefined): boolean =>
    columns.every((column) => wanted.has(column)) && (nullsNotDistinct === undefined || distinct === true)
  const plain = (element: IndexElement): boolean => Object.keys(element).every((fact) => fact === 'column')
  return (
    elements.every(plain) &&
    (table.constraints.some(
      (one) =>
        (one.kind === 'primaryKey' && covers(one.columns, true)) ||
        (one.kind === 'unique' && covers(one.columns, one.nullsNotDistinct)),
    ) ||
      table.indexes.some(
        (one) =>
          one.unique &&
          one.where === undefined &&
          one.elements.every(plain) &&
          covers(
            one.elements.flatMap(({ column }) => column ?? []),
            one.nullsNotDistinct,
          ),
      ))
  )
}

/** Rows that a new key would not let in: the server would say which one it met first, after it has changed other things. */
function checkUnique(work: Work, ref: TableRef, unique: Uniqueness, what: string): void {
  const stood = stoodBefore(work, ref)
  if (stood === undefined || isKept(stood, unique)) return
  const label = `rows of ${refLabel(ref)} with the same ${namesOf(unique.elements).join(', ')}, which ${what} keeps apart`
  const isRead = unique.where === undefined && unique.elements.every(({ column }) => column !== undefined)
  if (!isRead) {
    const texts = [...unique.elements.map(({ column, expression }) => expression ?? column ?? ''), unique.where ?? '']
    check(work, standsAlready(work, ref, texts), label, repeated(work, ref, unique))
    return
  }
  const old = oldNames(stood, namesOf(unique.elements))
  const elements = (old ?? []).map((column) => ({ column }))
  const query = old === undefined ? repeated(work, ref, unique) : repeated(work, stood.ref, { ...unique, elements })
  check(work, old !== undefined, label, query)
}

export function checkIndex(work: Work, ref: TableRef, index: IndexModel): void {
  if (!index.unique) return
  const { elements, where, nullsNotDistinct } = index
  const unique = {
    elements,
    ...(where === undefined ? {} : { where }),
    ...(nullsNotDistinct ? { nullsNotDistinct } : {}),
  }
  checkUnique(work, ref, unique, `the unique index ${index.name}`)
}

function checkCheck(work: Work, ref: TableRef, one: Extract<ConstraintModel, { kind: 'check' }>): void {
  if (one.notValid) return
  const query = sql`SELECT * FROM ${work.dialect.quote.table(ref)} WHERE NOT (${verbatim(one.expression)})`
  const name = one.name === undefined ? '' : ` ${one.name}`
  check(
    work,
    standsAlready(work, ref, [one.expression]),
    `rows of ${refLabel(ref)} that the check${name} (${one.expression}) refuses`,
    query,
  )
}

interface Referring {
  readonly table: TableRef
  readonly columns: readonly string[]
}

/** The rows that refer to something; with `parent`, those that refer to what is not there. */
function orphans({ dialect: { quote } }: Work, own: Referring, parent?: Referring): SqlFragment {
  const [child, other] = [quote.identifier('child'), quote.identifier('parent')]
  const names = own.columns.map((name) => sql`${child}.${quote.identifier(name)}`)
  const set = names.map((name) => sql`${name} IS NOT NULL`)
  const from = sql`SELECT ${join(names)} FROM ${quote.table(own.table)} ${child} WHERE ${anded(set)}`
  if (parent === undefined) return from
  const pairs = names.map((name, at) => sql`${other}.${quote.identifier(parent.columns[at] ?? '')} = ${name}`)
  return sql`${from} AND NOT EXISTS (SELECT 1 FROM ${quote.table(parent.table)} ${other} WHERE ${anded(pairs)})`
}

function checkForeignKey(work: Work, ref: TableRef, key: Extract<ConstraintModel, { kind: 'foreignKey' }>): void {
  const { table: referred, columns } = key.references
  const stood = stoodBefore(work, ref)
  const target = stoodBefore(work, referred)
  // A column that comes with the revision refers to nothing yet.
  const own = stood && oldNames(stood, key.columns)
  const theirs = target && oldNames(target, columns)
  if (key.notValid || stood === undefined || own === undefined || own.length === 0) return
  const holds = (one: ConstraintModel): boolean =>
    one.kind === 'foreignKey' &&
    one.notValid === undefined &&
    canonicalJson([one.columns, one.references]) === canonicalJson([own, { table: target?.ref, columns: theirs }])
  // Only what happens to the rows is said otherwise.
  if (stood.table.constraints.some(holds)) return
  const label = `rows of ${refLabel(ref)} whose ${key.columns.join(', ')} is not in ${refLabel(referred)} (${columns.join(', ')})`
  const before = { table: stood.ref, columns: own }
  // A table that comes with the revision is empty.
  if (target === undefined) check(work, true, label, orphans(work, before))
  if (target === undefined || theirs === undefined || theirs.length === 0) return
  const isRetyped =
    retyped(work, ref).some((column) => key.columns.includes(column)) ||
    retyped(work, referred).some((column) => columns.includes(column))
  // Two types that cannot be compared yet: the columns are of one type when the key comes.
  const query = isRetyped
    ? orphans(work, { table: ref, columns: key.columns }, { table: referred, columns })
    : orphans(work, before, { table: target.ref, columns: theirs })
  check(work, !isRetyped, label, query)
}

const constraintChecks: {
  readonly [K in ConstraintModel['kind']]: (
    work: Work,
    ref: TableRef,
    one: Extract<ConstraintModel, { kind: K }>,
  ) => void
} = {
  primaryKey: (work, ref, { columns }) => checkUnique(work, ref, { elements: elementsOf(columns) }, 'the primary key'),
  unique: (work, ref, { columns, name, nullsNotDistinct }) =>
    checkUnique(
      work,
      ref,
      { elements: elementsOf(columns), ...(nullsNotDistinct ? { nullsNotDistinct } : {}) },
      `the unique constraint${name === undefined ? '' : ` ${name}`}`,
    ),
  check: checkCheck,
  foreignKey: checkForeignKey,
  // Which pairs of rows exclude each other, only the index knows.
  exclude: () => {},
}

/** Looks at the rows that are there before a constraint is added. */
export function checkConstraint(work: Work, ref: TableRef, constraint: ConstraintModel): void {
  const look = constraintChecks[constraint.kind] as (work: Work, ref: TableRef, one: ConstraintModel) => void
  look(work, ref, constraint)
}

const ranges = { 16: ['-32768', '32767'], 32: ['-2147483648', '2147483647'] } as const

/** The condition of values for which a type has no room; undefined where it has, or where nobody can tell. */
function noRoom(column: SqlFragment, from: ColumnType, to: ColumnType): SqlFragment | undefined {
  const isText = from.kind === 'text' || from.kind === 'varchar' || from.kind === 'char'
  if (isText && (to.kind === 'varchar' || to.kind === 'char') && to.length !== undefined) {
    const had = from.kind === 'text' ? undefined : from.length
    return had !== undefined && had <= to.length ? undefined : sql`CHAR_LENGTH(${column}) > ${to.length}`
  }
  if (from.kind === 'integer' && to.kind === 'integer' && to.bits < from.bits && to.bits !== 64) {
    const [low, high] = ranges[to.bits]
    return sql`${column} NOT BETWEEN ${verbatim(low)} AND ${verbatim(high)}`
  }
  return undefined
}

/** Looks for values that the new type has no room for. Where types hold no values to their size (SQLite) there are none. */
export function checkNarrowing(work: Work, ref: TableRef, column: string, from: ColumnType, to: ColumnType): void {
  const stood = stoodBefore(work, ref)
  const old = stood?.columnOf(column)
  if (stood === undefined || old === undefined || work.dialect.capabilities.alterColumn === 'rebuild') return
  const { quote } = work.dialect
  const condition = noRoom(quote.identifier(old), from, to)
  if (condition === undefined) return
  const key = stood.table.constraints.find((one) => one.kind === 'primaryKey')
  const shown = [...new Set([...(key?.kind === 'primaryKey' ? key.columns : []), old])]
  const query = sql`SELECT ${join(shown.map((name) => quote.identifier(name)))} FROM ${quote.table(stood.ref)} WHERE ${condition}`
  check(work, true, `rows of ${refLabel(ref)} whose ${column} has no room in its new type`, query)
}
