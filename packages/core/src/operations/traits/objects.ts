import { constraintKindName, constraintSubject } from '../../compare/constraint-match.ts'
import { withArticle } from '../../errors/count-text.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import { mapChunks } from '../../model/chunked-map.ts'
import { findColumn, findTable, present, putTable, refText, tableKey } from '../../model/edit.ts'
import type {
  ColumnModel,
  ConstraintModel,
  IndexModel,
  SchemaModel,
  TableModel,
  TableRef,
  Undeclared,
} from '../../model/schema-model.ts'
import type { Irreversible, Operation } from '../operation.ts'

export function sameRef(a: TableRef, b: TableRef): boolean {
  return a.name === b.name && a.schema === b.schema
}

export function renamed(ref: TableRef, to: string): TableRef {
  return { ...ref, name: to }
}

export function missing(object: string, remedy?: string): MigrateError<'OBJECT_MISSING'> {
  return new MigrateError('OBJECT_MISSING', { object }, `There is no ${object}.`, present({ remedy }))
}

/** Other tools write the table second. Whether that is a table is not known: of a database, the tables that operations name are read. */
export function tableFirst(first: TableRef, second: string): string {
  return `The table is written first, here ${refText(first)}, and then ${second}. Check both names, or guard the operation with ifExists where it takes that.`
}

/** A unique key can be either: of MySQL one with a prefix or a comment is an index. */
const asIndex = 'An index has this name: write `op.dropIndex` or `op.renameIndex`.'
const asConstraint = 'A constraint has this name: write `op.dropConstraint` or `op.renameConstraint`.'

export function missingConstraint(
  table: TableModel,
  text: string,
  name: string | undefined,
  remedy?: string,
): MigrateError {
  const isIndex = name !== undefined && table.indexes.some((index) => index.name === name)
  return missing(text, isIndex ? asIndex : remedy)
}

export function missingIndex(table: TableModel, text: string, name: string): MigrateError {
  return missing(text, table.constraints.some((constraint) => constraint.name === name) ? asConstraint : undefined)
}

export function exists(object: string): MigrateError<'OBJECT_EXISTS'> {
  return new MigrateError('OBJECT_EXISTS', { object }, `There is ${withArticle(object)} already.`)
}

export function invalid(operation: string, why: string, cause?: unknown): MigrateError<'INVALID_OPERATION'> {
  const options = cause === undefined ? {} : { cause }
  return new MigrateError('INVALID_OPERATION', { operation, why }, `${operation}: ${why}`, options)
}

export function dependent(object: string, dependants: readonly string[]): MigrateError<'DEPENDENT_OBJECTS'> {
  return new MigrateError(
    'DEPENDENT_OBJECTS',
    { object, dependants },
    `The ${object} cannot be dropped: ${dependants.join(', ')} ${dependants.length === 1 ? 'needs' : 'need'} it.`,
  )
}

export function irreversible(why: string): Irreversible {
  return { irreversible: true, why }
}

/** Why a dropped object cannot be created again as it was; undefined: its model says everything of it. */
export function lastingOf(object: string, parts: readonly (Undeclared | undefined)[]): Irreversible | undefined {
  const lasting = parts.flatMap((each) => each?.lasting ?? [])
  return lasting.length === 0
    ? undefined
    : irreversible(`${object} cannot be created again as it is: ${lasting.join('; ')}`)
}

// Names with control characters cannot be typed, read or logged; no server's own tools cope with all of them.
const control = /\p{Cc}/u

/** The name. Throws INVALID_NAME; `what` says what the name is of. */
export function checkName(name: string, what: string): string {
  const why = name === '' ? 'is empty' : control.test(name) ? 'holds a control character' : undefined
  if (why === undefined) return name
  throw new MigrateError('INVALID_NAME', { name, why }, `The name ${JSON.stringify(name)} of the ${what} ${why}.`)
}

export function checkRef(ref: TableRef, what: string): void {
  checkName(ref.name, what)
  if (ref.schema !== undefined) checkName(ref.schema, 'schema')
}

export function requireTable(model: SchemaModel, ref: TableRef, second?: string): TableModel {
  const table = findTable(model, ref)
  if (table === undefined)
    throw missing(`table ${refText(ref)}`, second === undefined ? undefined : tableFirst(ref, second))
  return table
}

/** The table, if it is one of those that may be altered; `second`: the name that the call gives after it. */
export function alterable(model: SchemaModel, ref: TableRef, operation: string, second?: string): TableModel {
  const table = requireTable(model, ref, second)
  if (table.opaque !== undefined)
    throw invalid(operation, `${refText(ref)} is ${withArticle(table.opaque)} table, which is never altered`)
  return table
}

export function requireColumn(table: TableModel, name: string): ColumnModel {
  const column = findColumn(table, name)
  if (column === undefined) throw missing(`column ${refText(table.ref)}.${name}`)
  return column
}

/** Tables and views share one space of names on every server. */
export function checkRelationFree(model: SchemaModel, ref: TableRef): void {
  const key = tableKey(ref)
  if (model.tables.has(key)) throw exists(`table ${refText(ref)}`)
  if (model.views.has(key)) throw exists(`view ${refText(ref)}`)
}

/** A changed table has outlived the text that the server kept of it. */
export function withoutSource<T extends { readonly source?: string }>(value: T): T {
  if (value.source === undefined) return value
  const { source: _, ...rest } = value
  return rest as T
}

export function editTable(model: SchemaModel, table: TableModel, change: Partial<TableModel>): SchemaModel {
  return putTable(model, withoutSource({ ...table, ...change }))
}

/** Columns of the constraint's own table. */
export function columnsOf(constraint: ConstraintModel): readonly string[] {
  return constraint.kind === 'check' || constraint.kind === 'exclude' ? [] : constraint.columns
}

/** Those and the columns that the index of a key carries along, with which the server drops the key. */
export function allColumnsOf(constraint: ConstraintModel): readonly string[] {
  return 'include' in constraint ? [...columnsOf(constraint), ...(constraint.include ?? [])] : columnsOf(constraint)
}

export function indexColumns(index: IndexModel): readonly string[] {
  return [
    ...index.elements.flatMap((element) => (element.column === undefined ? [] : [element.column])),
    ...(index.include ?? []),
  ]
}

/** `unique constraint users_email`, or `unique constraint (email)` where it has no name. */
export function constraintText(constraint: ConstraintModel): string {
  return `${constraintKindName(constraint.kind)} ${constraint.name ?? `(${constraintSubject(constraint)})`}`
}

type IncomingKey = {
  readonly table: TableModel
  readonly key: Extract<ConstraintModel, { kind: 'foreignKey' }>
}

const incomingIn = new WeakMap<ReadonlyMap<string, TableModel>, ReadonlyMap<string, readonly IncomingKey[]>>()

/** The foreign keys of these tables, by the table that they refer to. */
function byReferred(tables: ReadonlyMap<string, TableModel>): ReadonlyMap<string, readonly IncomingKey[]> {
  const already = incomingIn.get(tables)
  if (already !== undefined) return already
  const incoming = new Map<string, IncomingKey[]>()
  for (const table of tables.values()) {
    for (const key of table.constraints) {
      if (key.kind !== 'foreignKey') continue
      const referred = tableKey(key.references.table)
      const keys = incoming.get(referred)
      if (keys === undefined) incoming.set(referred, [{ table, key }])
      else keys.push({ table, key })
    }
  }
  incomingIn.set(tables, incoming)
  return incoming
}

/** The foreign keys that refer to a table, with the table they stand in. */
export function incomingKeys(model: SchemaModel, ref: TableRef): readonly IncomingKey[] {
  return mapChunks(model.tables).flatMap((tables) => byReferred(tables).get(tableKey(ref)) ?? [])
}

/**
 * Why something cannot be taken away again: what refers to it was there before it (SQLite lets foreign keys point nowhere),
 * so that without it the schema would be one that no operation leads to.
 */
export function awaited(object: string, dependants: readonly string[]): Irreversible | undefined {
  return dependants.length === 0
    ? undefined
    : irreversible(`${dependants.join(', ')} referred to ${object} before it was there`)
}

export function keyTexts(keys: ReturnType<typeof incomingKeys>): readonly string[] {
  return keys.map(({ table, key }) => `${constraintText(key)} of ${refText(table.ref)}`)
}

export function sameColumns(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, at) => name === b[at])
}

export function firstRepeated(names: readonly string[]): string | undefined {
  return names.find((name, at) => names.indexOf(name) !== at)
}

/** The step of an inverse that restores what its operation preserved. */
export function restoring(label: string | undefined): readonly Operation[] {
  return label === undefined ? [] : [{ kind: 'run', label, down: 'restore', direction: 'down' }]
}
