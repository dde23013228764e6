import { MigrateError } from '@org/migrate-core/dialect'

export const dialectName = 'pglite'

/** What this dialect does not do is an error that says so: never nothing, never something else. */
export function unsupported(operation: string, why: string): never {
  throw new MigrateError('UNSUPPORTED', { dialect: dialectName, operation, why }, `${operation}: ${why}`)
}
