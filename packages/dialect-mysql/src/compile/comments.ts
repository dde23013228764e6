import { type CompileTable, sql, verbatim } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { quotedComment } from '../sql/quote.ts'
import { modified } from './columns.ts'
import { addIndex, dropIndex } from './indexes.ts'
import { alterTable, notInSchema, tableOf } from './statements.ts'

export function commentStatements(server: Server): Pick<CompileTable, 'setComment'> {
  return {
    setComment: ({ operation: { on, comment }, before, after }) => {
      const table = tableOf(after, on.table)
      if (on.column !== undefined) return modified(server, tableOf(before, on.table), table)
      if (on.index === undefined) return [alterTable(on.table, [verbatim(`COMMENT = ${quotedComment(comment ?? '')}`)])]
      const index = table.indexes.find(({ name }) => name === on.index)
      if (index === undefined) throw notInSchema(`index ${on.index}`)
      // No statement changes the comment of an index; in one ALTER TABLE the table is never without it.
      return [alterTable(on.table, [dropIndex(index.name), sql`${addIndex(server, index)}`])]
    },
  }
}
