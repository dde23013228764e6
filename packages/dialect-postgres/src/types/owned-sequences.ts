import {
  type ColumnModel,
  findTable,
  type Identity,
  putTable,
  type SchemaModel,
  type TableModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import { serialSequence } from '../sql/server-names.ts'
import { serialBits, typeOf } from './canonicalise.ts'
import { withoutUsualSequence, withSequenceRenamed } from './created-table.ts'
import { relationWithName } from './relation-names.ts'

/*
 * A sequence of `serial` or of an identity has the names of its table and its column in its own, and ALTER TABLE … RENAME leaves it as it
 * is (https://www.postgresql.org/docs/current/sql-altertable.html). Here it is renamed with them: a new `serial` under the new name would
 * be a second sequence, which begins at another number.
 */

interface Renaming {
  readonly table: TableRef
  readonly to: TableRef
  /** The one column that is renamed; absent: the table is. */
  readonly column?: { readonly from: string; readonly to: string }
}

export interface SequenceRename {
  readonly from: TableRef
  readonly to: TableRef
  /** The column by its name before, where the sequence is that of an identity, which has no object of its own in the model. */
  readonly identity?: string
}

/** Names of relations in a schema share one space: https://www.postgresql.org/docs/current/catalog-pg-class.html */
const isFree = (model: SchemaModel, ref: TableRef): boolean => relationWithName(model, ref) === undefined

function ownSequence(model: SchemaModel, { ref }: TableModel, column: ColumnModel): SequenceRename['from'] | undefined {
  const usual = serialSequence(ref, column.name)
  if (column.identity !== undefined) return column.identity.sequence === undefined ? usual : undefined
  const owner = model.sequences.get(tableKey(usual))?.ownedBy
  return owner?.column === column.name && tableKey(owner.table) === tableKey(ref) ? usual : undefined
}

/** The sequences that are renamed with their table or column: those that have the name which the server gives, to the one of the new names. */
export function sequenceRenames(before: SchemaModel, { table, to, column }: Renaming): readonly SequenceRename[] {
  const owner = findTable(before, table)
  if (owner === undefined) return []
  return owner.columns.flatMap((each): SequenceRename[] => {
    if (column !== undefined && each.name !== column.from) return []
    const from = ownSequence(before, owner, each)
    const target = serialSequence(to, column?.to ?? each.name)
    if (from === undefined || tableKey(from) === tableKey(target)) return []
    if (!isFree(before, target)) return []
    return [{ from, to: target, ...(each.identity === undefined ? {} : { identity: each.name }) }]
  })
}

/** The sequence that a new column gets: that which it states, else the usual one, or, where that name is taken, the next one with a number. */
export function givenSequence(before: SchemaModel, table: TableRef, column: ColumnModel): TableRef | undefined {
  const stated = column.identity?.sequence
  if (typeof stated === 'string') return { ...table, name: stated }
  if (column.identity === undefined && serialBits(typeOf(column)) === undefined) return undefined
  let number = 0
  while (!isFree(before, serialSequence(table, column.name, number))) number += 1
  return serialSequence(table, column.name, number)
}

/** An identity as it is added, with its sequence where that is not the usual one. */
export function withGivenSequence(before: SchemaModel, table: TableRef, column: ColumnModel): ColumnModel {
  const { identity } = column
  const sequence = identity === undefined ? undefined : givenSequence(before, table, column)
  if (identity === undefined || sequence === undefined) return withoutUsualSequence(table, column)
  return withoutUsualSequence(table, { ...column, identity: { ...identity, sequence: sequence.name } })
}

interface ChangedIdentity {
  readonly table: TableRef
  readonly column: ColumnModel
  readonly previous: Identity | undefined
}

/** An identity that changes keeps its sequence, unless the change states another name. */
export function withPreservedSequence(before: SchemaModel, { table, column, previous }: ChangedIdentity): ColumnModel {
  if (previous === undefined) return withGivenSequence(before, table, column)
  if (column.identity === undefined || column.identity.sequence !== undefined || previous.sequence === undefined)
    return withoutUsualSequence(table, column)
  return { ...column, identity: { ...column.identity, sequence: previous.sequence } }
}

/** The schema after a rename, with the sequences under the names that they have then. */
export function withOwnSequences(before: SchemaModel, after: SchemaModel, renaming: Renaming): SchemaModel {
  const { table, to, column: renamed } = renaming
  const renames = sequenceRenames(before, renaming)
  const numbered = new Map(
    renames.flatMap((each): [string, string][] => (each.identity === undefined ? [] : [[each.identity, each.to.name]])),
  )
  const old = findTable(before, table)
  let numberedModel = after
  const now = findTable(after, to)
  if (old !== undefined && now?.columns.some(({ identity }) => identity !== undefined)) {
    const columns = now.columns.map((column, at) => {
      const previous = old.columns[at]
      if (previous?.identity === undefined || (renamed !== undefined && previous.name !== renamed.from)) return column
      const name =
        numbered.get(previous.name) ?? previous.identity.sequence ?? serialSequence(table, previous.name).name
      if (column.identity === undefined) return column
      return withoutUsualSequence(to, { ...column, identity: { ...column.identity, sequence: name } })
    })
    numberedModel = putTable(after, { ...now, columns })
  }
  const serials = renames.filter(({ identity }) => identity === undefined)
  return serials.reduce((model, each) => withSequenceRenamed(model, each.from, each.to), numberedModel)
}

/** Whether it is the name that the server makes for the sequence of that column, with or without a number. */
function isUsualSequence(table: TableRef, column: string, name: string): boolean {
  const number = Number(/[1-9]\d*$/.exec(name)?.[0] ?? 0)
  return name === serialSequence(table, column).name || name === serialSequence(table, column, number).name
}

/** An identity without the name of its sequence where the server made that, with a number or without. */
export function withoutNumberedSequence(table: TableRef, column: ColumnModel): ColumnModel {
  if (typeof column.identity?.sequence !== 'string') return column
  const { sequence, ...identity } = column.identity
  return isUsualSequence(table, column.name, sequence) ? { ...column, identity } : column
}

/** By its column the sequence that it owns; of several, the last one. */
const byColumn = ({ sequences }: SchemaModel): ReadonlyMap<string, TableRef> =>
  new Map(
    [...sequences.values()].flatMap(({ ref, ownedBy }) =>
      ownedBy === undefined ? [] : [[JSON.stringify([tableKey(ownedBy.table), ownedBy.column]), ref] as const],
    ),
  )

/**
 * What is expected with the sequences of `serial` under the names that they have in the actual schema: the server gives them a free one, and a
 * rename leaves them theirs where the new one is taken, by what the comparison may not have in sight.
 */
export function alignSequences(expected: SchemaModel, actual: SchemaModel): SchemaModel {
  if (expected.sequences.size === 0) return expected
  const owned = byColumn(actual)
  return [...expected.sequences.values()].reduce((model, { ref, ownedBy }) => {
    if (ownedBy === undefined || !isUsualSequence(ownedBy.table, ownedBy.column, ref.name)) return model
    const to = owned.get(JSON.stringify([tableKey(ownedBy.table), ownedBy.column]))
    if (to === undefined || tableKey(to) === tableKey(ref) || model.sequences.has(tableKey(to))) return model
    return withSequenceRenamed(model, ref, to)
  }, expected)
}
