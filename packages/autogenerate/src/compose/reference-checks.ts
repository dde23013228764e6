import {
  type ConstraintModel,
  canonicalJson,
  columnAt,
  findColumn,
  findTable,
  join,
  refText,
  type SchemaModel,
  type SqlFragment,
  sql,
  type TableRef,
  verbatim,
} from '@org/migrate-core/dialect'
import type { Composition, Steps } from './composition.ts'
import { constantIn } from './constants.ts'
import { anded, check, comparedOtherwise, type OriginalTable, oldNames, originalTable, ownRows } from './originals.ts'

interface Referring {
  readonly table: TableRef
  readonly columns: readonly string[]
}

interface ColumnName {
  readonly table: TableRef
  readonly name: string
}

/** A value of the one column as a foreign key compares it with the other: by the collation of what it refers to. */
function compared(
  { dialect }: Composition,
  model: SchemaModel,
  value: SqlFragment,
  own: ColumnName,
  other: ColumnName,
): SqlFragment {
  const [from, to] = [own, other].map(({ table: ref, name }) => {
    const table = findTable(model, ref)
    const column = table && findColumn(table, name)
    return column && { table, column }
  })
  return (from && to && dialect.types.collatedAs?.(value, from, to)) ?? value
}

/**
 * The rows that refer to something; with `parent`, those that refer to what is not there. MATCH FULL also refuses rows of which only some of
 * the columns are NULL: https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARMS-REFERENCES
 */
function orphans(
  composition: Composition,
  model: SchemaModel,
  own: Referring,
  match: 'full' | undefined,
  parent?: Referring,
): SqlFragment {
  const { quote } = composition.dialect.sql
  const [child, other] = [quote.identifier('child'), quote.identifier('parent')]
  const names = own.columns.map((name) => sql`${child}.${quote.identifier(name)}`)
  const set = names.map((name) => sql`${name} IS NOT NULL`)
  const refers = match === 'full' ? sql`(${join(set, ' OR ')})` : anded(set)
  const from = sql`SELECT ${join(names)} FROM ${ownRows(composition, own.table)} ${child} WHERE ${refers}`
  if (parent === undefined) return from
  const pairs = own.columns.map((name, at) => {
    const referred = { table: parent.table, name: parent.columns[at] ?? '' }
    const value = compared(composition, model, names[at] ?? sql`NULL`, { table: own.table, name }, referred)
    return sql`${other}.${quote.identifier(referred.name)} = ${value}`
  })
  return sql`${from} AND NOT EXISTS (SELECT 1 FROM ${ownRows(composition, parent.table)} ${other} WHERE ${anded(pairs)})`
}

/** Whether rows have a value in a column once the revision has added it. */
function comesWithValues({ to }: Composition, ref: TableRef, name: string): boolean {
  const column = columnAt(to, ref, name)
  return column !== undefined && (!column.nullable || (column.default ?? column.generated) !== undefined)
}

/** What the rows have that are there: a column by its name before the revision, or the value that all get in a new one. */
function valueIn(composition: Composition, original: OriginalTable, ref: TableRef, name: string) {
  const { quote } = composition.dialect.sql
  const old = original.columnOf(name)
  if (old !== undefined) return sql`${quote.identifier('child')}.${quote.identifier(old)}`
  const constant = constantIn(composition, ref, name)
  if (typeof constant === 'string') return quote.literal(constant)
  return typeof constant === 'number' ? verbatim(String(constant)) : undefined
}

/** Rows that get a value in a new column refer by it to what may not be there: where it is the same in all, that is seen before anything. */
function* checkNewReference(
  composition: Composition,
  ref: TableRef,
  { columns, references }: Extract<ConstraintModel, { kind: 'foreignKey' }>,
): Steps {
  const original = originalTable(composition, ref)
  if (original === undefined) return
  const added = columns.filter((name) => original.columnOf(name) === undefined)
  // One without a value refers to nothing.
  if (!added.every((name) => comesWithValues(composition, ref, name))) return
  const { quote } = composition.dialect.sql
  const [child, parent] = [quote.identifier('child'), quote.identifier('parent')]
  const { table: referred } = references
  const label = `rows of ${refText(ref)} whose ${columns.join(', ')} is not in ${refText(referred)} (${references.columns.join(', ')})`
  const target = originalTable(composition, referred)
  const theirs = target && oldNames(target, references.columns)
  const values = columns.flatMap((name) => valueIn(composition, original, ref, name) ?? [])
  const isAsBefore =
    values.length === columns.length &&
    !comparedOtherwise(composition, ref).some((name) => columns.includes(name)) &&
    !comparedOtherwise(composition, referred).some((name) => references.columns.includes(name))
  if (!isAsBefore || (target !== undefined && theirs === undefined)) {
    const then = { table: referred, columns: references.columns }
    yield* check(false, label, orphans(composition, composition.model, { table: ref, columns }, undefined, then))
    return
  }
  const set = columns
    .flatMap((name) => original.columnOf(name) ?? [])
    .map((name) => sql`${child}.${quote.identifier(name)} IS NOT NULL`)
  const pairs = (theirs ?? []).map((name, at) => {
    const own = { table: original.ref, name: original.columnOf(columns[at] ?? '') ?? '' }
    const referredColumn = { table: target?.ref ?? referred, name }
    const value = compared(composition, composition.start, values[at] ?? sql`NULL`, own, referredColumn)
    return sql`${parent}.${quote.identifier(name)} = ${value}`
  })
  // A table that comes with the revision is empty.
  const missing =
    target === undefined
      ? []
      : [sql`NOT EXISTS (SELECT 1 FROM ${ownRows(composition, target.ref)} ${parent} WHERE ${anded(pairs)})`]
  const conditions = [...set, ...missing]
  const where = conditions.length === 0 ? sql`` : sql` WHERE ${anded(conditions)}`
  yield* check(true, label, sql`SELECT * FROM ${ownRows(composition, original.ref)} ${child}${where}`)
}

export function* checkForeignKey(
  composition: Composition,
  ref: TableRef,
  key: Extract<ConstraintModel, { kind: 'foreignKey' }>,
): Steps {
  const { table: referred, columns } = key.references
  const match = key.match === 'full' && key.columns.length > 1 ? key.match : undefined
  const original = originalTable(composition, ref)
  const target = originalTable(composition, referred)
  const own = original && oldNames(original, key.columns)
  const theirs = target && oldNames(target, columns)
  if (key.notValid || original === undefined) return
  if (own === undefined) {
    yield* checkNewReference(composition, ref, key)
    return
  }
  if (own.length === 0) return
  const holds = (one: ConstraintModel): boolean =>
    one.kind === 'foreignKey' &&
    one.notValid === undefined &&
    (match === undefined || one.match === match) &&
    canonicalJson([one.columns, one.references]) === canonicalJson([own, { table: target?.ref, columns: theirs }])
  // Only what happens to the rows is said otherwise.
  if (original.table.constraints.some(holds)) return
  const label = `rows of ${refText(ref)} whose ${key.columns.join(', ')} is not in ${refText(referred)} (${columns.join(', ')})`
  const before = { table: original.ref, columns: own }
  // A table that comes with the revision is empty.
  if (target === undefined) yield* check(true, label, orphans(composition, composition.start, before, match))
  if (target === undefined || theirs?.length === 0) return
  const isOfThen =
    theirs === undefined ||
    comparedOtherwise(composition, ref).some((column) => key.columns.includes(column)) ||
    comparedOtherwise(composition, referred).some((column) => columns.includes(column))
  // Columns that are not there yet, or two types or collations that cannot be compared: when the key comes they are, and of one.
  const query = isOfThen
    ? orphans(composition, composition.model, { table: ref, columns: key.columns }, match, { table: referred, columns })
    : orphans(composition, composition.start, before, match, { table: target.ref, columns: theirs })
  yield* check(!isOfThen, label, query)
}
