import type { ColumnModel, ColumnType, ConstraintModel, SchemaModel, TableModel } from '@org/migrate-core/dialect'
import { tableKey } from '@org/migrate-core/dialect'
import type { SqlFragments, SubjectDatabase } from '../../../../packages/conformance/src/subject.ts'
import { type Random, random as randomOf } from '../../../kit/random.ts'
import { columnCounterpart, counterpart, type Pair } from './pair.ts'

/** The server's own words for values. */
export interface Spelling {
  readonly fragments: SqlFragments
  readonly flavour: 'sqlite' | 'postgres' | 'mysql'
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`

/** The type's text for the row at that place: another one in each row, and none too long for it. */
const plain: { readonly [K in ColumnType['kind']]: (at: number, type: Extract<ColumnType, { kind: K }>) => string } = {
  integer: (at) => String(11 + at),
  boolean: (at) => (at % 2 === 0 ? 'true' : 'false'),
  text: (at) => `row ${at}: it's größer`,
  varchar: (at, { length = 255 }) => (length < 20 ? 'abcdef'.charAt(at) : `row ${at}: it's größer`),
  char: (at, { length }) => (length < 8 ? 'abcdef'.charAt(at) : `row ${at}`),
  decimal: (at, { scale = 0 }) => (scale === 0 ? String(1 + at) : `${1 + at}.5`),
  real: (at) => `${1 + at}.5`,
  double: (at) => `${1 + at}.25`,
  date: (at) => `2026-01-1${at}`,
  time: (at) => `10:00:0${at}`,
  timestamp: (at) => `2026-01-1${at} 10:00:00`,
  json: (at) => `{"n": ${at}}`,
  uuid: (at) => `00000000-0000-4000-8000-00000000000${at}`,
  bytes: (at) => `0${at}`,
  enum: (at, { values }) => values[at % values.length] ?? '',
  native: () => '1',
}

const textOf = (at: number, type: ColumnType): string =>
  (plain[type.kind] as (at: number, type: ColumnType) => string)(at, type)

const isText = ({ kind }: ColumnType): boolean => kind === 'text' || kind === 'varchar' || kind === 'char'

/** A text that is to become something else is one of those values already; one that is to be shorter has the room. */
function textFor(at: number, type: ColumnType, into: ColumnType): string {
  const own = textOf(at, type)
  if (!isText(type) || type.kind === into.kind || into.kind === 'bytes') {
    const short = isText(type) && isText(into) ? textOf(at, into) : own
    return short.length < own.length ? short : own
  }
  const other = textOf(at, into)
  return 'length' in type && type.length !== undefined && other.length > type.length ? own : other
}

/** A value of the row at that place, which can be turned into the type that the column is to have. */
export function valueFor(at: number, type: ColumnType, into: ColumnType, { flavour }: Spelling): string {
  const value = textFor(at, type, into)
  if (type.kind === 'bytes') return flavour === 'postgres' ? `'\\x${value}'::bytea` : `x'${value}'`
  return ['integer', 'boolean', 'decimal', 'real', 'double'].includes(type.kind) ? value : text(value)
}

type Row = ReadonlyMap<string, string>

interface Filling {
  readonly random: Random
  readonly spelling: Spelling
  readonly pair: Pair
  /** The rows of the tables that have some, by `tableKey`. */
  readonly filled: Map<string, readonly Row[]>
}

type ForeignKey = Extract<ConstraintModel, { kind: 'foreignKey' }>

const keysOf = ({ constraints }: TableModel): readonly ForeignKey[] =>
  constraints.flatMap((one) => (one.kind === 'foreignKey' ? [one] : []))

/** The type that the column is to have. */
function intoOf({ pair }: Filling, table: TableModel, { name, type }: ColumnModel): ColumnType {
  const now = counterpart(pair, table)
  const counterpartColumn = now && columnCounterpart(pair, table, now, name)
  return now?.columns.find((one) => one.name === counterpartColumn)?.type ?? type
}

/** Texts in which a NULL would say something of its own: of checks and of keys that let one through. */
function isTelling({ constraints }: TableModel, { fragments }: Spelling, column: string): boolean {
  return constraints.some((one) => {
    if (one.kind === 'check') return one.expression.includes(fragments.quoted(column))
    return one.kind === 'primaryKey' || (one.kind === 'unique' && one.nullsNotDistinct === true)
      ? one.columns.includes(column)
      : false
  })
}

/** What the key's columns hold in the row at that place: the key of a row that is there, or nothing. */
function referring({ filled }: Filling, table: TableModel, key: ForeignKey, rows: readonly Row[], at: number) {
  const isSelf = tableKey(key.references.table) === tableKey(table.ref)
  const target = isSelf ? rows[0] : filled.get(tableKey(key.references.table))?.[at]
  const values = key.references.columns.map((column) => target?.get(column) ?? 'NULL')
  const whole = values.every((value) => value !== 'NULL')
  return new Map(key.columns.map((column, index) => [column, whole ? (values[index] ?? 'NULL') : 'NULL']))
}

function rowAt(filling: Filling, table: TableModel, rows: readonly Row[], at: number): Row {
  const { random, spelling } = filling
  const keys = new Map(keysOf(table).flatMap((key) => [...referring(filling, table, key, rows, at)]))
  return new Map(
    table.columns.flatMap((column): (readonly [string, string])[] => {
      if (column.generated !== undefined) return []
      const key = keys.get(column.name)
      if (key !== undefined) return [[column.name, key]]
      const canBeNull = column.nullable && !isTelling(table, spelling, column.name)
      if (canBeNull && random.chance(0.25)) return [[column.name, 'NULL']]
      return [[column.name, valueFor(at, column.type, intoOf(filling, table, column), spelling)]]
    }),
  )
}

const named = (table: TableModel, { fragments }: Spelling): string =>
  [table.ref.schema, table.ref.name].flatMap((part) => (part === undefined ? [] : [fragments.quoted(part)])).join('.')

function insertion(table: TableModel, rows: readonly Row[], { fragments, flavour }: Spelling): string {
  const columns = [...(rows[0]?.keys() ?? [])]
  const values = rows.map((row) => `(${columns.map((name) => row.get(name) ?? 'NULL').join(', ')})`)
  // Also what an identity of PostgreSQL would number by itself gets the value that is meant.
  const own = flavour === 'postgres' ? ' OVERRIDING SYSTEM VALUE' : ''
  return `INSERT INTO ${named(table, { fragments, flavour })} (${columns.map(fragments.quoted).join(', ')})${own} VALUES ${values.join(', ')}`
}

/** The tables, those first that others refer to; circles as they come. */
function inOrder(model: SchemaModel): readonly TableModel[] {
  const order: TableModel[] = []
  const visit = (table: TableModel, path: readonly TableModel[]): void => {
    if (order.includes(table) || path.includes(table)) return
    for (const { references } of keysOf(table)) {
      const target = model.tables.get(tableKey(references.table))
      if (target !== undefined) visit(target, [...path, table])
    }
    order.push(table)
  }
  for (const table of model.tables.values()) visit(table, [])
  return order
}

export interface Filled {
  /** How many tables there are, and how many of them have rows. */
  readonly tables: number
  readonly withRows: number
  /** What the server said of rows that it did not take. */
  readonly refused: readonly string[]
}

/** Puts two or three rows into each table of the pair's first side, by the client beside. */
export async function fillTables(
  database: SubjectDatabase,
  pair: Pair,
  spelling: Spelling,
  seed: number,
): Promise<Filled> {
  const random = randomOf(seed + 17)
  const filling: Filling = { random, spelling, pair, filled: new Map() }
  const refused: string[] = []
  let withRows = 0
  const tables = inOrder(pair.from)
  for (const table of tables) {
    const rows: Row[] = []
    const count = random.int(2, 3)
    for (let at = 0; at < count; at++) rows.push(rowAt(filling, table, rows, at))
    for (const some of [rows, rows.slice(0, 1)]) {
      try {
        await database.sql(insertion(table, some, spelling))
        filling.filled.set(tableKey(table.ref), some)
        withRows += 1
        break
      } catch (error) {
        refused.push(`${table.ref.name}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
  return { tables: tables.length, withRows, refused }
}

/** The rows of a table as texts, in no order: what each column holds. */
export type Rows = readonly { readonly [column: string]: string | null }[]

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The rows of each of these tables, by `tableKey`. */
export async function readRows(
  database: SubjectDatabase,
  tables: Iterable<TableModel>,
  spelling: Spelling,
): Promise<ReadonlyMap<string, Rows>> {
  const rowsOf = new Map<string, Rows>()
  for (const table of tables) {
    const rows = await database.sql(`SELECT * FROM ${named(table, spelling)}`)
    rowsOf.set(
      tableKey(table.ref),
      rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, asText(value)]))),
    )
  }
  return rowsOf
}

/** Empties the tables, whatever refers to them. */
export async function emptyTables(
  database: SubjectDatabase,
  tables: Iterable<TableModel>,
  spelling: Spelling,
): Promise<void> {
  const names = [...tables].map((table) => named(table, spelling))
  if (names.length === 0) return
  const { flavour } = spelling
  if (flavour === 'postgres') await database.sql(`TRUNCATE ${names.join(', ')} CASCADE`)
  else if (flavour === 'mysql')
    await database.sql(['SET FOREIGN_KEY_CHECKS = 0', ...names.map((name) => `DELETE FROM ${name}`)].join('; '))
  else {
    await database.sql('PRAGMA foreign_keys = OFF')
    for (const name of names) await database.sql(`DELETE FROM ${name}`)
  }
}
