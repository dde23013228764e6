import { type CompileTable, joinWithSpaces, sql } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { statement } from './statements.ts'

export const extensionStatements: Pick<CompileTable, 'createExtension' | 'dropExtension'> = {
  createExtension: ({ operation: { extension, schema } }) => [
    statement(
      joinWithSpaces(
        sql`CREATE EXTENSION ${quote.identifier(extension)}`,
        schema !== undefined && sql`SCHEMA ${quote.identifier(schema)}`,
      ),
      [],
    ),
  ],
  dropExtension: ({ operation: { extension } }) => [statement(sql`DROP EXTENSION ${quote.identifier(extension)}`, [])],
}
