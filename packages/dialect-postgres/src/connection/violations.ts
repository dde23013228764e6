import { MigrateError } from '@org/migrate-core/connection'
import { codeOf, messageOf, serverErrorFields } from './faults.ts'

/**
 * What the server says of the row that violates a constraint, as ours; undefined for any other error. The row is in the error's
 * detail: `Key (author)=(7) is not present in table "authors".`
 */
export function violation(cause: unknown): MigrateError | undefined {
  const fields = serverErrorFields(cause)
  const code = codeOf(cause)
  if (fields === undefined || code === undefined || !code.startsWith('23')) return undefined
  const table = [fields.schema_name, fields.table_name].filter((part) => part !== undefined).join('.')
  const check = [table, fields.constraint_name].filter((part) => part !== undefined && part !== '').join(': ')
  const row = fields.detail ?? messageOf(cause)
  if (code === '23503') {
    const violations = [`${check}: ${row}`]
    return new MigrateError('FOREIGN_KEY_VIOLATION', { violations }, `a foreign key is violated: ${violations[0]}`, {
      cause,
    })
  }
  return new MigrateError('BLOCKING_ROWS', { check, rows: [row] }, `${messageOf(cause)} (${check}: ${row})`, {
    cause,
  })
}
