import type { ColumnChange } from '@org/migrate-core'
import {
  type ColumnModel,
  type ColumnType,
  type Dialect,
  findColumn,
  join,
  refText,
  type SqlFragment,
  sql,
  tableKey,
  verbatim,
  withoutConstraints,
} from '@org/migrate-core/dialect'
import { primaryColumns } from '@org/migrate-core/internal'
import type { ColumnDifference } from '../differences/table-difference.ts'
import { ownChanges } from './changed-columns.ts'
import type { Steps, TableChange } from './composition.ts'
import { constantFor } from './constants.ts'
import { withoutCounter } from './counters.ts'
import { fill, fillNulls, growValues, isFilledLate, moveRows } from './fills.ts'
import { isComputedFrom, withoutComputed, withoutIndexes } from './generated-columns.ts'
import { check, originalTable } from './originals.ts'

/** A type that the server takes apart: an integer, and a sequence that it takes its numbers from. */
const isSerial = ({ type }: ColumnModel): boolean => type.kind === 'native' && /serial/i.test(type.sql)

/** Whether the server gives rows that are there a value by itself. */
const fillsItself = (column: ColumnModel): boolean => {
  const { default: value, generated, identity } = column
  const hasDefault = value !== undefined && !(value.kind === 'literal' && value.value === null)
  return generated !== undefined || identity !== undefined || hasDefault || isSerial(column)
}

/**
 * A new column that is NOT NULL and has nothing to fill it with comes nullable, gets its values, and becomes NOT NULL then: no server
 * takes it otherwise where there are rows, and whether the next database has rows is unknown here.
 */
export const comesEmpty = (column: ColumnModel): boolean => !column.nullable && !fillsItself(column)

/** Facts of a column that are a part of what alterColumn says. */
const factChanges: { readonly [fact: string]: (declared: ColumnModel, shown: ColumnModel) => ColumnChange } = {
  // What `serial` is, and what it has as its default, only the server says.
  type: (declared, shown) => {
    const { type, native } = declared
    return isSerial(declared) ? { type: shown.type } : { type, ...(native === undefined ? {} : { native }) }
  },
  nullable: ({ nullable }) => ({ nullable }),
  default: ({ default: value }, shown) => ({ default: value ?? shown.default ?? null }),
  generated: ({ generated }) => ({ generated: generated ?? null }),
  identity: ({ identity }) => ({ identity: identity ?? null }),
  onUpdate: ({ onUpdate }) => ({ onUpdate: onUpdate ?? null }),
  collation: ({ collation }) => ({ collation: collation ?? null }),
  comment: ({ comment }) => ({ comment: comment ?? null }),
}

function changeOf(change: TableChange, difference: ColumnDifference): ColumnChange {
  const { facts, expected, shown } = difference
  const declared = withoutCounter(change, difference.declared)
  const columnChange: ColumnChange = Object.assign(
    {},
    ...[...facts].map((fact) => factChanges[fact]?.(declared, shown) ?? {}),
  )
  // What was declared may be NOT NULL only because of a key or an identity, which the server adds.
  return columnChange.nullable === undefined ? columnChange : { ...columnChange, nullable: expected.nullable }
}

function* alterColumn(owner: TableChange, difference: ColumnDifference): Steps {
  const { dialect } = owner.composition
  const table = owner.difference.ref
  const { name, actual, declared, expected, facts } = difference
  const { generated, identity, nullable, ...rest } = changeOf(owner, difference)
  const now = findColumn(owner.now, name)
  const isLate = isFilledLate(owner, difference)
  const change = {
    ...rest,
    ...(nullable === undefined || isLate ? {} : { nullable }),
    // It may have become a plain one before.
    ...(generated === undefined || (generated === null && now?.generated === undefined) ? {} : { generated }),
    ...(identity === undefined || (isLate && identity !== null) || (identity === null && now?.identity === undefined)
      ? {}
      : { identity }),
  }
  if (Object.keys(change).length === 0) return
  const using = facts.has('type') ? dialect.types.conversion?.(name, actual.type, expected.type) : undefined
  const computes = declared.generated !== undefined && actual.generated === undefined
  yield {
    kind: 'operation',
    operation: { kind: 'alterColumn', table, column: name, change, ...(using === undefined ? {} : { using }) },
    ...(computes ? { loses: `the values of ${refText(table)}.${name}, which is computed from now on` } : {}),
    ...(using === undefined
      ? {}
      : { note: 'the server does not do this by itself: see whether `using` says what is meant' }),
  }
}

/** The sequence of a `serial` counts as far as its column does. */
function* followType(
  { composition, difference: { ref: table } }: TableChange,
  { name, declared, facts }: ColumnDifference,
): Steps {
  if (!facts.has('type') || !isSerial(declared)) return
  for (const [key, { ref, type = 'integer64', ownedBy }] of composition.to.sequences) {
    const current = composition.model.sequences.get(key)
    const isOwn = ownedBy?.column === name && tableKey(ownedBy.table) === tableKey(table)
    if (current === undefined || !isOwn || (current.type ?? 'integer64') === type) continue
    yield { kind: 'alterSequence', sequence: ref, change: { type } }
  }
}

/** Generated columns read others: they come last, and go first. */
const computedLast = (a: ColumnModel, b: ColumnModel): number =>
  Number(a.generated !== undefined) - Number(b.generated !== undefined)

const ranges = { 16: ['-32768', '32767'], 32: ['-2147483648', '2147483647'] } as const

/** The condition of texts that are no value of an enum. Other types are turned into texts by SQLite alone, which is how it keeps them. */
function noValue(dialect: Dialect, column: SqlFragment, from: ColumnType, to: ColumnType): SqlFragment | undefined {
  if (to.kind !== 'enum' || from.kind === 'enum' || to.values.length === 0) return undefined
  if (!isText(from) && !dialect.capabilities.dynamicTypes) return undefined
  const text = isText(from) ? column : sql`CAST(${column} AS TEXT)`
  return sql`${text} NOT IN (${join(to.values.map((value) => dialect.sql.quote.literal(value)))})`
}

const isText = ({ kind }: ColumnType): boolean => kind === 'text' || kind === 'varchar' || kind === 'char'

const isNumeric = ({ kind }: ColumnType): boolean =>
  kind === 'integer' || kind === 'decimal' || kind === 'real' || kind === 'double'

/** The condition of texts that are no number. */
function noNumber(dialect: Dialect, column: SqlFragment, from: ColumnType, to: ColumnType): SqlFragment | undefined {
  if (!isText(from) || !isNumeric(to)) return undefined
  const isNumber = dialect.values.isNumber?.(column, to.kind === 'integer')
  return isNumber === undefined ? undefined : sql`NOT (${isNumber})`
}

/** The condition of values for which a type has no room; undefined where it has, or where that is unknown. */
function noRoom(column: SqlFragment, from: ColumnType, to: ColumnType): SqlFragment | undefined {
  if (isText(from) && (to.kind === 'varchar' || to.kind === 'char') && to.length !== undefined) {
    const had = 'length' in from ? from.length : undefined
    return had !== undefined && had <= to.length ? undefined : sql`CHAR_LENGTH(${column}) > ${to.length}`
  }
  if (from.kind === 'integer' && to.kind === 'integer' && to.bits < from.bits && to.bits !== 64) {
    const [low, high] = ranges[to.bits]
    return sql`${column} NOT BETWEEN ${verbatim(low)} AND ${verbatim(high)}`
  }
  return undefined
}

/** Looks for values that the new type does not take, or that the server would change. SQLite holds no value to the size of a type, and to the values of an enum it does. */
function* checkNarrowing(
  { composition, difference: { ref } }: TableChange,
  { name: column, actual: { type: from }, expected: { type: to } }: ColumnDifference,
): Steps {
  const original = originalTable(composition, ref)
  const old = original?.columnOf(column)
  if (original === undefined || old === undefined) return
  const {
    sql: { quote },
    capabilities,
  } = composition.dialect
  const room = capabilities.dynamicTypes ? undefined : noRoom(quote.identifier(old), from, to)
  const condition =
    room ??
    noValue(composition.dialect, quote.identifier(old), from, to) ??
    noNumber(composition.dialect, quote.identifier(old), from, to)
  if (condition === undefined) return
  const shown = [...new Set([...primaryColumns(original.table), old])]
  const query = sql`SELECT ${join(shown.map((name) => quote.identifier(name)))} FROM ${quote.table(original.ref)} WHERE ${condition}`
  const reasons = { enum: 'is no value of its enum', number: 'is no number', room: 'has no room in its new type' }
  const why = reasons[to.kind === 'enum' ? 'enum' : room === undefined ? 'number' : 'room']
  yield* check(true, `rows of ${refText(ref)} whose ${column} ${why}`, query)
}

/**
 * The columns of one table: new ones, what rows need, changed ones, and those that go. What changes the table stands together on either
 * side of what changes its rows.
 */
export function* changeColumns(change: TableChange): Steps {
  const { dialect, fill: answer } = change.composition
  const { ref, added, removed } = change.difference
  const changed = ownChanges(dialect, change.difference)
  for (const difference of changed) if (difference.facts.has('type')) yield* checkNarrowing(change, difference)
  const all = [...added].sort(computedLast).map((column) => withoutCounter(change, withoutConstraints(column)))
  const plainColumns = all.filter((column) => !isComputedFrom(column, changed))
  // Every server gives rows a constant default without writing them; filling them would keep readers waiting.
  const constants = new Map(
    plainColumns.filter(comesEmpty).flatMap((column) => {
      const value = constantFor(answer, { table: ref, column: column.name }, column)
      return value === undefined ? [] : [[column.name, value] as const]
    }),
  )
  const empty = plainColumns.filter((column) => comesEmpty(column) && !constants.has(column.name))
  for (const column of plainColumns) {
    const value = constants.get(column.name)
    const added = value === undefined ? {} : { default: value }
    yield {
      kind: 'addColumn',
      table: ref,
      column: empty.includes(column) ? { ...column, nullable: true } : { ...column, ...added },
    }
  }
  for (const name of constants.keys()) {
    yield { kind: 'alterColumn', table: ref, column: name, change: { default: null } }
  }
  for (const difference of changed) yield* growValues(change, difference)
  for (const { name } of empty) {
    const why = `${refText(ref)}.${name} is new and NOT NULL`
    yield* fill(change, { column: name, where: { kind: 'null' }, why, isNew: true })
  }
  for (const difference of changed) yield* moveRows(change, difference)
  for (const { name } of empty) {
    yield { kind: 'alterColumn', table: ref, column: name, change: { nullable: false } }
  }
  const computed = yield* withoutComputed(change)
  for (const difference of changed) {
    // It may have gone with the column that it is computed from.
    if (findColumn(change.now, difference.name) === undefined) continue
    yield* withoutIndexes(change, difference)
    yield* alterColumn(change, difference)
    yield* followType(change, difference)
  }
  for (const column of [...computed.map(withoutConstraints), ...all.filter((each) => !plainColumns.includes(each))])
    yield { kind: 'addColumn', table: ref, column }
  const late = changed.filter((difference) => isFilledLate(change, difference))
  for (const difference of late) yield* fillNulls(change, difference)
  for (const { name, facts, declared } of late) {
    // With an identity a column is NOT NULL at once.
    const { identity } = withoutCounter(change, declared)
    const numbered = facts.has('identity') && identity !== undefined ? { identity } : {}
    yield { kind: 'alterColumn', table: ref, column: name, change: { nullable: false, ...numbered } }
  }
  for (const { name, generated } of [...removed].sort(computedLast).reverse()) {
    // It may have gone with another.
    if (findColumn(change.now, name) === undefined) continue
    const loses = generated === undefined ? { loses: `the values of ${refText(ref)}.${name}` } : {}
    yield { kind: 'operation', operation: { kind: 'dropColumn', table: ref, column: name }, ...loses }
  }
}
