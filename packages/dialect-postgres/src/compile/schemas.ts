import { type CompileTable, sql } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { statement } from './statements.ts'

export const schemaStatements: Pick<CompileTable, 'createSchema' | 'dropSchema'> = {
  createSchema: ({ operation: { schema } }) => [statement(sql`CREATE SCHEMA ${quote.identifier(schema)}`, [])],
  dropSchema: ({ operation: { schema } }) => [statement(sql`DROP SCHEMA ${quote.identifier(schema)}`, [])],
}
