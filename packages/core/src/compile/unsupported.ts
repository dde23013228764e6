import { MigrateError } from '../errors/migrate-error.ts'
import type { BuiltInDialect, ColumnType } from '../model/column-type.ts'

/** The error for what a server, or this dialect of it, does not have. */
export function unsupported(
  dialect: BuiltInDialect,
  operation: string,
  why: string,
  remedy?: string,
): MigrateError<'UNSUPPORTED'> {
  return new MigrateError('UNSUPPORTED', { dialect, operation, why }, `${operation}: ${why}`, { remedy })
}

/** The error for a column whose type is another server's alone. */
export function foreignType(
  dialect: BuiltInDialect,
  server: string,
  { sql, dialect: other }: Extract<ColumnType, { readonly kind: 'native' }>,
): MigrateError<'UNSUPPORTED'> {
  const details = { dialect, operation: `type ${sql}`, why: `it is a type of ${other}` }
  return new MigrateError('UNSUPPORTED', details, `the type ${sql} is one of ${other}, not of ${server}`, {
    remedy: `Give the column \`native: { ${dialect}: '…' }\`, or use a logical type.`,
  })
}
