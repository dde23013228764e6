import {
  type ColumnModel,
  type ConstraintModel,
  emptySchema,
  type IntrospectRequest,
  type PolicyModel,
  type Row,
  type SchemaModel,
  type Session,
  type TableModel,
  tableKey,
  triggerKey,
} from '@org/migrate-core/dialect'
import { withEnums } from '../types/enum-check.ts'
import { columnReader, readColumns } from './columns.ts'
import { constraintOf, inOrder, readConstraints } from './constraints.ts'
import { readContext } from './context.ts'
import { enumsOf, readEnums, readForeignEnums } from './enums.ts'
import { indexOf, readIndexes } from './indexes.ts'
import { policyOf, readPolicies } from './policies.ts'
import { oidsOf, type Reading, readingOf } from './reading.ts'
import { readSequences, sequenceOf } from './sequences.ts'
import { readTables, tableOf } from './tables.ts'
import { readTriggers, triggerOf } from './triggers.ts'
import { readViews, viewOf } from './views.ts'
import { nothingMore, readWhole } from './whole/whole.ts'

type Owned<T> = ReadonlyMap<string, readonly T[]>

interface Parts {
  readonly columns: Owned<ColumnModel>
  readonly constraints: Owned<ConstraintModel>
  readonly indexes: Owned<ReturnType<typeof indexOf>>
  readonly policies: Owned<PolicyModel>
}

/** What rows say, by their table: made as soon as they are there, while the server works on the statements behind. */
async function groupByOwner<T>(rows: Promise<readonly Row[]>, make: (row: Row, owner: string) => T): Promise<Owned<T>> {
  const groups = new Map<string, T[]>()
  for (const row of await rows) {
    const owner = String(row.owner)
    const group = groups.get(owner)
    if (group === undefined) groups.set(owner, [make(row, owner)])
    else group.push(make(row, owner))
  }
  return groups
}

function wholeTable(reading: Reading, row: Row, parts: Parts): TableModel {
  const oid = String(row.oid)
  const indexes = parts.indexes.get(oid) ?? []
  const policies = parts.policies.get(oid) ?? []
  const hidden = indexes.flatMap(({ valid, ...index }) => (valid ? [] : [{ ...index, why: 'invalid' as const }]))
  return withEnums({
    ...tableOf(reading, row),
    columns: parts.columns.get(oid) ?? [],
    constraints: inOrder(parts.constraints.get(oid) ?? []),
    indexes: indexes.flatMap(({ valid, ...index }) => (valid ? [index] : [])),
    ...(policies.length === 0 ? {} : { policies }),
    ...(hidden.length === 0 ? {} : { hiddenIndexes: hidden }),
  })
}

/**
 * The schema that the connection stands in and the others of users, less what extensions brought: one statement for each kind
 * of object, whatever there is of it, sent together. With `request.tables` those tables are read and those with columns of an
 * enum, and the views, enums and sequences of the schemas that the request names, since the operations that come may name them.
 *
 * Texts are the server's own, with names as they are printed under the session's search path.
 */
export async function introspect(session: Session, request: IntrospectRequest = {}): Promise<SchemaModel> {
  const all = request.only === undefined
  const [context, tableRows, viewRows, enumRows, sequenceRows] = await Promise.all([
    readContext(session, request),
    readTables(session, request),
    all ? readViews(session, request) : [],
    readEnums(session, request),
    all ? readSequences(session, request) : [],
  ])
  const reading = readingOf(context, request)
  const schemas = new Map(tableRows.map((row) => [String(row.oid), String(row.schema)]))
  const oids = oidsOf(tableRows)
  const owned = all ? [...tableRows, ...viewRows] : []
  // Nothing is asked about nothing.
  const of = (owners: readonly Row[], read: () => Promise<readonly Row[]>): Promise<readonly Row[]> =>
    owners.length === 0 ? Promise.resolve([]) : read()
  const columnRows = of(tableRows, () => readColumns(session, oids))
  const enums = columnRows.then(async (rows) =>
    enumsOf(reading, [...enumRows, ...(await readForeignEnums(session, enumRows, rows))]),
  )
  const columnOf = enums.then(columnReader)
  const [columns, constraints, indexes, policies, triggerRows, whole] = await Promise.all([
    columnOf.then((make) => groupByOwner(columnRows, (row, owner) => make(row, schemas.get(owner) ?? ''))),
    groupByOwner(
      of(tableRows, () => readConstraints(session, oids)),
      (row) => constraintOf(reading, row),
    ),
    groupByOwner(
      of(tableRows, () => readIndexes(session, oids)),
      indexOf,
    ),
    groupByOwner(
      of(tableRows, () => readPolicies(session, oids)),
      (row) => policyOf(reading, row, request.whole === true),
    ),
    of(owned, () => readTriggers(session, oidsOf(owned), request.whole === true)),
    request.whole
      ? readWhole(session, reading, { tables: tableRows, views: viewRows, enums: enumRows, sequences: sequenceRows })
      : nothingMore,
  ])
  const parts = { columns, constraints, indexes, policies }
  const tables = tableRows.map((row) => ({
    oid: String(row.oid),
    table: whole.table(String(row.oid), wholeTable(reading, row, parts)),
  }))
  const views = viewRows.map((row) => ({
    oid: String(row.oid),
    view: { ...viewOf(reading, row), ...whole.view(String(row.oid)) },
  }))
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
    enums: new Map(
      [...(await enums)].map(([oid, { model }]) => [tableKey(model.ref), { ...model, ...whole.object(oid) }]),
    ),
    sequences: new Map(
      sequenceRows
        .map((row) => ({ ...sequenceOf(reading, row), ...whole.object(String(row.oid)) }))
        .map((sequence) => [tableKey(sequence.ref), sequence]),
    ),
  }
}
