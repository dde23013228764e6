import { findColumn, refText, tableKey } from '../../model/edit.ts'
import type { ColumnModel, DefaultValue, TableRef } from '../../model/schema-model.ts'
import type { ColumnChange } from '../../operations/operation.ts'
import type { ColumnDifference, TableDifference } from '../table-difference.ts'
import { isComputedFrom, withoutComputed } from './computed.ts'
import { withoutCounter } from './counters.ts'
import { constantOf, fill, fillNulls, growValues, isFilledLate, moveRows } from './fills.ts'
import { checkNarrowing } from './narrowing.ts'
import { emit, type FillAnswer, tableNow, type Work } from './work.ts'

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
 * takes it otherwise where there are rows, and whether there are some on the next database nobody knows here.
 */
export const comesEmpty = (column: ColumnModel): boolean => !column.nullable && !fillsItself(column)

/** Facts of a column that are a part of what alterColumn says. */
const saidBy: { readonly [fact: string]: (declared: ColumnModel, shown: ColumnModel) => ColumnChange } = {
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

function changeOf(work: Work, table: TableRef, difference: ColumnDifference): ColumnChange {
  const { facts, expected, shown } = difference
  const declared = withoutCounter(work, table, difference.declared)
  const change: ColumnChange = Object.assign({}, ...[...facts].map((fact) => saidBy[fact]?.(declared, shown) ?? {}))
  // What was declared may be NOT NULL only because of a key or an identity, which the server adds.
  return change.nullable === undefined ? change : { ...change, nullable: expected.nullable }
}

function alterColumn(work: Work, table: TableRef, difference: ColumnDifference): void {
  const { name, found, declared, expected, facts } = difference
  const { generated, identity, nullable, ...others } = changeOf(work, table, difference)
  const now = findColumn(tableNow(work, table), name)
  const isLate = isFilledLate(work, difference)
  const change = {
    ...others,
    ...(nullable === undefined || isLate ? {} : { nullable }),
    // It may have become a plain one before.
    ...(generated === undefined || (generated === null && now?.generated === undefined) ? {} : { generated }),
    ...(identity === undefined || (isLate && identity !== null) || (identity === null && now?.identity === undefined)
      ? {}
      : { identity }),
  }
  if (Object.keys(change).length === 0) return
  const using = facts.has('type') ? work.dialect.conversion?.(name, found.type, expected.type) : undefined
  const computes = declared.generated !== undefined && found.generated === undefined
  emit(
    work,
    { kind: 'alterColumn', table, column: name, change, ...(using === undefined ? {} : { using }) },
    {
      ...(computes ? { loses: `the values of ${refText(table)}.${name}, which is computed from now on` } : {}),
      ...(using === undefined
        ? {}
        : { note: 'the server does not do this by itself: see whether `using` says what is meant' }),
    },
  )
}

/** The sequence of a `serial` counts as far as its column does. */
function followType(work: Work, table: TableRef, { name, declared, facts }: ColumnDifference): void {
  if (!facts.has('type') || !isSerial(declared)) return
  for (const [key, { ref, type = 'integer64', ownedBy }] of work.to.sequences) {
    const stood = work.model.sequences.get(key)
    const isOwn = ownedBy?.column === name && tableKey(ownedBy.table) === tableKey(table)
    if (stood === undefined || !isOwn || (stood.type ?? 'integer64') === type) continue
    emit(work, { kind: 'alterSequence', sequence: ref, change: { type } })
  }
}

/** Where an enum is an object of its own its columns follow it: what became of its values is said once, of the enum. */
function ownChange(work: Work, difference: ColumnDifference): ColumnDifference | undefined {
  const { found, expected, facts } = difference
  const [was, is] = [found.type, expected.type]
  if (was.kind !== 'enum' || is.kind !== 'enum' || !work.dialect.capabilities.schemas) return difference
  if (was.name === undefined || was.name !== is.name || was.schema !== is.schema) return difference
  const others = new Set([...facts].filter((fact) => fact !== 'type'))
  return others.size === 0 ? undefined : { ...difference, facts: others }
}

/** The value of a new column that is NOT NULL, where it was given and is a constant. Bytes have no literal that every server takes. */
export function constantFor(
  fill: FillAnswer | undefined,
  { table, column }: { readonly table: TableRef; readonly column: string },
  { type }: ColumnModel,
): DefaultValue | undefined {
  return type.kind === 'bytes' ? undefined : constantOf(fill?.({ table, column, where: { is: 'null' } }))
}

/** Generated columns read others: they come last, and go first. */
const computedLast = (a: ColumnModel, b: ColumnModel): number =>
  Number(a.generated !== undefined) - Number(b.generated !== undefined)

/**
 * The columns of one table: new ones, what rows need, changed ones, and those that go. What changes the table stands together on either
 * side of what changes its rows.
 */
export function changeColumns(work: Work, { ref, added, changed: differences, gone }: TableDifference): void {
  const changed = differences.flatMap((difference) => ownChange(work, difference) ?? [])
  for (const { name, facts, found, expected } of changed) {
    if (facts.has('type')) checkNarrowing(work, ref, name, found.type, expected.type)
  }
  const all = [...added].sort(computedLast).map((column) => withoutCounter(work, ref, column))
  const fresh = all.filter((column) => !isComputedFrom(column, changed))
  // Every server gives rows a constant default without writing them; filling them would keep readers waiting.
  const constants = new Map(
    fresh.filter(comesEmpty).flatMap((column) => {
      const value = constantFor(work.fill, { table: ref, column: column.name }, column)
      return value === undefined ? [] : [[column.name, value] as const]
    }),
  )
  const empty = fresh.filter((column) => comesEmpty(column) && !constants.has(column.name))
  for (const column of fresh) {
    const value = constants.get(column.name)
    const added = value === undefined ? {} : { default: value }
    emit(work, {
      kind: 'addColumn',
      table: ref,
      column: empty.includes(column) ? { ...column, nullable: true } : { ...column, ...added },
    })
  }
  for (const name of constants.keys()) {
    emit(work, { kind: 'alterColumn', table: ref, column: name, change: { default: null } })
  }
  for (const difference of changed) growValues(work, ref, difference)
  for (const { name } of empty) {
    const why = `${refText(ref)}.${name} is new and NOT NULL`
    fill(work, { table: ref, column: name, where: { is: 'null' }, why, isNew: true })
  }
  for (const difference of changed) moveRows(work, ref, difference)
  for (const { name } of empty) {
    emit(work, { kind: 'alterColumn', table: ref, column: name, change: { nullable: false } })
  }
  const computed = withoutComputed(work, ref, changed)
  for (const difference of changed) {
    // It may have gone with the column that it is computed from.
    if (findColumn(tableNow(work, ref), difference.name) === undefined) continue
    alterColumn(work, ref, difference)
    followType(work, ref, difference)
  }
  for (const column of [...computed, ...all.filter((each) => !fresh.includes(each))])
    emit(work, { kind: 'addColumn', table: ref, column })
  const late = changed.filter((difference) => isFilledLate(work, difference))
  for (const difference of late) fillNulls(work, ref, difference)
  for (const { name, facts, declared } of late) {
    // With an identity a column is NOT NULL at once.
    const { identity } = withoutCounter(work, ref, declared)
    const numbered = facts.has('identity') && identity !== undefined ? { identity } : {}
    emit(work, { kind: 'alterColumn', table: ref, column: name, change: { nullable: false, ...numbered } })
  }
  for (const { name, generated } of [...gone].sort(computedLast).reverse()) {
    // It may have gone with another.
    if (findColumn(tableNow(work, ref), name) === undefined) continue
    const loses = generated === undefined ? { loses: `the values of ${refText(ref)}.${name}` } : {}
    emit(work, { kind: 'dropColumn', table: ref, column: name }, loses)
  }
}
