import { present } from '@org/migrate-core/connection'
import type { ColumnModel, Row, Session, TableModel, Undeclared } from '@org/migrate-core/dialect'
import { type Oids, oidsOf, type Reading } from '../reading.ts'
import {
  enumExtras,
  readEnumExtras,
  readSequenceExtras,
  readViewExtras,
  sequenceExtras,
  type ViewExtras,
  viewExtras,
} from './objects.ts'
import {
  columnExtras,
  constraintExtras,
  indexExtrasOf,
  readColumnDependants,
  readColumnExtras,
  readConstraintExtras,
  readIndexExtras,
  readTableExtras,
  tableExtras,
} from './tables.ts'
import { undeclared } from './undeclared-facts.ts'

/** What models do not say, by the numbers of the objects. */
export interface Whole {
  table(oid: string, table: TableModel): TableModel
  view(oid: string): ViewExtras
  object(oid: string): Undeclared & { readonly dependants?: readonly string[] }
}

export const nothingMore: Whole = { table: (_oid, table) => table, view: () => ({}), object: () => ({}) }

const keyOf = (owner: unknown, name: unknown): string => `${String(owner)} ${String(name)}`

function byName(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [keyOf(row.owner, row.name), row]))
}

interface Rows {
  readonly tables: readonly Row[]
  readonly views: readonly Row[]
  readonly enums: readonly Row[]
  readonly sequences: readonly Row[]
}

/** All of it, in one statement for each kind, sent together. */
export async function readWhole(
  session: Session,
  reading: Reading,
  { tables, views, enums, sequences }: Rows,
): Promise<Whole> {
  const of = (owners: readonly Row[], read: (session: Session, oids: Oids) => Promise<readonly Row[]>) =>
    owners.length === 0 ? Promise.resolve([]) : read(session, oidsOf(owners))
  const [tableRows, columnRows, indexRows, constraintRows, dependantRows, viewRows, enumRows, sequenceRows] =
    await Promise.all([
      of(tables, readTableExtras),
      of(tables, readColumnExtras),
      of(tables, readIndexExtras),
      of(tables, readConstraintExtras),
      of(tables, readColumnDependants),
      of(views, readViewExtras),
      of(enums, readEnumExtras),
      of(sequences, readSequenceExtras),
    ])
  const byOid = new Map(tableRows.map((row) => [String(row.owner), row]))
  const [columns, indexes, constraints] = [byName(columnRows), byName(indexRows), byName(constraintRows)]
  const dependants = new Map<string, string[]>()
  for (const row of dependantRows) {
    const key = keyOf(keyOf(row.owner, row.name), row.kind)
    dependants.set(key, [...(dependants.get(key) ?? []), String(row.dependant)])
  }
  const schemas = new Map(views.map((row) => [String(row.oid), String(row.schema)]))
  const viewsByOid = new Map(
    viewRows.map((row) => [String(row.owner), viewExtras(reading, row, schemas.get(String(row.owner)))] as const),
  )
  const objects = new Map([
    ...enumRows.map((row) => [String(row.owner), enumExtras(row)] as const),
    ...sequenceRows.map((row) => [String(row.owner), sequenceExtras(row)] as const),
  ])
  const column = (oid: string, one: ColumnModel): ColumnModel => {
    const key = keyOf(oid, one.name)
    const row = columns.get(key)
    const [own, local, ofHeirs] = ['dependants', 'local', 'ofHeirs'].map((kind) => dependants.get(keyOf(key, kind)))
    return { ...one, ...(row === undefined ? {} : columnExtras(row)), ...present({ dependants: own, local, ofHeirs }) }
  }
  return {
    table: (oid, table) => {
      const row = byOid.get(oid)
      const indexOf = (name: string | undefined) => {
        const catalogRow = indexes.get(keyOf(oid, name))
        return catalogRow === undefined ? {} : indexExtrasOf(catalogRow)
      }
      return {
        ...table,
        ...(row === undefined ? {} : tableExtras(row)),
        columns: table.columns.map((one) => column(oid, one)),
        indexes: table.indexes.map((index) => ({ ...index, ...undeclared(indexOf(index.name)) })),
        constraints: table.constraints.map((one) => {
          const catalogRow = constraints.get(keyOf(oid, one.name))
          const keyed = one.kind === 'primaryKey' || one.kind === 'unique' || one.kind === 'exclude'
          const parts = [catalogRow === undefined ? {} : constraintExtras(catalogRow), keyed ? indexOf(one.name) : {}]
          return { ...one, ...undeclared(...parts) }
        }),
      }
    },
    view: (oid) => viewsByOid.get(oid) ?? {},
    object: (oid) => objects.get(oid) ?? {},
  }
}
