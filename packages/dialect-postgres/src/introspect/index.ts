import {
  type ColumnModel,
  emptySchema,
  type IntrospectRequest,
  type Row,
  type SchemaModel,
  type Session,
  type TableModel,
  tableKey,
  triggerKey,
} from '@org/migrate-core/dialect'
import { withEnums } from '../enum-check.ts'
import { columnOf, readColumns } from './columns.ts'
import { constraintOf, inOrder, readConstraints } from './constraints.ts'
import { readContext } from './context.ts'
import { type EnumFound, enumsOf, readEnums } from './enums.ts'
import { indexOf, readIndexes } from './indexes.ts'
import { groupBy, oidsOf, type Reading } from './reading.ts'
import { readSequences, sequenceOf } from './sequences.ts'
import { readTables, tableOf } from './tables.ts'
import { readTriggers, triggerOf } from './triggers.ts'
import { readViews, viewOf } from './views.ts'

interface Parts {
  readonly columns: ReadonlyMap<string, readonly Row[]>
  readonly constraints: ReadonlyMap<string, readonly Row[]>
  readonly indexes: ReadonlyMap<string, readonly Row[]>
}

function wholeTable(reading: Reading, row: Row, parts: Parts, enums: ReadonlyMap<string, EnumFound>): TableModel {
  const table = tableOf(reading, row)
  const oid = String(row.oid)
  const owner = { ref: table.ref, schema: String(row.schema) }
  const columns = (parts.columns.get(oid) ?? []).map((column): ColumnModel => columnOf(column, owner, enums))
  const indexes = (parts.indexes.get(oid) ?? []).map(indexOf)
  const hidden = indexes.flatMap(({ valid, ...index }) => (valid ? [] : [{ ...index, why: 'invalid' as const }]))
  return withEnums({
    ...table,
    columns,
    constraints: inOrder((parts.constraints.get(oid) ?? []).map((one) => constraintOf(reading, one))),
    indexes: indexes.flatMap(({ valid, ...index }) => (valid ? [index] : [])),
    ...(hidden.length === 0 ? {} : { hiddenIndexes: hidden }),
  })
}

/**
 * The schema that the connection stands in and the others of users, less what extensions brought: one statement for each kind
 * of object, whatever there is of it, sent together. With `request.tables` only those tables are read, those with columns of
 * an enum, and all views, enums and sequences, since the operations that come may name them.
 *
 * Texts are the server's own, with names as they are printed under the session's search path.
 */
export async function introspect(session: Session, request: IntrospectRequest = {}): Promise<SchemaModel> {
  const all = request.only === undefined
  const [context, tableRows, viewRows, enumRows, sequenceRows] = await Promise.all([
    readContext(session),
    readTables(session, request),
    all ? readViews(session) : [],
    readEnums(session),
    all ? readSequences(session) : [],
  ])
  const reading = { current: context.current }
  const oids = oidsOf(tableRows)
  const owned = [...tableRows, ...viewRows]
  const of = (owners: readonly Row[], read: () => Promise<readonly Row[]>): Promise<readonly Row[]> | readonly Row[] =>
    owners.length === 0 ? [] : read()
  const [columnRows, constraintRows, indexRows, triggerRows] = await Promise.all([
    of(tableRows, () => readColumns(session, oids)),
    of(tableRows, () => readConstraints(session, oids)),
    of(tableRows, () => readIndexes(session, oids)),
    of(all ? owned : [], () => readTriggers(session, oidsOf(owned))),
  ])
  const enums = enumsOf(reading, enumRows)
  const parts = {
    columns: groupBy(columnRows, 'owner'),
    constraints: groupBy(constraintRows, 'owner'),
    indexes: groupBy(indexRows, 'owner'),
  }
  const tables = tableRows.map((row) => ({ oid: String(row.oid), table: wholeTable(reading, row, parts, enums) }))
  const views = viewRows.map((row) => ({ oid: String(row.oid), view: viewOf(reading, row) }))
  const owners = new Map([
    ...tables.map(({ oid, table }) => [oid, table.ref] as const),
    ...views.map(({ oid, view }) => [oid, view.ref] as const),
  ])
  const triggers = triggerRows.flatMap((row) => {
    const owner = owners.get(String(row.owner))
    return owner === undefined ? [] : [triggerOf(row, owner)]
  })
  return {
    ...emptySchema,
    schemas: context.schemas,
    extensions: context.extensions,
    tables: new Map(tables.map(({ table }) => [tableKey(table.ref), table])),
    views: new Map(views.map(({ view }) => [tableKey(view.ref), view])),
    triggers: new Map(triggers.map((trigger) => [triggerKey(trigger.table, trigger.name), trigger])),
    enums: new Map([...enums.values()].map(({ model }) => [tableKey(model.ref), model])),
    sequences: new Map(
      sequenceRows.map((row) => sequenceOf(reading, row)).map((sequence) => [tableKey(sequence.ref), sequence]),
    ),
  }
}
