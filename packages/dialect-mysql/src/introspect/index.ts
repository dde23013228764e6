import {
  emptySchema,
  type IntrospectRequest,
  type Row,
  type SchemaModel,
  type Session,
  type TableModel,
  tableKey,
  triggerKey,
} from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { byTable, type TableFilter, text } from './catalog.ts'
import { columnReader, readColumnRows } from './columns.ts'
import { readCheckRows, readKeyRows, readReferrers, readRuleRows } from './constraints.ts'
import { readIndexRows } from './indexes.ts'
import { withLostCharacters } from './lost-characters.ts'
import { readSequences } from './sequences.ts'
import { keepRead, readBefore, readOtherNames, readSource, readTable, readTableRows } from './tables.ts'
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
  const read =
    unknown.length === 0 ? undefined : await tableReader(server, session, names === undefined ? undefined : unknown)
  const tables: TableModel[] = []
  for (const row of tableRows) {
    const name = text(row, 'name')
    const table = known.get(name) ?? (await read?.(row, spelled(name), sources.get(name)))
    if (table !== undefined) tables.push(table)
  }
  return tables
}

/** Reads what the catalog has of the tables of these names, and makes one of them after the other of it. */
async function tableReader(server: Server, session: Session, filter: TableFilter) {
  // Sent together: what has come is put in order while the server works on the next.
  const [columns, indexes, keys, rules, checks] = await Promise.all([
    readColumnRows(session, filter).then(byTable),
    readIndexRows(server, session, filter).then(byTable),
    readKeyRows(session, filter).then(byTable),
    readRuleRows(session, filter).then(byTable),
    readCheckRows(server, session, filter).then(byTable),
  ])
  const readColumn = columnReader(server)
  return async (row: Row, spelled: string, source: string | undefined): Promise<TableModel> => {
    const name = text(row, 'name')
    const read = { columns: columns.get(name) ?? [], checks: checks.get(name) ?? [], source }
    const whole = await withLostCharacters(server, session, name, read, () => readSource(session, name))
    const rows = {
      table: row,
      indexes: indexes.get(name) ?? [],
      keys: keys.get(name) ?? [],
      rules: rules.get(name) ?? [],
      ...whole,
    }
    const table = readTable(server, spelled, rows, readColumn)
    if (source !== undefined && source === whole.source && spelled === name) keepRead(server, source, table)
    return table
  }
}

/** Foreign keys spell a table as the table itself is spelled here. */
function withSpelledReferences(table: TableModel, spelled: (name: string) => string): TableModel {
  return {
    ...table,
    constraints: table.constraints.map((constraint) => {
      if (constraint.kind !== 'foreignKey' || constraint.references.table.schema !== undefined) return constraint
      const name = spelled(constraint.references.table.name)
      return { ...constraint, references: { ...constraint.references, table: { name } } }
    }),
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
    const folded = new Map(requested?.map((name) => [name.toLowerCase(), name]))
    const spelled = (name: string): string =>
      server.lowerCaseTableNames === 0 ? name : (folded.get(name.toLowerCase()) ?? name)
    const additive = request.additive === true
    const readsReferrers = requested !== undefined && request.referrers === true && !additive
    const referrers = readsReferrers ? await readReferrers(session, requested) : []
    const names = requested === undefined ? undefined : [...new Set([...requested, ...referrers])]
    const rawTables = names?.length === 0 ? [] : await readTables(server, session, names, request, spelled)
    const tables = rawTables.map((table) => withSpelledReferences(table, spelled))
    const all = request.only === undefined && !additive
    const named = all ? await readOtherNames(session) : { views: [], sequences: [] }
    const views = named.views.length === 0 ? [] : (await readViewRows(server, session)).map(readView)
    const triggerRows = all ? await readTriggerRows(session) : []
    const triggers = triggerRows.map((row, at) =>
      readTrigger(row, spelled(text(row, 'table_name')), triggerRows.slice(0, at)),
    )
    // Tables that are asked for by their names are about to be changed.
    const programs = all && names !== undefined ? await readPrograms(session) : []
    const sequences = await readSequences(session, named.sequences)
    return {
      ...emptySchema,
      tables: new Map(tables.map((table) => [tableKey(table.ref), table])),
      views: new Map(views.map((view) => [tableKey(view.ref), view])),
      triggers: new Map(triggers.map((trigger) => [triggerKey(trigger.table, trigger.name), trigger])),
      sequences: new Map(sequences.map((sequence) => [tableKey(sequence.ref), sequence])),
      ...(programs.length === 0 ? {} : { programs }),
    }
  }
}
