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
import { type RareKind, readContext } from './context.ts'
import { enumsOf, readEnums, readForeignEnums } from './enums.ts'
import { indexOf, readIndexes } from './indexes.ts'
import { policyOf, readPolicies } from './policies.ts'
import { isSet, type Oids, oidsOf, type Reading, readingOf } from './reading.ts'
import { readSequences, sequenceOf } from './sequences.ts'
import { readTables, type TableFact, tableOf } from './tables.ts'
import { readTriggers, triggerOf } from './triggers.ts'
import { readViews, viewOf } from './views.ts'
import { readWholeTables } from './whole/whole.ts'

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
  const [context, tableRows] = await Promise.all([readContext(session, request), readTables(session, request)])
  const reading = readingOf(context, request)
  const schemas = new Map(tableRows.map((row) => [String(row.oid), String(row.schema)]))
  // Nothing is asked about nothing: for the server to plan a statement takes longer than to run it.
  const any = (kind: RareKind, read: typeof readViews): Promise<readonly Row[]> =>
    context.kinds.has(kind) ? read(session, request) : Promise.resolve([])
  const of = (owners: readonly Row[], read: (oids: Oids) => Promise<readonly Row[]>): Promise<readonly Row[]> =>
    owners.length === 0 ? Promise.resolve([]) : read(oidsOf(owners))
  const having = (fact: TableFact, rows = tableRows): readonly Row[] => rows.filter((row) => isSet(row[fact]))
  const isWhole = request.whole === true
  const all = request.only === undefined
  const triggersOf = (rows: readonly Row[]): Promise<readonly Row[]> =>
    of(all ? having('triggers', rows) : [], (oids) => readTriggers(session, oids, isWhole))
  const viewRows = all ? any('views', readViews) : Promise.resolve([])
  const enumRows = any('enums', readEnums)
  const columnRows = of(tableRows, (oids) => readColumns(session, oids))
  const knownEnums = Promise.all([enumRows, columnRows]).then(async ([own, rows]) => {
    const foreign = await readForeignEnums(session, own, rows)
    return new Map([...enumsOf(reading, own, isWhole), ...enumsOf(reading, foreign, false)])
  })
  const columnOf = knownEnums.then(columnReader)
  const [columns, constraints, indexes, policies, tableTriggers, viewTriggers, whole, enums, sequences] =
    await Promise.all([
      columnOf.then((make) => groupByOwner(columnRows, (row, owner) => make(row, schemas.get(owner) ?? ''))),
      groupByOwner(
        of(tableRows, (oids) => readConstraints(session, oids)),
        (row) => constraintOf(reading, row),
      ),
      groupByOwner(
        of(having('indexed'), (oids) => readIndexes(session, oids)),
        indexOf,
      ),
      groupByOwner(
        of(having('policies'), (oids) => readPolicies(session, oids)),
        (row) => policyOf(reading, row, isWhole),
      ),
      triggersOf(tableRows),
      viewRows.then(triggersOf),
      isWhole ? readWholeTables(session, tableRows, { sequences: context.kinds.has('sequences') }) : undefined,
      knownEnums,
      all ? any('sequences', readSequences) : [],
    ])
  const parts = { columns, constraints, indexes, policies }
  const tables = tableRows.map((row) => {
    const oid = String(row.oid)
    const table = wholeTable(reading, row, parts)
    return { oid, table: whole?.(oid, table) ?? table }
  })
  const views = (await viewRows).map((row) => ({ oid: String(row.oid), view: viewOf(reading, row, isWhole) }))
  const owners = new Map([
    ...tables.map(({ oid, table }) => [oid, table.ref] as const),
    ...views.map(({ oid, view }) => [oid, view.ref] as const),
  ])
  const triggers = [...tableTriggers, ...viewTriggers].flatMap((row) => {
    const owner = owners.get(String(row.owner))
    return owner === undefined ? [] : [triggerOf(row, owner)]
  })
  return {
    ...emptySchema,
    ...(context.otherNames.size === 0 ? {} : { otherNames: context.otherNames }),
    ...(context.schemaFacts.size === 0 ? {} : { schemaFacts: context.schemaFacts }),
    ...(context.extensionSchemas.size === 0 ? {} : { extensionSchemas: context.extensionSchemas }),
    ...(context.publications.length === 0 ? {} : { publications: context.publications }),
    schemas: context.schemas,
    extensions: context.extensions,
    tables: new Map(tables.map(({ table }) => [tableKey(table.ref), table])),
    views: new Map(views.map(({ view }) => [tableKey(view.ref), view])),
    triggers: new Map(triggers.map((trigger) => [triggerKey(trigger.table, trigger.name), trigger])),
    enums: new Map([...enums.values()].map(({ model }) => [tableKey(model.ref), model])),
    sequences: new Map(
      sequences.map((row) => sequenceOf(reading, row, isWhole)).map((sequence) => [tableKey(sequence.ref), sequence]),
    ),
  }
}
