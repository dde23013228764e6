import { unsupported as unsupportedBy } from '@org/migrate-core/dialect'

/** UNSUPPORTED on SQLite: names the object, says why, and what to do instead. */
export function unsupported(operation: string, why: string, remedy?: string): never {
  throw unsupportedBy('sqlite', operation, why, remedy)
}
