import type { Operation } from '@org/migrate-core'
import {
  type ColumnModel,
  type Dialect,
  decodeRowValue,
  type Row,
  refText,
  type SchemaModel,
  type Session,
  type SqlValue,
  type Statement,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import { encodeRowValue, primaryColumns, renamedTable } from '@org/migrate-core/internal'
import { dependencyOrder } from '../differences/view-order.ts'

type InsertRows = Extract<Operation, { readonly kind: 'insertRows' }>

/** The rows of the tables that `insertRows` fills. */
export interface ReferenceRows {
  readonly inserts: readonly InsertRows[]
  /** What moves the counters of these tables on to where they are. */
  readonly counters: readonly Statement[]
  /** Tables that have rows from data steps or SQL only. */
  readonly unrecorded: readonly string[]
}

/** The columns that operations give values to, by the key of their table as it is called at the end. */
export function filledColumns(operations: readonly Operation[]): ReadonlyMap<string, ReadonlySet<string>> {
  const tables = new Map<string, Set<string>>()
  const follow = (operation: Operation): void => {
    const renamed = renamedTable(operation)
    if (operation.kind === 'insertRows') {
      const key = tableKey(operation.table)
      tables.set(key, new Set([...(tables.get(key) ?? []), ...operation.columns]))
    } else if (operation.kind === 'dropTable') tables.delete(tableKey(operation.table))
    else if (operation.kind === 'renameColumn') {
      const columns = tables.get(tableKey(operation.table))
      if (columns?.delete(operation.column)) columns.add(operation.to)
    } else if (renamed !== undefined) {
      const columns = tables.get(tableKey(renamed.from))
      tables.delete(tableKey(renamed.from))
      if (columns !== undefined) tables.set(tableKey(renamed.to), columns)
    } else if (operation.kind === 'sql') for (const effect of operation.effects ?? []) follow(effect)
  }
  for (const operation of operations) follow(operation)
  return tables
}

const computesDefault = ({ default: value }: ColumnModel): boolean => value !== undefined && value.kind !== 'literal'

function compareCells(one: SqlValue, other: SqlValue): number {
  const isNumber = (value: SqlValue): value is number | bigint => typeof value === 'number' || typeof value === 'bigint'
  const [left, right] = isNumber(one) && isNumber(other) ? [one, other] : [String(one), String(other)]
  return left < right ? -1 : left > right ? 1 : 0
}

/** By the primary key, whatever the collation of the server is; rows that others of the same table refer to come first. */
function inOrder(table: TableModel, rows: readonly Row[]): readonly Row[] {
  const key = [...primaryColumns(table), ...table.columns.map(({ name }) => name)]
  const sorted = rows.toSorted((one, other) => {
    for (const column of key) {
      const order = compareCells(one[column] ?? null, other[column] ?? null)
      if (order !== 0) return order
    }
    return 0
  })
  const own = table.constraints.filter(
    (each) => each.kind === 'foreignKey' && tableKey(each.references.table) === tableKey(table.ref),
  )
  return dependencyOrder(sorted, (row) =>
    own.flatMap((each) => {
      if (each.kind !== 'foreignKey') return []
      const { columns, references } = each
      const named = references.columns.length === 0 ? primaryColumns(table) : references.columns
      return sorted.filter(
        (other) =>
          other !== row &&
          columns.every((column, at) => compareCells(row[column] ?? null, other[named[at] ?? ''] ?? null) === 0),
      )
    }),
  )
}

/** Tables in an order in which the rows of each find those that they refer to. */
const tablesInOrder = ({ tables }: SchemaModel): readonly TableModel[] =>
  dependencyOrder([...tables.values()], (table) =>
    table.constraints.flatMap((each) => {
      const target = each.kind === 'foreignKey' ? tables.get(tableKey(each.references.table)) : undefined
      return target === undefined || target === table ? [] : [target]
    }),
  )

/**
 * Reads the rows that the database got by `insertRows`. A column that the revisions leave to a default that is computed (the time, a random id)
 * is left to it again: what it held here, it holds nowhere else.
 */
export async function readReferenceRows(
  dialect: Dialect,
  session: Session,
  schema: SchemaModel,
  filled: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<ReferenceRows> {
  const { quote } = dialect.sql
  const inserts: InsertRows[] = []
  const counters: Statement[] = []
  const unrecorded: string[] = []
  for (const table of tablesInOrder(schema)) {
    if (table.opaque !== undefined || table.columns.length === 0) continue
    const given = filled.get(tableKey(table.ref))
    const name = quote.table(table.ref).text
    if (given === undefined) {
      if ((await session.query(`SELECT 1 AS ${quote.identifier('n').text} FROM ${name} LIMIT 1`)).length > 0)
        unrecorded.push(refText(table.ref))
      continue
    }
    const last = (await dialect.rows?.counters?.read(session, table)) ?? new Map<string, bigint>()
    const columns = table.columns
      .filter((each) => each.generated === undefined)
      .filter((each) => given.has(each.name) || last.has(each.name) || !computesDefault(each))
      .map((each) => each.name)
    const list = table.columns.map((each) => quote.identifier(each.name).text).join(', ')
    const rows = inOrder(table, await session.query(`SELECT ${list} FROM ${name}`))
    if (rows.length > 0)
      inserts.push({
        kind: 'insertRows',
        table: table.ref,
        columns,
        rows: rows.map((row) => columns.map((column) => encodeRowValue(row[column] ?? null))),
      })
    for (const [column, number] of last) counters.push(...(dialect.rows?.counters?.set(table, column, number) ?? []))
  }
  return { inserts, counters, unrecorded }
}

/** What they hold, for a comparison. */
export const rowTexts = ({ inserts }: ReferenceRows): readonly string[] =>
  inserts.flatMap(({ table, columns, rows }) =>
    rows.map(
      (row) =>
        `row of ${refText(table)}: ${row.map((value, at) => `${columns[at]} ${String(decodeRowValue(value))}`).join(', ')}`,
    ),
  )
