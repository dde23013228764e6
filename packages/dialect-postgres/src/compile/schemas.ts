import { type CompileTable, sql } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { extraStatements } from './dependants/extras.ts'
import { statement } from './statements.ts'

export const schemaStatements: Pick<CompileTable, 'createSchema' | 'dropSchema'> = {
  createSchema: ({ operation: { schema, extras } }) => [
    statement(sql`CREATE SCHEMA ${quote.identifier(schema)}`, []),
    ...extraStatements(extras, { table: { name: schema } }),
  ],
  dropSchema: ({ operation: { schema } }) => [statement(sql`DROP SCHEMA ${quote.identifier(schema)}`, [])],
}
