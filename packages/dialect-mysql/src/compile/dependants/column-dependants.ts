import {
  type ColumnModel,
  type ConstraintModel,
  type IndexElement,
  MigrateError,
  type TableModel,
} from '@org/migrate-core/dialect'
import { readsColumn } from '../../ddl/rename-in-expression.ts'
import { isPartitionedBy, unenforcedChecks } from '../../ddl/source.ts'
import type { Server } from '../../flavour.ts'
import { unsupported } from '../../sql/quote.ts'
import { keyElements } from '../../types/implicit-indexes.ts'
import { isLarge, toSql } from '../../types/types.ts'
import { refText } from '../statements.ts'

function isIndexed(table: TableModel, column: string): boolean {
  const reads = (text: string | undefined): boolean => text !== undefined && readsColumn(text, column)
  return (
    table.constraints.some((each) => 'columns' in each && each.columns.includes(column)) ||
    table.indexes.some(({ elements }) =>
      elements.some((element) => element.column === column || reads(element.expression)),
    )
  )
}

export function requireUnindexed(table: TableModel, column: string, what: string): void {
  if (!isIndexed(table, column)) return
  throw unsupported(
    `${what} of ${refText(table.ref)}.${column}`,
    'the column has to be recreated, and the server would take it out of its indexes and keys without a word',
    'Drop the indexes and keys of the column first, and create them again afterwards.',
  )
}

/** An index holds a text by its beginning only (1170); MariaDB would choose how much of it without a word, or hash a unique key. */
export function requireIndexable(server: Server, before: ColumnModel, after: ColumnModel, table: TableModel): void {
  if (isLarge(before.type) || !isLarge(after.type)) return
  const holds = (elements: readonly IndexElement[]): boolean =>
    elements.some(({ column, prefixLength }) => column === before.name && prefixLength === undefined)
  const indexes = table.indexes.filter(
    ({ elements, method }) => !/^(?:fulltext|spatial|rtree)$/i.test(method ?? '') && holds(elements),
  )
  const keys = table.constraints.filter(
    (each) =>
      (each.kind === 'primaryKey' || (each.kind === 'unique' && server.flavour === 'mysql')) &&
      holds(keyElements(each, table)),
  )
  const dependants = [
    ...keys.map(({ kind, name }) => (kind === 'primaryKey' ? 'primary key' : `unique constraint ${name}`)),
    ...indexes.map(({ name }) => `index ${name}`),
  ]
  if (dependants.length === 0) return
  const object = `column ${refText(table.ref)}.${before.name}`
  throw new MigrateError(
    'DEPENDENT_OBJECTS',
    { object, dependants },
    `${object} cannot become ${toSql(after.type)}: ${dependants.join(', ')} ${dependants.length === 1 ? 'holds' : 'hold'} the whole of it.`,
    {
      remedy:
        keys.length === 0
          ? 'Drop the index before the change, and create it again after it with a prefixLength.'
          : 'Drop the key before the change, and add it again after it with op.sql and the length of its prefix: ALTER TABLE … ADD PRIMARY KEY (column(20)), or ADD UNIQUE KEY (column(20)).',
    },
  )
}

/**
 * Refuses what the server refuses in the middle of a run, and the checks over the column alone, which both servers drop without a word:
 * https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html. Those in the column's own definition go with it.
 */
export function requireUnused(table: TableModel, column: string): void {
  const reads = (text: string | undefined): boolean => text !== undefined && readsColumn(text, column)
  const readsElsewhere = (one: ConstraintModel): boolean =>
    one.kind === 'check' && reads(one.expression) && one.name !== undefined
  const dependants = [
    ...table.columns.flatMap(({ name, generated, default: value }) => {
      if (name === column) return []
      const isRead = reads(generated?.expression) || (value?.kind === 'expression' && reads(value.sql))
      return isRead ? [`column ${name}`] : []
    }),
    ...table.constraints.flatMap((one) => (readsElsewhere(one) ? [`check constraint ${one.name}`] : [])),
    ...(isPartitionedBy(table, column) ? [`the partitions of ${refText(table.ref)}`] : []),
    ...unenforcedChecks(table, column).map(({ name }) => `check constraint ${name}`),
    ...table.indexes.flatMap(({ name, elements }) =>
      elements.some(({ expression }) => reads(expression)) ? [`index ${name}`] : [],
    ),
  ]
  if (dependants.length === 0) return
  const object = `column ${table.ref.name}.${column}`
  throw new MigrateError('DEPENDENT_OBJECTS', { object, dependants }, `${object} is used by ${dependants.join(', ')}`)
}

/** MySQL renames no column that chooses the partition of a row (3855). */
export function requireUnpartitioned(table: TableModel, column: string): void {
  if (!isPartitionedBy(table, column)) return
  const object = `column ${refText(table.ref)}.${column}`
  const dependants = [`the partitions of ${refText(table.ref)}`]
  throw new MigrateError(
    'DEPENDENT_OBJECTS',
    { object, dependants },
    `${object} cannot be renamed: ${dependants[0]} are chosen by it.`,
    {
      remedy:
        'In the same revision, take the partitions away before it and make them again after it with op.sql: ALTER TABLE … REMOVE PARTITIONING, and ALTER TABLE … PARTITION BY ….',
    },
  )
}
