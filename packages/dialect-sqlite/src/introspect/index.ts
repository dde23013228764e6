import {
  emptySchema,
  type IntrospectRequest,
  type SchemaModel,
  type Session,
  type TableModel,
  tableKey,
  triggerKey,
} from '@org/migrate-core/dialect'
import { foldName } from '../ddl/tokenize.ts'
import { readTable } from './tables.ts'
import { readTrigger } from './triggers.ts'
import { readView } from './views.ts'
import { knownModules, moduleOf, readVirtual, shadowTables } from './virtual.ts'

interface Entry {
  readonly type: string
  readonly name: string
  readonly table: string
  readonly sql: string
}

/** SQLite's own: sqlite_sequence, sqlite_stat1, … No other name may begin so. */
const isInternal = (name: string): boolean => foldName(name).startsWith('sqlite_')

async function entries(session: Session): Promise<readonly Entry[]> {
  // Indexes without a text belong to PRIMARY KEY and UNIQUE constraints, which the table's text says.
  const rows = await session.query(
    'SELECT type, name, tbl_name, sql FROM main.sqlite_master WHERE sql IS NOT NULL ORDER BY rowid',
  )
  return rows
    .map((row) => ({
      type: String(row.type),
      name: String(row.name),
      table: String(row.tbl_name),
      sql: String(row.sql),
    }))
    .filter((entry) => !isInternal(entry.name))
}

async function readTables(session: Session, all: readonly Entry[], wanted: readonly Entry[]): Promise<TableModel[]> {
  const modules = new Map(
    all.flatMap(({ type, name, sql }) => (type === 'table' ? [[name, moduleOf(sql)] as const] : [])),
  )
  const hasVirtual = [...modules.values()].some((module) => module !== undefined)
  const shadows = hasVirtual ? await shadowTables(session) : new Set<string>()
  const known = hasVirtual ? await knownModules(session) : new Set<string>()
  const indexes = new Map<string, string[]>()
  for (const { type, table, sql } of all) {
    if (type !== 'index') continue
    const of = indexes.get(foldName(table))
    if (of === undefined) indexes.set(foldName(table), [sql])
    else of.push(sql)
  }
  const tables: TableModel[] = []
  for (const { name, sql } of wanted) {
    const module = modules.get(name)
    if (module !== undefined) {
      tables.push(await readVirtual(session, name, sql, known.has(foldName(module))))
      continue
    }
    const table = readTable(sql, indexes.get(foldName(name)))
    tables.push(shadows.has(foldName(name)) ? { ...table, opaque: 'shadow' } : table)
  }
  return tables
}

/**
 * The schema of the `main` database. One statement reads all texts, whatever the number of tables; virtual tables, where
 * there are any, cost two more and one each. With `request.tables` only those tables are read, and every view and trigger
 * all the same: a change of a table has to look at their texts.
 *
 * Throws UNPARSED_SQL for a CREATE text that cannot be read.
 */
export async function introspect(session: Session, request: IntrospectRequest = {}): Promise<SchemaModel> {
  const all = await entries(session)
  const asked = request.tables === undefined ? undefined : new Set(request.tables.map(({ name }) => foldName(name)))
  const wanted = all.filter(({ type, name }) => type === 'table' && (asked === undefined || asked.has(foldName(name))))
  const tables = await readTables(session, all, wanted)
  const views = all.flatMap(({ type, sql }) => (type === 'view' ? [readView(sql)] : []))
  const triggers = all.flatMap(({ type, table, sql }) => (type === 'trigger' ? [readTrigger(sql, table)] : []))
  return {
    ...emptySchema,
    tables: new Map(tables.map((table) => [tableKey(table.ref), table])),
    views: new Map(views.map((view) => [tableKey(view.ref), view])),
    triggers: new Map(triggers.map((trigger) => [triggerKey(trigger.table, trigger.name), trigger])),
  }
}
