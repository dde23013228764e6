import {
  emptySchema,
  type IntrospectRequest,
  present,
  type Row,
  type SchemaModel,
  type Session,
  type TableModel,
  tableKey,
  triggerKey,
} from '@org/migrate-core/dialect'
import { respelledTable, spellingOf } from '../ddl/respell.ts'
import type { Server } from '../flavour.ts'
import { byTable, type TableFilter, text } from './catalog.ts'
import { columnReader, readColumnRows } from './columns.ts'
import { readCheckRows, readKeyRows, readNamesakes, readReferrers, readRuleRows } from './constraints.ts'
import { readIndexRows } from './indexes.ts'
import { withLostCharacters } from './lost-characters.ts'
import { readSequences } from './sequences.ts'
import {
  keepRead,
  readBefore,
  readOtherNames,
  readSource,
  readTable,
  readTableRows,
  sourceNow,
  type TableRows,
} from './tables.ts'
import { readPrograms, readTrigger, readTriggerRows } from './triggers.ts'
import { readView, readViewRows } from './views.ts'

async function readTables(
  server: Server,
  session: Session,
  names: TableFilter,
  { only, counters }: IntrospectRequest,
  spelled: (name: string) => string,
): Promise<readonly TableModel[]> {
  const tableRows = await readTableRows(session, names)
  // What is about to be changed is asked for by name, and needs every word of its text.
  const isWhole = names !== undefined && only === undefined
  const sources = new Map<string, string>()
  const known = new Map<string, TableModel>()
  for (const row of isWhole ? tableRows : []) {
    const name = text(row, 'name')
    const source = await readSource(session, name, counters)
    const table = spelled(name) === name ? readBefore(server, source) : undefined
    sources.set(name, source)
    if (table !== undefined) known.set(name, table)
  }
  const unknown = tableRows.map((row) => text(row, 'name')).filter((name) => !known.has(name))
  const filter = names === undefined ? undefined : unknown
  const reader = unknown.length === 0 ? undefined : await tableReader(server, session, filter, isWhole)
  const tables: TableModel[] = []
  for (const row of tableRows) {
    const name = text(row, 'name')
    const source = sources.get(name)
    const read = known.has(name) ? undefined : await reader?.(row, source)
    const table = known.get(name) ?? (read && readTable(server, spelled(name), read.rows, read.readColumn))
    if (table !== undefined) tables.push(table)
    // Where the text says what it said before the catalog was read, all that was read is of one moment.
    const canShare =
      read?.rows.source !== undefined && read.rows.source === source && spelled(name) === name && !counters
    if (canShare && table !== undefined && (await sourceNow(session, name)) === source)
      keepRead(server, source, table, read.rows)
  }
  return tables
}

/** Reads what the catalog has of the tables of these names, and gives what it has of one after the other. */
async function tableReader(server: Server, session: Session, filter: TableFilter, isWhole: boolean) {
  // Sent together: what has come is put in order while the server works on the next.
  const [columns, indexes, keys, rules, checks, tables] = await Promise.all([
    readColumnRows(session, filter).then(byTable),
    readIndexRows(server, session, filter).then(byTable),
    readKeyRows(session, filter).then(byTable),
    readRuleRows(session, filter).then(byTable),
    readCheckRows(server, session, filter).then(byTable),
    // Behind the texts once more, so that all of it may be of one moment.
    isWhole ? readTableRows(session, filter) : [],
  ])
  const readColumn = columnReader(server)
  return async (row: Row, source: string | undefined) => {
    const name = text(row, 'name')
    const read = { columns: columns.get(name) ?? [], checks: checks.get(name) ?? [], source }
    const rows: TableRows = {
      table: tables.find((each) => text(each, 'name') === name) ?? row,
      indexes: indexes.get(name) ?? [],
      keys: keys.get(name) ?? [],
      rules: rules.get(name) ?? [],
      ...(await withLostCharacters(server, session, name, read, () => readSource(session, name))),
    }
    return { rows, readColumn }
  }
}

/**
 * The schema of the database that the connection stands in: one query for each kind of object, whatever the number of tables; for
 * tables that are asked for by name one more each, for their text. Views, triggers and sequences are always read.
 *
 * Where the server does not tell names of tables apart by case, a table is called as it was asked for.
 */
export function introspectFor(server: Server): (session: Session, request?: IntrospectRequest) => Promise<SchemaModel> {
  return async (session, request = {}) => {
    // No name holds a character beyond U+FFFF, and the catalog's character set has none to compare with (3988).
    const requested = request.tables?.flatMap(({ schema, name }) =>
      schema === undefined && !/[\uD800-\uDFFF]/.test(name) ? [name] : [],
    )
    const spelled = spellingOf(server.lowerCaseTableNames === 0 ? [] : (requested ?? []))
    const additive = request.additive === true
    const readsReferrers = requested !== undefined && request.referrers === true && !additive
    const referrers = readsReferrers ? await readReferrers(session, requested) : []
    const namesakes = requested === undefined ? [] : await readNamesakes(server, session, request.newNames ?? [])
    const names = requested === undefined ? undefined : [...new Set([...requested, ...referrers, ...namesakes])]
    const rawTables = names?.length === 0 ? [] : await readTables(server, session, names, request, spelled)
    const tables = rawTables.map((table) => respelledTable(table, spelled))
    const all = request.only === undefined && !additive
    const named = all ? await readOtherNames(session) : { views: [], sequences: [] }
    const views = named.views.length === 0 ? [] : (await readViewRows(server, session)).map(readView)
    const triggerRows = all ? await readTriggerRows(session) : []
    const triggers = triggerRows.map((row, at) =>
      readTrigger(row, spelled(text(row, 'table_name')), triggerRows.slice(0, at)),
    )
    // Tables that are asked for by their names are about to be changed.
    const programs = all && names !== undefined ? await readPrograms(session) : undefined
    const sequences = await readSequences(session, named.sequences)
    return {
      ...emptySchema,
      tables: new Map(tables.map((table) => [tableKey(table.ref), table])),
      views: new Map(views.map((view) => [tableKey(view.ref), view])),
      triggers: new Map(triggers.map((trigger) => [triggerKey(trigger.table, trigger.name), trigger])),
      sequences: new Map(sequences.map((sequence) => [tableKey(sequence.ref), sequence])),
      ...present({ programs }),
    }
  }
}
