import { present } from '@org/migrate-core/connection'
import type { ColumnModel, Row, Session, TableModel } from '@org/migrate-core/dialect'
import { isSet, type Oids, oidsOf } from '../reading.ts'
import { readColumnDependants } from './dependants.ts'
import {
  type ColumnFacts,
  columnExtras,
  constraintExtras,
  indexExtrasOf,
  keyExtrasOf,
  readColumnExtras,
  readConstraintExtras,
  readIndexExtras,
  readTableExtras,
  tableExtras,
} from './tables.ts'
import { undeclared } from './undeclared-facts.ts'

/** What the model of a table does not say, by its number. */
type WholeTable = (oid: string, table: TableModel) => TableModel

const keyOf = (owner: unknown, name: unknown): string => `${String(owner)} ${String(name)}`

function byName(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [keyOf(row.owner, row.name), row]))
}

/** All of it, in one statement for each kind, sent together. */
export async function readWholeTables(
  session: Session,
  tables: readonly Row[],
  { sequences }: Pick<ColumnFacts, 'sequences'>,
): Promise<WholeTable> {
  const of = (owners: readonly Row[], read: (session: Session, oids: Oids) => Promise<readonly Row[]>) =>
    owners.length === 0 ? Promise.resolve([]) : read(session, oidsOf(owners))
  const have = { heirs: tables.some(({ subclass }) => isSet(subclass)), sequences }
  const indexed = tables.filter((row) => isSet(row.indexed))
  const [tableRows, columnRows, indexRows, constraintRows, dependantRows] = await Promise.all([
    of(tables, readTableExtras),
    of(tables, (_, oids) => readColumnExtras(session, oids, have)),
    of(indexed, readIndexExtras),
    of(tables, readConstraintExtras),
    of(tables, () => readColumnDependants(session, tables)),
  ])
  const byOid = new Map(tableRows.map((row) => [String(row.owner), row]))
  const [columns, indexes, constraints] = [byName(columnRows), byName(indexRows), byName(constraintRows)]
  const dependants = new Map<string, string[]>()
  for (const row of dependantRows) {
    const key = keyOf(keyOf(row.owner, row.name), row.kind)
    dependants.set(key, [...(dependants.get(key) ?? []), String(row.dependant)])
  }
  const column = (oid: string, one: ColumnModel): ColumnModel => {
    const key = keyOf(oid, one.name)
    const row = columns.get(key)
    const [own, local, ofHeirs] = ['dependants', 'local', 'ofHeirs'].map((kind) => dependants.get(keyOf(key, kind)))
    return { ...one, ...(row === undefined ? {} : columnExtras(row)), ...present({ dependants: own, local, ofHeirs }) }
  }
  return (oid, table) => {
    const row = byOid.get(oid)
    const indexOf = (name: string | undefined, factsOf = indexExtrasOf) => {
      const catalogRow = indexes.get(keyOf(oid, name))
      return catalogRow === undefined ? {} : factsOf(catalogRow)
    }
    return {
      ...table,
      ...(row === undefined ? {} : tableExtras(row)),
      columns: table.columns.map((one) => column(oid, one)),
      indexes: table.indexes.map((index) => ({ ...index, ...undeclared(indexOf(index.name)) })),
      constraints: table.constraints.map((one) => {
        const catalogRow = constraints.get(keyOf(oid, one.name))
        const keyed = one.kind === 'primaryKey' || one.kind === 'unique' || one.kind === 'exclude'
        const parts = [
          catalogRow === undefined ? {} : constraintExtras(catalogRow),
          keyed ? indexOf(one.name, keyExtrasOf) : {},
        ]
        return { ...one, ...undeclared(...parts) }
      }),
    }
  }
}
