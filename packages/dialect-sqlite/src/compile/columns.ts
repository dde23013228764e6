import { type CompileTable, sql } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { columnText } from '../types/definition-text.ts'
import { change, requireNoComment } from './batch.ts'
import { renameColumn } from './native/rename-column.ts'
import { inMain, statement, tableOf } from './statements.ts'

export const columnStatements: Pick<CompileTable, 'addColumn' | 'dropColumn' | 'alterColumn' | 'renameColumn'> = {
  addColumn: (at) =>
    change(at, () => {
      const { table: ref, column } = at.operation
      // As it was said: what is read again has its default as a value, and other tools compare the text.
      const text = columnText(column, { strict: tableOf(at.after, ref).options.strict === true })
      return [statement(sql`ALTER TABLE ${inMain(ref)} ADD COLUMN ${text}`, [ref])]
    }),
  dropColumn: (at) =>
    change(at, () => {
      const { table, column } = at.operation
      return [statement(sql`ALTER TABLE ${inMain(table)} DROP COLUMN ${quote.identifier(column)}`, [table])]
    }),
  alterColumn: (at) =>
    change(at, () => {
      // The text stays as it is: the change is about another database, or about what SQLite does not keep.
      requireNoComment(at.operation)
      return []
    }),
  renameColumn: ({ operation, before }) => renameColumn(before, operation),
}
