import {
  type ColumnModel,
  type ConstraintOf,
  canonicalJson,
  type Dialect,
  findColumn,
  type SchemaModel,
  type TableModel,
  type TableRef,
  tableDifferences,
  tableKey,
} from '@org/migrate-core/dialect'
import { comparableTable, differingColumnFacts, inOwnSchema } from '@org/migrate-core/internal'
import type { SchemaBefore } from './before.ts'

/** What a plan does to a part of the picture. */
export type Mark = 'added' | 'removed' | 'altered'

interface Marked {
  readonly mark?: Mark
  /** The name before a rename. */
  readonly renamedFrom?: string
}

export interface PicturedColumn extends Marked {
  readonly name: string
  /** In the words of the dialect. */
  readonly type: string
  readonly nullable: boolean
  /** `unique`: by itself. */
  readonly keys: readonly ('pk' | 'fk' | 'unique')[]
  /** As SQL. */
  readonly default?: string
  readonly comment?: string
}

export interface PicturedTable extends Marked {
  readonly schema?: string
  readonly name: string
  readonly columns: readonly PicturedColumn[]
  /** The primary key, in its order. */
  readonly key: readonly string[]
  readonly comment?: string
}

/** A foreign key between two tables of the picture, which are named by their positions. */
export interface PicturedReference {
  readonly name?: string
  readonly from: number
  readonly to: number
  readonly columns: readonly string[]
  readonly references: readonly string[]
  /** A row may have no parent. */
  readonly isOptional: boolean
  /** A parent has one such row at most. */
  readonly isUnique: boolean
  readonly onDelete?: string
  readonly onUpdate?: string
  readonly mark?: Mark
}

interface PicturedEnum {
  readonly schema?: string
  readonly name: string
  readonly values: readonly string[]
}

export interface PicturedSchema {
  readonly tables: readonly PicturedTable[]
  readonly references: readonly PicturedReference[]
  readonly enums: readonly PicturedEnum[]
}

type ForeignKey = ConstraintOf<'foreignKey'>

const factsOf = ({ columns, references, onDelete, onUpdate }: ForeignKey): string =>
  canonicalJson({ columns, references, onDelete: onDelete ?? null, onUpdate: onUpdate ?? null })

/** The same picture whatever it is drawn of, so that a review sees what has changed. */
const sorted = <T>(parts: Iterable<T>, textOf: (part: T) => string): readonly T[] =>
  [...parts]
    .map((part) => [textOf(part), part] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, part]) => part)

const foreignKeys = ({ constraints }: TableModel): readonly ForeignKey[] =>
  sorted(
    constraints.filter((each) => each.kind === 'foreignKey'),
    factsOf,
  )

const primaryKey = ({ constraints }: TableModel): readonly string[] =>
  constraints.find((each) => each.kind === 'primaryKey')?.columns ?? []

/** The sets of columns that no two rows share. */
function uniqueSets({ constraints, indexes }: TableModel): readonly (readonly string[])[] {
  const byConstraint = constraints.flatMap((each) =>
    each.kind === 'unique' || each.kind === 'primaryKey' ? [each.columns] : [],
  )
  const byIndex = indexes
    .filter(({ unique, where, elements }) => unique && where === undefined && elements.every(({ column }) => column))
    .map(({ elements }) => elements.map(({ column = '' }) => column))
  return [...byConstraint, ...byIndex]
}

const holdsOnly = (set: readonly string[], columns: readonly string[]): boolean =>
  set.length > 0 && set.every((name) => columns.includes(name))

function defaultText({ default: value, generated, identity }: ColumnModel): string | undefined {
  if (generated !== undefined) return `(${generated.expression})`
  if (identity !== undefined || value === undefined) return undefined
  if (value.kind === 'now') return 'CURRENT_TIMESTAMP'
  if (value.kind === 'expression') return value.sql
  return typeof value.value === 'string' ? `'${value.value.replaceAll("'", "''")}'` : String(value.value)
}

function pictureColumn({ types }: Dialect, table: TableModel, column: ColumnModel): PicturedColumn {
  const { name, type, comment } = column
  const key = primaryKey(table)
  const isUnique = uniqueSets(table).some((set) => holdsOnly(set, [name])) && !holdsOnly(key, [name])
  const text = defaultText(column)
  return {
    name,
    type: types.toSql(type),
    nullable: column.nullable && !key.includes(name),
    keys: [
      ...(key.includes(name) ? (['pk'] as const) : []),
      ...(foreignKeys(table).some(({ columns }) => columns.includes(name)) ? (['fk'] as const) : []),
      ...(isUnique ? (['unique'] as const) : []),
    ],
    ...(text === undefined ? {} : { default: text }),
    ...(comment ? { comment } : {}),
  }
}

/** A table before the changes, under the names of today. */
interface TableBefore {
  readonly table: TableModel
  readonly name: string | undefined
  readonly columns: ReadonlyMap<string, string>
}

const withMark = <T extends Marked>(part: T, mark: Mark | undefined): T =>
  mark === undefined ? part : { ...part, mark }

function columnMark(column: ColumnModel, previous: ColumnModel | undefined, isRenamed: boolean): Mark | undefined {
  if (previous === undefined) return 'added'
  return isRenamed || differingColumnFacts(column, previous).length > 0 ? 'altered' : undefined
}

/** The columns of today in their order, then those that are gone. */
function pictureColumns(dialect: Dialect, table: TableModel, before?: TableBefore): readonly PicturedColumn[] {
  const columns = table.columns.map((column): PicturedColumn => {
    const pictured = pictureColumn(dialect, table, column)
    if (before === undefined) return pictured
    const renamedFrom = before.columns.get(column.name)
    const mark = columnMark(column, findColumn(before.table, column.name), renamedFrom !== undefined)
    return withMark(renamedFrom === undefined ? pictured : { ...pictured, renamedFrom }, mark)
  })
  const removed = before?.table.columns.filter(({ name }) => findColumn(table, name) === undefined) ?? []
  return [
    ...columns,
    ...removed.map((column) => withMark(pictureColumn(dialect, before?.table ?? table, column), 'removed')),
  ]
}

function pictureTable(dialect: Dialect, table: TableModel, before?: TableBefore): PicturedTable {
  const { schema, name } = table.ref
  const renamedFrom = before?.name
  const isAltered =
    before !== undefined &&
    (renamedFrom !== undefined || before.columns.size > 0 || tableDifferences(table, before.table).length > 0)
  const pictured = {
    ...(schema === undefined ? {} : { schema }),
    name,
    columns: pictureColumns(dialect, table, before),
    key: primaryKey(table),
    ...(table.comment ? { comment: table.comment } : {}),
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
  }
  return withMark(pictured, isAltered ? 'altered' : undefined)
}

const actionText = (action: string): string => action.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

function pictureReference(table: TableModel, key: ForeignKey, from: number, to: number): PicturedReference {
  const { name, columns, references, onDelete = 'noAction', onUpdate = 'noAction' } = key
  const isNullable = (name: string): boolean => table.columns.find((each) => each.name === name)?.nullable !== false
  return {
    ...(name === undefined ? {} : { name }),
    from,
    to,
    columns,
    references: references.columns,
    isOptional: columns.some((each) => isNullable(each) && !primaryKey(table).includes(each)),
    isUnique: uniqueSets(table).some((set) => holdsOnly(set, columns)),
    ...(onDelete === 'noAction' ? {} : { onDelete: actionText(onDelete) }),
    ...(onUpdate === 'noAction' ? {} : { onUpdate: actionText(onUpdate) }),
  }
}

/** The foreign keys of a table, those that are gone included. */
function referencesOf(
  table: TableModel,
  before: TableBefore | undefined,
  position: (ref: TableRef) => number | undefined,
): readonly PicturedReference[] {
  const from = position(table.ref) ?? 0
  const pictured = (key: ForeignKey, mark?: Mark): readonly PicturedReference[] => {
    const to = position(key.references.table)
    return to === undefined ? [] : [withMark(pictureReference(table, key, from, to), mark)]
  }
  if (before === undefined) return foreignKeys(table).flatMap((key) => pictured(key))
  const [previous, current] = [foreignKeys(before.table), foreignKeys(table)]
  const lacks = (keys: readonly ForeignKey[], key: ForeignKey): boolean =>
    keys.every((each) => factsOf(each) !== factsOf(key))
  return [
    ...current.flatMap((key) => pictured(key, lacks(previous, key) ? 'added' : undefined)),
    ...previous.flatMap((key) => (lacks(current, key) ? pictured(key, 'removed') : [])),
  ]
}

/** The tables as this dialect has them. */
function comparableTables(dialect: Dialect, schema: SchemaModel): readonly TableModel[] {
  const own = inOwnSchema(schema, dialect.model.ownSchema)
  return sorted(own.tables.values(), ({ ref }) => tableKey(ref)).map((table) => comparableTable(dialect, own, table))
}

/** What a picture of a schema shows; with the schema before, what has changed since is marked. */
export function pictureOf(dialect: Dialect, schema: SchemaModel, before?: SchemaBefore): PicturedSchema {
  const current = comparableTables(dialect, schema)
  const previous = before === undefined ? [] : comparableTables(dialect, before.schema)
  const tablesBefore = new Map(previous.map((table) => [tableKey(table.ref), table]))
  const keys = new Set(current.map(({ ref }) => tableKey(ref)))
  const removed = previous.filter(({ ref }) => !keys.has(tableKey(ref)))
  const positions = new Map([...current, ...removed].map(({ ref }, at) => [tableKey(ref), at]))
  const position = (ref: TableRef): number | undefined => positions.get(tableKey(ref))
  const beforeOf = ({ ref }: TableModel): TableBefore | undefined => {
    const key = tableKey(ref)
    const table = tablesBefore.get(key)
    return table && { table, name: before?.tables.get(key), columns: before?.columns.get(key) ?? new Map() }
  }
  const newMark = (table: TableModel): Mark | undefined =>
    before !== undefined && beforeOf(table) === undefined ? 'added' : undefined
  const parts = [
    ...current.map((table) => ({ table, before: beforeOf(table), mark: newMark(table) })),
    ...removed.map((table) => ({ table, before: undefined, mark: 'removed' as const })),
  ]
  return {
    tables: parts.map((each) => withMark(pictureTable(dialect, each.table, each.before), each.mark)),
    references: parts.flatMap((each) =>
      referencesOf(each.table, each.before, position).map((reference) => withMark(reference, each.mark)),
    ),
    enums: sorted(schema.enums.values(), ({ ref }) => tableKey(ref)).map(({ ref, values }) => ({ ...ref, values })),
  }
}
