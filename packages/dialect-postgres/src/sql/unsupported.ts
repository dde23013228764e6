import { MigrateError } from '@org/migrate-core/dialect'

export function unsupported(operation: string, why: string, remedy?: string): never {
  throw new MigrateError(
    'UNSUPPORTED',
    { dialect: 'postgres', operation, why },
    `${operation}: ${why}`,
    remedy === undefined ? {} : { remedy },
  )
}
