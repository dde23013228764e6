import {
  type ConstraintModel,
  findTable,
  type IndexModel,
  type SchemaModel,
  type TableModel,
} from '@org/migrate-core/dialect'
import { isPartitionedBy, partitionText, tableText } from '../../ddl/source.ts'
import type { Server } from '../../flavour.ts'
import { invalid, refText } from '../statements.ts'

/*
 * What servers refuse of a table with partitions, in the middle of a run (1503, 1506, 1214):
 * https://dev.mysql.com/doc/refman/8.4/en/partitioning-limitations.html, https://mariadb.com/kb/en/partitioning-limitations/
 */

const isPartitioned = (table: TableModel): boolean => partitionText(tableText(table)?.tail ?? '') !== ''

const remedy =
  'Take the partitions away before it, in the same revision, with op.sql: ALTER TABLE … REMOVE PARTITIONING.'

function refuseKey(table: TableModel, columns: readonly (string | undefined)[], object: string): void {
  const missing = table.columns.find(({ name }) => isPartitionedBy(table, name) && !columns.includes(name))
  if (missing === undefined) return
  const why = `the partitions of the table are chosen by ${missing.name}, which each unique key has to have`
  throw invalid(object, why, `Add ${missing.name} to its columns, or a plain index in its place.`)
}

export function checkPartitionedConstraint(table: TableModel, constraint: ConstraintModel, model: SchemaModel): void {
  const object = `constraint ${constraint.name ?? constraint.kind} of ${refText(table.ref)}`
  if (constraint.kind === 'primaryKey' || constraint.kind === 'unique') refuseKey(table, constraint.columns, object)
  if (constraint.kind !== 'foreignKey') return
  const partitioned = [table, findTable(model, constraint.references.table)].find(
    (each) => each !== undefined && isPartitioned(each),
  )
  if (partitioned === undefined) return
  throw invalid(object, `${refText(partitioned.ref)} has partitions, and so no foreign key is from it or to it`, remedy)
}

export function checkPartitionedIndex({ flavour }: Server, table: TableModel, index: IndexModel): void {
  const object = `index ${index.name} of ${refText(table.ref)}`
  if (index.unique) {
    const whole = index.elements.map(({ column, prefixLength }) => (prefixLength === undefined ? column : undefined))
    refuseKey(table, whole, object)
  }
  if (flavour === 'mysql' && index.method?.toLowerCase() === 'fulltext' && isPartitioned(table))
    throw invalid(object, 'the table has partitions, and so no FULLTEXT index', remedy)
}
