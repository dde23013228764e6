import { MigrateError } from '@org/migrate-core/dialect'

/** UNSUPPORTED on SQLite: names the object, says why, and what to do instead. */
export function unsupported(operation: string, why: string, remedy?: string): never {
  throw new MigrateError(
    'UNSUPPORTED',
    { dialect: 'sqlite', operation, why },
    `${operation}: ${why}`,
    remedy === undefined ? {} : { remedy },
  )
}
