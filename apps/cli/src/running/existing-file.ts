import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { MigrateError } from '@org/migrate-core'

/**
 * Throws DATABASE_UNREACHABLE where the file of a database is missing. It counts as an empty database elsewhere; for a command that only
 * reads what is there it is a mistake in the URL.
 */
export function requireExistingFile(database: string, cannot: string): void {
  if (!isAbsolute(database) || existsSync(database)) return
  const why = 'there is no such file'
  throw new MigrateError('DATABASE_UNREACHABLE', { database, why }, `${database} cannot be ${cannot}: ${why}`)
}
