import {
  emptySchema,
  type IntrospectRequest,
  isMigrateError,
  type SchemaModel,
  type Session,
  type TableModel,
  tableKey,
  triggerKey,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { codeOf } from '../sql/faults.ts'
import { quoteName } from '../sql/quote.ts'
import { foldName, nameOf, tokenize } from '../sql/tokenize.ts'
import { namedAround, namesakes, readEntries, referrersOf, type SchemaEntry } from './entries.ts'
import { spellReferences } from './references.ts'
import { readTable } from './tables.ts'
import { readTrigger } from './triggers.ts'
import { readView } from './views.ts'
import { moduleOf, moduleOption, readAvailableModules, readVirtual, shadowTables } from './virtual.ts'

/** Reads a text that was not requested: one that cannot be read is left out, so that it blocks nothing. */
function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (isMigrateError(error) && error.code === 'UNPARSED_SQL') return undefined
    throw error
  }
}

function indexTexts(all: readonly SchemaEntry[]): ReadonlyMap<string, readonly string[]> {
  const byTable = new Map<string, string[]>()
  for (const { type, table, sql } of all) {
    if (type !== 'index') continue
    const of = byTable.get(foldName(table))
    if (of === undefined) byTable.set(foldName(table), [sql])
    else of.push(sql)
  }
  return byTable
}

type ReadReason = 'requested' | 'related'

async function readTables(
  session: Session,
  all: readonly SchemaEntry[],
  reasonFor: (name: string) => ReadReason | undefined,
): Promise<readonly TableModel[]> {
  const modules = new Map(
    all.flatMap(({ type, name, sql, rooted }) => (type === 'table' && !rooted ? [[name, moduleOf(sql)] as const] : [])),
  )
  const hasVirtual = [...modules.values()].some((module) => module !== undefined)
  const shadows = hasVirtual ? await shadowTables(session) : new Set<string>()
  const availableModules = hasVirtual ? await readAvailableModules(session) : new Set<string>()
  const indexes = indexTexts(all)
  const tables: TableModel[] = []
  for (const { type, name, sql } of all) {
    const reason = type === 'table' ? reasonFor(foldName(name)) : undefined
    if (reason === undefined) continue
    const module = modules.get(name)
    if (module !== undefined) {
      tables.push(await readVirtual(session, name, sql, availableModules.has(foldName(module))))
      continue
    }
    const read = (): TableModel => readTable(sql, indexes.get(foldName(name)))
    const table = reason === 'requested' ? read() : ifReadable(read)
    if (table !== undefined) tables.push(shadows.has(foldName(name)) ? { ...table, opaque: 'shadow' } : table)
  }
  return tables
}

/** Whether a text names one of the tables, as far as its tokens tell. */
function names(sql: string, tables: ReadonlySet<string>): boolean {
  return tokenize(sql).some((token) => tables.has(foldName(nameOf(token) ?? '')))
}

/** SQLite reads the text of a view when it is used: a query that gives nothing tells whether it still can be. */
async function markBroken(session: Session, views: readonly ViewModel[]): Promise<readonly ViewModel[]> {
  const marked: ViewModel[] = []
  for (const view of views) {
    const compiles = await session.query(`SELECT 1 FROM main.${quoteName(view.ref.name)} LIMIT 0`).then(
      () => true,
      (error: unknown) => {
        if (codeOf(error) === 'SQLITE_ERROR') return false
        throw error
      },
    )
    marked.push(compiles ? view : { ...view, broken: true })
  }
  return marked
}

/** The full-text indexes, folded, whose texts are the rows of one of these tables. */
const indexesOf = (entries: readonly SchemaEntry[], tables: ReadonlySet<string>): readonly string[] =>
  entries
    .filter(({ type, sql }) => type === 'table' && moduleOf(sql) !== undefined)
    .filter(({ sql }) => tables.has(foldName(moduleOption(sql, 'CONTENT') ?? '')))
    .map(({ name }) => foldName(name))

/**
 * The schema of the `main` database. One statement reads all texts, whatever the number of tables; virtual tables, where
 * there are any, cost two more and one each, views one each, and `referrers` one. With `request.tables` only those tables are read, and
 * every view and trigger all the same: a change of a table has to look at their texts.
 *
 * Throws UNPARSED_SQL for the CREATE text of something asked for that cannot be read.
 *
 * With `referrers` also the tables that views and triggers around these name.
 *
 * @param which `all`: with `referrers` also the tables that refer to these, and so on
 */
export async function introspect(
  session: Session,
  request: IntrospectRequest = {},
  which: 'direct' | 'all' = 'direct',
): Promise<SchemaModel> {
  const requested = request.tables === undefined ? undefined : new Set(request.tables.map(({ name }) => foldName(name)))
  // Who refers to a table stands in the texts of the others.
  const all = await readEntries(session, request.referrers ? undefined : requested)
  const related =
    requested !== undefined && request.referrers
      ? new Set([
          ...(await referrersOf(session, all, requested, which)),
          ...indexesOf(all, requested),
          ...namedAround(all, requested),
          ...namesakes(all, request.newNames),
        ])
      : new Set<string>()
  const tables = await readTables(session, all, (name) =>
    requested === undefined || requested.has(name) ? 'requested' : related.has(name) ? 'related' : undefined,
  )
  const readBody = <T>({ table, sql }: SchemaEntry, read: () => T): readonly T[] => {
    if (requested === undefined || requested.has(foldName(table)) || names(sql, requested)) return [read()]
    const body = ifReadable(read)
    return body === undefined ? [] : [body]
  }
  const of = (kind: string): readonly SchemaEntry[] => all.filter(({ type }) => type === kind)
  const views = await markBroken(
    session,
    of('view').flatMap((entry) => readBody(entry, () => readView(entry.sql))),
  )
  const triggers = of('trigger').flatMap((entry) => readBody(entry, () => readTrigger(entry.sql, entry.table)))
  const byKey = new Map(tables.map((table) => [tableKey(table.ref), table]))
  return {
    ...emptySchema,
    tables: new Map([...byKey].map(([key, table]) => [key, spellReferences(table, byKey)])),
    views: new Map(views.map((view) => [tableKey(view.ref), view])),
    triggers: new Map(triggers.map((trigger) => [triggerKey(trigger.table, trigger.name), trigger])),
  }
}
