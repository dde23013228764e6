import {
  type Dialect,
  nameOfKey,
  refText,
  type SchemaModel,
  type Session,
  type SqlValue,
  schemaDifferences,
  type TableModel,
} from '@org/migrate-core/dialect'
import { uniqueKeyOf } from '@org/migrate-core/internal'

interface TableSnapshot {
  readonly table: TableModel
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The schema and the rows of a database, without the tables of the migrator. */
export interface Snapshot {
  readonly schema: SchemaModel
  readonly tables: ReadonlyMap<string, TableSnapshot>
}

function textOf(value: SqlValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`
  return Object.is(value, -0) ? '-0' : String(value)
}

/** Tables of other kinds show rows that are stored elsewhere. */
export const holdsRows = ({ opaque, columns }: TableModel): boolean =>
  columns.length > 0 && (opaque === undefined || opaque === 'versioned')

async function readTable({ sql }: Dialect, session: Session, table: TableModel): Promise<TableSnapshot> {
  const columns = table.columns.map(({ name }) => name)
  const list = columns.map((column) => sql.quote.identifier(column).text).join(', ')
  const rows = await session.query(`SELECT ${list} FROM ${sql.quote.table(table.ref).text}`)
  return { table, columns, rows: rows.map((row) => columns.map((column) => textOf(row[column] ?? null))) }
}

export async function readSnapshot(dialect: Dialect, session: Session, own: ReadonlySet<string>): Promise<Snapshot> {
  const model = await dialect.introspection.schema(session)
  const schema: SchemaModel = {
    ...model,
    tables: new Map([...model.tables].filter(([, { ref }]) => !own.has(ref.name))),
    sequences: new Map([...model.sequences].filter(([, { ownedBy }]) => !own.has(ownedBy?.table.name ?? ''))),
  }
  const tables = new Map<string, TableSnapshot>()
  for (const [key, table] of schema.tables) {
    if (holdsRows(table)) tables.set(key, await readTable(dialect, session, table))
  }
  return { schema, tables }
}

const surroundings = (kind: string, expected: readonly string[], actual: readonly string[]): readonly string[] => [
  ...expected.filter((name) => !actual.includes(name)).map((name) => `${kind} ${name} is missing`),
  ...actual.filter((name) => !expected.includes(name)).map((name) => `${kind} ${name} is not expected`),
]

/** How the second schema differs from the first, a line each. Both were read from one server. */
export function schemaChanges({ schema: expected }: Snapshot, { schema: actual }: Snapshot): readonly string[] {
  return [
    ...schemaDifferences(expected, actual),
    ...surroundings('schema', expected.schemas, actual.schemas),
    ...surroundings('extension', expected.extensions, actual.extensions),
  ]
}

/** What a plan announces to take away: `column users.age`, `table users`. */
export type AnnouncedLosses = ReadonlySet<string>

/** The tables and columns, by the names that plans give them, which the second snapshot lacks. */
export const removedFrom = (before: Snapshot, after: Snapshot): readonly string[] =>
  [...before.tables].flatMap(([key, { columns }]) => {
    const left = after.tables.get(key)
    if (left === undefined) return [`table ${key}`]
    return columns.filter((column) => !left.columns.includes(column)).map((column) => `column ${key}.${column}`)
  })

const mostNamed = 5

function countOf(rows: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1)
  return counts
}

interface ComparedTable {
  readonly name: string
  readonly columns: readonly string[]
  /** How many of the first columns tell the rows apart; none: no key. */
  readonly keys: number
  readonly expected: readonly (readonly string[])[]
  readonly actual: readonly (readonly string[])[]
}

const cells = (columns: readonly string[], row: readonly string[]): string =>
  columns.map((column, at) => `${column} ${row[at]}`).join(', ')

/** Rows of one key on both sides, cell by cell; rows without a counterpart. */
function keyedDifferences({ name, columns, keys, expected, actual }: ComparedTable): readonly string[] {
  const keyOf = (row: readonly string[]): string => JSON.stringify(row.slice(0, keys))
  const counterparts = new Map(actual.map((row) => [keyOf(row), row]))
  const known = new Set(expected.map(keyOf))
  const title = (row: readonly string[]): string => `${name}, ${cells(columns.slice(0, keys), row)}`
  return [
    ...expected.flatMap((row) => {
      const other = counterparts.get(keyOf(row))
      if (other === undefined) return [`${title(row)}: the row is missing`]
      return columns.flatMap((column, at) =>
        row[at] === other[at] ? [] : [`${title(row)}: ${column} is ${other[at]}, expected ${row[at]}`],
      )
    }),
    ...actual.flatMap((row) => (known.has(keyOf(row)) ? [] : [`${title(row)}: the row is not expected`])),
  ]
}

function unkeyedDifferences({ name, columns, expected, actual }: ComparedTable): readonly string[] {
  const textOfRow = (row: readonly string[]): string => cells(columns, row)
  const [desired, present] = [countOf(expected.map(textOfRow)), countOf(actual.map(textOfRow))]
  const surplus = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): readonly string[] =>
    [...one].flatMap(([row, count]) => Array.from({ length: Math.max(0, count - (other.get(row) ?? 0)) }, () => row))
  return [
    ...surplus(desired, present).map((row) => `${name}: the row ${row} is missing`),
    ...surplus(present, desired).map((row) => `${name}: the row ${row} is not expected`),
  ]
}

/** The columns that both have and that no plan takes away, those of the key first. */
function comparedTable(
  key: string,
  { table, columns, rows }: TableSnapshot,
  other: TableSnapshot,
  announced: AnnouncedLosses,
): ComparedTable {
  const compared = columns.filter((each) => other.columns.includes(each) && !announced.has(`column ${key}.${each}`))
  const unique = uniqueKeyOf(table) ?? []
  const isKeyed = unique.length > 0 && unique.every((column) => compared.includes(column))
  const ordered = isKeyed ? [...unique, ...compared.filter((column) => !unique.includes(column))] : compared
  const project = (from: TableSnapshot): readonly (readonly string[])[] => {
    const positions = ordered.map((column) => from.columns.indexOf(column))
    return from.rows.map((row) => positions.map((at) => row[at] ?? 'NULL'))
  }
  return {
    name: nameOfKey(key),
    columns: ordered,
    keys: isKeyed ? unique.length : 0,
    expected: project({ table, columns, rows }),
    actual: project(other),
  }
}

/** How the rows of the second snapshot differ from those of the first, a line each, except for what was announced. */
export function rowChanges(expected: Snapshot, actual: Snapshot, announced: AnnouncedLosses): readonly string[] {
  return [...expected.tables].flatMap(([key, table]) => {
    const other = actual.tables.get(key)
    if (other === undefined || announced.has(`table ${key}`)) return []
    const compared = comparedTable(key, table, other, announced)
    if (compared.columns.length === 0) return []
    const lines = compared.keys > 0 ? keyedDifferences(compared) : unkeyedDifferences(compared)
    const more = lines.length - mostNamed
    return more > 0 ? [...lines.slice(0, mostNamed), `${refText(table.table.ref)}: and ${more} more`] : lines
  })
}

/** The tables of the second snapshot whose definition or rows are not those of the first. */
export function changedTables(before: Snapshot, after: Snapshot): readonly TableModel[] {
  const nothing: Snapshot = { schema: { ...after.schema, tables: new Map() }, tables: new Map() }
  const only = ({ schema, tables }: Snapshot, key: string): Snapshot => {
    const [table, rows] = [schema.tables.get(key), tables.get(key)]
    return {
      schema: { ...nothing.schema, tables: new Map(table === undefined ? [] : [[key, table]]) },
      tables: new Map(rows === undefined ? [] : [[key, rows]]),
    }
  }
  return [...after.tables].flatMap(([key, { table }]) => {
    const [one, other] = [only(before, key), only(after, key)]
    const isSame = schemaChanges(one, other).length === 0 && rowChanges(one, other, new Set()).length === 0
    return isSame && before.tables.has(key) ? [] : [table]
  })
}
