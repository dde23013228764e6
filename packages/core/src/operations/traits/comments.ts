import { assign, findColumn, findTable, refText } from '../../model/edit.ts'
import type { OperationOf, OperationTable } from '../operation.ts'
import { columnFootprint, part, tableFootprint } from './footprints.ts'
import { alterable, editTable, invalid, irreversible, missing, requireColumn } from './objects.ts'

function subjectText({ table, column, index }: OperationOf<'setComment'>['on']): string {
  if (column !== undefined) return `column ${refText(table)}.${column}`
  if (index !== undefined) return `index ${index} of ${refText(table)}`
  return `table ${refText(table)}`
}

export const commentTraits: Pick<OperationTable, 'setComment'> = {
  setComment: {
    apply(before, operation) {
      const { table: ref, column, index } = operation.on
      const line = commentTraits.setComment.describe(operation)
      const table = alterable(before, ref, line)
      const comment = operation.comment ?? undefined
      if (column !== undefined && index !== undefined) throw invalid(line, 'it is on either a column or an index')
      if (column !== undefined) {
        requireColumn(table, column)
        const columns = table.columns.map((item) => (item.name === column ? assign(item, 'comment', comment) : item))
        return editTable(before, table, { columns })
      }
      if (index !== undefined) {
        if (!table.indexes.some((item) => item.name === index)) throw missing(subjectText(operation.on))
        const indexes = table.indexes.map((item) => (item.name === index ? assign(item, 'comment', comment) : item))
        return editTable(before, table, { indexes })
      }
      return editTable(before, assign(table, 'comment', comment), {})
    },
    invert(before, { on }) {
      const table = findTable(before, on.table)
      const target =
        table === undefined
          ? undefined
          : on.column !== undefined
            ? findColumn(table, on.column)
            : on.index !== undefined
              ? table.indexes.find((item) => item.name === on.index)
              : table
      if (target === undefined) return irreversible(`the schema before has no ${subjectText(on)}`)
      return [{ kind: 'setComment', on, comment: target.comment ?? null }]
    },
    touches({ on: { table, column, index } }) {
      if (column !== undefined) return [`${columnFootprint(table, column)}/comment`]
      return [`${tableFootprint(table)}/${index === undefined ? '' : `index:${part(index)}/`}comment`]
    },
    describe: ({ on, comment }) => `${comment === null ? 'take the comment off' : 'comment'} ${subjectText(on)}`,
  },
}
