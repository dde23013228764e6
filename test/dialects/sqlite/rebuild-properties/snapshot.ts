import type { Database } from 'better-sqlite3'
import { quoted } from './names.ts'
import { fold } from './sql-text.ts'

/**
 * Everything of a database that a rebuild could spoil, read with the bare driver: texts from sqlite_master, values through
 * quote(), structure through SQLite's own pragmas.
 */
export interface Snapshot {
  readonly objects: readonly SchemaObject[]
  readonly tables: ReadonlyMap<string, TableShot>
  /** Rows by SELECT * of each view, or the error. */
  readonly views: ReadonlyMap<string, string>
  readonly sequence: readonly string[]
  readonly violations: readonly string[]
  readonly header: string
  readonly integrity: string
}

export interface SchemaObject {
  readonly type: 'table' | 'index' | 'trigger' | 'view'
  readonly name: string
  readonly table: string
  readonly sql: string | null
  readonly rootpage: number
}

export interface ColumnShot {
  readonly name: string
  readonly type: string
  readonly notNull: boolean
  readonly default: string | null
  readonly key: number
  readonly hidden: number
}

export interface TableShot {
  readonly name: string
  readonly columns: readonly ColumnShot[]
  readonly withoutRowid: boolean
  readonly strict: boolean
  /** A name by which the rowid can be asked for. */
  readonly rowid: string | undefined
  readonly rowids: readonly string[]
  /** Per row, per column (by name): the value, its type, and for texts also the bytes. */
  readonly rows: readonly ReadonlyMap<string, string>[]
  readonly foreignKeys: readonly string[]
  /** Indexes with their columns, those that constraints make too. */
  readonly indexes: readonly IndexShot[]
}

export interface IndexShot {
  readonly name: string
  readonly unique: boolean
  readonly origin: string
  readonly partial: boolean
  /** `column COLLATION desc` a key column; an expression has no name. */
  readonly elements: readonly string[]
}

const ours = /^(?:migrate_|sqlite_stat)/

const rowsOf = <T>(db: Database, sql: string, ...values: unknown[]): T[] => db.prepare(sql).all(...values) as T[]

export function objectsOf(db: Database): SchemaObject[] {
  return rowsOf<SchemaObject>(
    db,
    `SELECT type, name, tbl_name AS "table", sql, rootpage FROM main.sqlite_master ORDER BY type, name`,
  ).filter((object) => !ours.test(object.name) && !ours.test(object.table))
}

/** quote() stops at the first NUL of a text, so the bytes go along. */
export function cell(column: string): string {
  return `quote(${column}) || ' ' || typeof(${column}) || CASE typeof(${column}) WHEN 'text' THEN ' ' || hex(CAST(${column} AS BLOB)) ELSE '' END`
}

function columnsOf(db: Database, table: string): ColumnShot[] {
  const list = rowsOf<{
    name: string
    type: string
    notnull: number
    dflt_value: string | null
    pk: number
    hidden: number
  }>(db, `SELECT * FROM pragma_table_xinfo(?)`, table)
  // hidden = 1: the extra columns of a virtual table, which hold no data of it
  const columns = list.filter((one) => one.hidden !== 1)
  return columns.map((one) => ({
    name: one.name,
    type: one.type,
    notNull: one.notnull === 1,
    default: one.dflt_value,
    key: one.pk,
    hidden: one.hidden,
  }))
}

function tableShot(db: Database, name: string): TableShot {
  const listed = rowsOf<{ wr: number; strict: number }>(
    db,
    `SELECT wr, strict FROM pragma_table_list WHERE schema = 'main' AND name = ?`,
    name,
  )[0]
  const columns = columnsOf(db, name)
  const taken = new Set(columns.map((one) => fold(one.name)))
  const withoutRowid = listed?.wr === 1
  const rowid = withoutRowid ? undefined : ['rowid', 'oid', '_rowid_'].find((one) => !taken.has(one))
  const cells = columns.map((one) => cell(quoted(one.name)))
  const order = rowid === undefined ? (withoutRowid ? keyOrder(columns) : '') : ` ORDER BY ${rowid}`
  const select = `SELECT ${[rowid === undefined ? 'NULL' : `CAST(${rowid} AS TEXT)`, ...cells].join(', ')} FROM main.${quoted(name)}${order}`
  const rowids: string[] = []
  const rows: Map<string, string>[] = []
  for (const values of db.prepare(select).raw().all() as (string | null)[][]) {
    if (rowid !== undefined) rowids.push(values[0] ?? '')
    rows.push(new Map(columns.map((one, at) => [one.name, values[at + 1] ?? ''])))
  }
  const foreignKeys = rowsOf<{
    id: number
    seq: number
    table: string
    from: string
    to: string | null
    on_update: string
    on_delete: string
    match: string
  }>(db, `SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq`, name).map((one) =>
    JSON.stringify([one.seq, one.from, fold(one.table), one.to, one.on_update, one.on_delete, one.match]),
  )
  return {
    name,
    columns,
    withoutRowid,
    strict: listed?.strict === 1,
    rowid,
    rowids,
    rows,
    foreignKeys: foreignKeys.sort(),
    indexes: indexesOf(db, name),
  }
}

function keyOrder(columns: readonly ColumnShot[]): string {
  const key = columns.filter((one) => one.key > 0).sort((a, b) => a.key - b.key)
  return key.length === 0 ? '' : ` ORDER BY ${key.map((one) => quoted(one.name)).join(', ')}`
}

function indexesOf(db: Database, table: string): IndexShot[] {
  const list = rowsOf<{ name: string; unique: number; origin: string; partial: number }>(
    db,
    `SELECT * FROM pragma_index_list(?)`,
    table,
  )
  return list
    .map((one) => ({
      name: one.name,
      unique: one.unique === 1,
      origin: one.origin,
      partial: one.partial === 1,
      elements: rowsOf<{ name: string | null; desc: number; coll: string; key: number }>(
        db,
        `SELECT * FROM pragma_index_xinfo(?)`,
        one.name,
      )
        .filter((element) => element.key === 1)
        .map((element) => `${element.name ?? '(expression)'} ${element.coll} ${element.desc === 1 ? 'desc' : 'asc'}`),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function viewRows(db: Database, name: string): string {
  try {
    const statement = db.prepare(`SELECT * FROM main.${quoted(name)}`)
    const columns = statement.columns().map((one) => one.name)
    const select = db.prepare(`SELECT ${columns.map((one) => cell(quoted(one))).join(', ')} FROM main.${quoted(name)}`)
    const rows = (select.raw().all() as unknown[][]).map((row) => JSON.stringify(row))
    return JSON.stringify([columns, rows.sort()])
  } catch (error) {
    return `error: ${error instanceof Error ? error.message : String(error)}`
  }
}

export function takeSnapshot(db: Database): Snapshot {
  const objects = objectsOf(db)
  const tables = new Map<string, TableShot>()
  const views = new Map<string, string>()
  for (const object of objects) {
    if (object.type === 'table' && object.name !== 'sqlite_sequence')
      tables.set(object.name, tableShot(db, object.name))
    if (object.type === 'view') views.set(object.name, viewRows(db, object.name))
  }
  const counted = objects.some((object) => object.name === 'sqlite_sequence')
  const sequence = counted
    ? rowsOf<{ name: string; seq: string }>(
        db,
        `SELECT name, quote(seq) AS seq FROM sqlite_sequence ORDER BY name, seq`,
      ).filter((one) => !ours.test(one.name))
    : []
  const violations = rowsOf<{ table: string; rowid: number | null; parent: string; fkid: number }>(
    db,
    'PRAGMA main.foreign_key_check',
  )
  const pragma = (name: string): unknown => db.pragma(`main.${name}`, { simple: true })
  return {
    objects,
    tables,
    views,
    sequence: sequence.map((one) => JSON.stringify([one.name, one.seq])),
    violations: violations.map((one) => JSON.stringify([fold(one.table), one.rowid, fold(one.parent)])).sort(),
    header: JSON.stringify(
      ['user_version', 'application_id', 'encoding', 'page_size', 'auto_vacuum', 'journal_mode'].map((name) => [
        name,
        pragma(name),
      ]),
    ),
    integrity: JSON.stringify(rowsOf<unknown>(db, 'PRAGMA main.integrity_check')),
  }
}

/** The whole snapshot as one text, for comparing databases that should be the same. */
export function snapshotText(snapshot: Snapshot): string {
  return JSON.stringify(snapshot, (_key, value: unknown) => (value instanceof Map ? [...value] : value))
}
