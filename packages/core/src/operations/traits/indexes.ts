import { findTable, putTable, refText } from '../../model/edit.ts'
import type { IndexModel, TableModel, TableRef } from '../../model/schema-model.ts'
import type { OperationTable } from '../operation.ts'
import { indexFootprints, part, tableFootprint } from './footprints.ts'
import {
  alterable,
  checkName,
  exists,
  indexColumns,
  invalid,
  irreversible,
  lastingOf,
  missing,
  missingIndex,
  requireColumn,
  tableFirst,
  withoutSource,
} from './objects.ts'

export function checkIndex(table: TableModel, index: IndexModel, operation: string): void {
  checkName(index.name, 'index')
  if (index.elements.length === 0) throw invalid(operation, `the index ${index.name} has no elements`)
  for (const element of index.elements) {
    if ((element.column === undefined) === (element.expression === undefined)) {
      throw invalid(operation, `an element of the index ${index.name} must be either a column or an expression`)
    }
  }
  for (const column of indexColumns(index)) requireColumn(table, column)
}

function findIndex(table: TableModel, name: string): IndexModel | undefined {
  return table.indexes.find((index) => index.name === name)
}

function indexText(name: string, table: TableRef): string {
  return `index ${name} of ${refText(table)}`
}

// The table's own text says nothing of its indexes: it stays.
export const indexTraits: Pick<OperationTable, 'createIndex' | 'dropIndex' | 'renameIndex'> = {
  createIndex: {
    apply(before, operation) {
      const { index } = operation
      const line = indexTraits.createIndex.describe(operation)
      const table = alterable(before, operation.table, line, index.name)
      if (findIndex(table, index.name) !== undefined) {
        if (operation.ifNotExists) return before
        throw exists(indexText(index.name, operation.table))
      }
      checkIndex(table, index, line)
      return putTable(before, { ...table, indexes: [...table.indexes, index] })
    },
    invert(before, { table, index, ifNotExists, concurrently }) {
      const owner = findTable(before, table)
      if (ifNotExists && owner !== undefined && findIndex(owner, index.name) !== undefined) return []
      return [{ kind: 'dropIndex', table, index: index.name, ...(concurrently ? { concurrently } : {}) }]
    },
    touches: ({ table, index }) => indexFootprints(table, index),
    describe: ({ table, index }) => `create ${index.unique ? 'unique ' : ''}index ${index.name} on ${refText(table)}`,
  },

  dropIndex: {
    apply(before, operation) {
      const table = findTable(before, operation.table)
      const existing = table === undefined ? undefined : findIndex(table, operation.index)
      if (table === undefined || existing === undefined) {
        if (operation.ifExists) return before
        const text = indexText(operation.index, operation.table)
        throw table === undefined
          ? missing(text, tableFirst(operation.table, operation.index))
          : missingIndex(table, text, operation.index)
      }
      return putTable(before, { ...table, indexes: table.indexes.filter((index) => index !== existing) })
    },
    invert(before, { table, index, ifExists, concurrently }) {
      const owner = findTable(before, table)
      const existing = owner === undefined ? undefined : findIndex(owner, index)
      if (existing === undefined)
        return ifExists ? [] : irreversible(`the schema before has no ${indexText(index, table)}`)
      return (
        lastingOf(indexText(index, table), [existing]) ?? [
          { kind: 'createIndex', table, index: existing, ...(concurrently ? { concurrently } : {}) },
        ]
      )
    },
    touches: ({ table, index }) => [`${tableFootprint(table)}/index:${part(index)}`],
    describe: ({ table, index }) => `drop ${indexText(index, table)}`,
  },

  renameIndex: {
    apply(before, operation) {
      const { index: name, to } = operation
      const table = alterable(before, operation.table, indexTraits.renameIndex.describe(operation), name)
      checkName(to, 'index')
      if (findIndex(table, name) === undefined) throw missingIndex(table, indexText(name, operation.table), name)
      if (findIndex(table, to) !== undefined) throw exists(indexText(to, operation.table))
      const indexes = table.indexes.map((index) =>
        index.name === name ? withoutSource({ ...index, name: to }) : index,
      )
      return putTable(before, { ...table, indexes })
    },
    invert: (_before, { table, index, to }) => [{ kind: 'renameIndex', table, index: to, to: index }],
    touches: ({ table, index, to }) => [
      `${tableFootprint(table)}/index:${part(index)}`,
      `${tableFootprint(table)}/index:${part(to)}`,
    ],
    describe: ({ table, index, to }) => `rename ${indexText(index, table)} to ${to}`,
  },
}
