import {
  emptySchema,
  type IntrospectRequest,
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
import { readOtherNames, readSource, readTable, readTableRows } from './tables.ts'
import { readPrograms, readTrigger, readTriggerRows } from './triggers.ts'
import { readView, readViewRows } from './views.ts'

async function readTables(
  server: Server,
  session: Session,
  names: TableFilter,
  { only }: IntrospectRequest,
  spelled: (name: string) => string,
): Promise<readonly TableModel[]> {
  const tableRows = await readTableRows(session, names)
  const filter = names === undefined ? undefined : tableRows.map((row) => text(row, 'name'))
  if (tableRows.length === 0) return []
  // Sent together: what has come is put in order while the server works on the next.
  const [columns, indexes, keys, rules, checks] = await Promise.all([
    readColumnRows(session, filter).then(byTable),
    readIndexRows(server, session, filter).then(byTable),
    readKeyRows(session, filter).then(byTable),
    readRuleRows(session, filter).then(byTable),
    readCheckRows(server, session, filter).then(byTable),
  ])
  const readColumn = columnReader(server)
  const tables: TableModel[] = []
  for (const table of tableRows) {
    const name = text(table, 'name')
    // What is about to be changed is asked for by name, and needs every word of its text.
    const source = names === undefined || only !== undefined ? undefined : await readSource(session, name)
    const read = { columns: columns.get(name) ?? [], checks: checks.get(name) ?? [], source }
    const whole = await withLostCharacters(server, session, name, read, () => readSource(session, name))
    const rows = {
      table,
      indexes: indexes.get(name) ?? [],
      keys: keys.get(name) ?? [],
      rules: rules.get(name) ?? [],
      ...whole,
    }
    tables.push(readTable(server, spelled(name), rows, readColumn))
  }
  return tables
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
    const referrers = requested !== undefined && request.referrers ? await readReferrers(session, requested) : []
    const names = requested === undefined ? undefined : [...new Set([...requested, ...referrers])]
    const rawTables = names?.length === 0 ? [] : await readTables(server, session, names, request, spelled)
    const tables = rawTables.map((table) => withSpelledReferences(table, spelled))
    const all = request.only === undefined
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
