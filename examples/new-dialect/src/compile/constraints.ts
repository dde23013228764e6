import { type CompileTable, findTable, type OperationOf, type SchemaModel, sql } from '@org/migrate-core/dialect'
import { canonical } from '../expression.ts'
import { quote } from '../quote.ts'
import { unsupported } from '../unsupported.ts'
import { constraintText, indexText } from './parts.ts'
import { statement } from './statement.ts'

/** The name of what is to be dropped: the server gave one to each, and the schema as it is seen has it. */
function nameOf(before: SchemaModel, { table, constraint }: OperationOf<'dropConstraint'>): string {
  if ('name' in constraint) return constraint.name
  const match = findTable(before, table)?.constraints.find((each) => {
    if (each.kind !== constraint.kind) return false
    if (each.kind === 'check') {
      return constraint.kind === 'check' && canonical(each.expression) === canonical(constraint.expression)
    }
    if (constraint.kind === 'primaryKey') return true
    return 'columns' in each && 'columns' in constraint && each.columns.join('\n') === constraint.columns.join('\n')
  })
  // What the server calls a key that was given no name: https://www.postgresql.org/docs/current/sql-createtable.html
  if (match !== undefined)
    return match.name ?? (match.kind === 'primaryKey' ? `${table.name}_pkey` : noName(table.name))
  return noName(table.name)
}

const noName = (table: string): never =>
  unsupported(`drop constraint of ${table}`, 'without a connection a constraint needs a name')

export const constraintStatements: Pick<
  CompileTable,
  'addConstraint' | 'dropConstraint' | 'renameConstraint' | 'createIndex' | 'dropIndex' | 'renameIndex'
> = {
  addConstraint: ({ operation: { table, constraint } }) => [
    statement(sql`ALTER TABLE ${quote.table(table)} ADD ${constraintText(constraint)}`, [table]),
  ],
  dropConstraint: ({ operation, before }) => [
    statement(
      sql`ALTER TABLE ${quote.table(operation.table)} DROP CONSTRAINT ${quote.identifier(nameOf(before, operation))}`,
      [operation.table],
    ),
  ],
  renameConstraint: ({ operation: { table, constraint, to } }) => [
    statement(
      sql`ALTER TABLE ${quote.table(table)} RENAME CONSTRAINT ${quote.identifier(constraint)} TO ${quote.identifier(to)}`,
      [table],
    ),
  ],
  createIndex: ({ operation: { table, index } }) => [statement(indexText(table, index), [table])],
  dropIndex: ({ operation: { table, index } }) => [statement(sql`DROP INDEX ${quote.identifier(index)}`, [table])],
  renameIndex: ({ operation: { table, index, to } }) => [
    statement(sql`ALTER INDEX ${quote.identifier(index)} RENAME TO ${quote.identifier(to)}`, [table]),
  ],
}
