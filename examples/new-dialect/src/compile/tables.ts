import { type CompileTable, join, sql } from '@org/migrate-core/dialect'
import { refuse } from '../canonicalise.ts'
import { quote } from '../quote.ts'
import { unsupported } from '../unsupported.ts'
import { columnText, constraintText, indexText } from './parts.ts'
import { statement } from './statement.ts'

export const tableStatements: Pick<CompileTable, 'createTable' | 'dropTable' | 'renameTable' | 'alterTableOptions'> = {
  createTable: ({ operation: { table } }) => {
    refuse(table)
    const parts = [...table.columns.map(columnText), ...table.constraints.map(constraintText)]
    return [
      statement(sql`CREATE TABLE ${quote.table(table.ref)} (${join(parts)})`, [table.ref]),
      ...table.indexes.map((index) => statement(indexText(table.ref, index), [table.ref])),
    ]
  },
  // CASCADE of the server would also drop views without a word.
  dropTable: ({ operation: { table, cascade } }) =>
    cascade
      ? unsupported(`drop table ${table.name}`, 'this dialect drops nothing else along')
      : [statement(sql`DROP TABLE ${quote.table(table)}`, [table])],
  renameTable: ({ operation: { table, to } }) => [
    statement(sql`ALTER TABLE ${quote.table(table)} RENAME TO ${quote.identifier(to)}`, [table, { name: to }]),
  ],
  alterTableOptions: ({ operation: { table } }) =>
    unsupported(`options of table ${table.name}`, 'this dialect has no options of tables'),
}
