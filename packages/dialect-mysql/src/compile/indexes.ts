import {
  type CompileTable,
  type IndexModel,
  type SchemaModel,
  sql,
  type TableModel,
  verbatim,
} from '@org/migrate-core/dialect'
import { indexClause } from '../ddl/write-table.ts'
import type { Server } from '../flavour.ts'
import { quote } from '../sql/quote.ts'
import { checkCounter } from './dependants/counted-column.ts'
import { checkPartitionedIndex } from './dependants/partition-limits.ts'
import { refusedByIndex } from './dependants/refused-rows.ts'
import { checkLimits } from './index-limits.ts'
import { checkForcedKey, indexChanges, refuseNeeded } from './limits.ts'
import { alterTable, notInSchema, refText, tableOf } from './statements.ts'

function indexOf(table: TableModel, name: string): IndexModel {
  const index = table.indexes.find((each) => each.name === name)
  if (index === undefined) throw notInSchema(`index ${name} of ${refText(table.ref)}`)
  return index
}

export const dropIndex = (name: string) => sql`DROP INDEX ${quote.identifier(name)}`

/** What is to be added under ALTER TABLE: the server's own words of it where the model carries them. */
export function addIndex(server: Server, index: IndexModel) {
  return sql`ADD ${index.source === undefined ? indexClause(server, index) : verbatim(index.source)}`
}

/**
 * `concurrently` says how an index is built, not what it is: InnoDB builds one while rows are written, so the word changes nothing.
 */
export function indexStatements(server: Server): Pick<CompileTable, 'createIndex' | 'dropIndex' | 'renameIndex'> {
  const tables = (before: SchemaModel, after: SchemaModel, ref: TableModel['ref']) =>
    [tableOf(before, ref), tableOf(after, ref)] as const
  return {
    createIndex: ({ operation: { table: ref, index }, before, after }) => {
      const [from, to] = tables(before, after, ref)
      checkLimits(server, to)
      checkPartitionedIndex(server, to, index)
      checkCounter(server, to, `create index ${index.name} of ${refText(ref)}`)
      // The one of a foreign key is there already, or comes with it: the server does not tell them apart, and one is enough.
      if (!to.indexes.some(({ name }) => name === index.name)) {
        const changes = indexChanges(server, from, to)
        return changes.length === 0 ? [] : [alterTable(ref, changes)]
      }
      const added = indexOf(to, index.name)
      // An index of a foreign key that has this name is replaced by the one that was asked for.
      return [
        alterTable(ref, [...indexChanges(server, from, to), addIndex(server, added)], {
          note: `build index ${index.name}`,
          ...refusedByIndex(from, added),
        }),
      ]
    },
    dropIndex: ({ operation: { table: ref, index }, before, after }) => {
      const [from, to] = tables(before, after, ref)
      const object = `index ${index} of ${refText(ref)}`
      checkCounter(server, to, `drop ${object}`)
      refuseNeeded(object, before, from, to)
      checkForcedKey(server, from, to, `drop ${object}`)
      return [alterTable(ref, [dropIndex(index), ...indexChanges(server, from, to)])]
    },
    renameIndex: ({ operation: { table, index, to } }) => [
      alterTable(table, [sql`RENAME INDEX ${quote.identifier(index)} TO ${quote.identifier(to)}`]),
    ],
  }
}
