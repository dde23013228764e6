import {
  type CompileTable,
  type IndexModel,
  type SqlFragment,
  type Statement,
  sql,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { statement } from './statements.ts'

function commentOn(object: SqlFragment, table: TableRef, comment: string | null | undefined): Statement {
  // An empty comment takes it off, as NULL does.
  return statement(sql`COMMENT ON ${object} IS ${quote.literal(comment === '' ? null : (comment ?? null))}`, [table])
}

export function columnName(table: TableRef, column: string): SqlFragment {
  return sql`${quote.table(table)}.${quote.identifier(column)}`
}

export function commentOnColumn(table: TableRef, column: string, comment: string | null | undefined): Statement {
  return commentOn(sql`COLUMN ${columnName(table, column)}`, table, comment)
}

export function commentOnIndex(table: TableRef, { name, comment }: Pick<IndexModel, 'name' | 'comment'>): Statement {
  return commentOn(sql`INDEX ${quote.table({ ...table, name })}`, table, comment)
}

const isComment = (comment: string | undefined): boolean => comment !== undefined && comment !== ''

/** The comments of a new table and its columns; those of its indexes go with them. */
export function commentsOf({ ref, comment, columns }: TableModel): readonly Statement[] {
  return [
    ...(isComment(comment) ? [commentOn(sql`TABLE ${quote.table(ref)}`, ref, comment)] : []),
    ...columns.flatMap((column) =>
      isComment(column.comment) ? [commentOnColumn(ref, column.name, column.comment)] : [],
    ),
  ]
}

export const commentStatements: Pick<CompileTable, 'setComment'> = {
  setComment: ({ operation: { on, comment } }) => {
    if (on.column !== undefined) return [commentOnColumn(on.table, on.column, comment)]
    if (on.index !== undefined) {
      return [commentOnIndex(on.table, { name: on.index, ...(comment === null ? {} : { comment }) })]
    }
    return [commentOn(sql`TABLE ${quote.table(on.table)}`, on.table, comment)]
  },
}
