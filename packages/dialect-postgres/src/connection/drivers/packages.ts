import type { MigrateError } from '@org/migrate-core/connection'
import type { DriverName } from './names.ts'

// Each import stands inside `try`: bundlers leave that of a package which is not installed to the program, and fail at any other.

const notLoaded = async (name: DriverName, cause: unknown): Promise<MigrateError> =>
  (await import('./not-loaded.ts')).notLoaded(name, cause)

/** Throws DRIVER_NOT_BUILT. */
export async function importPostgres() {
  try {
    return (await import('postgres')).default
  } catch (cause) {
    throw await notLoaded('postgres', cause)
  }
}

/** Throws DRIVER_NOT_BUILT. */
export async function importPg() {
  try {
    return (await import('pg')).default
  } catch (cause) {
    throw await notLoaded('pg', cause)
  }
}

/** Throws DRIVER_NOT_BUILT. */
export async function importPglite() {
  try {
    return await import('@electric-sql/pglite')
  } catch (cause) {
    throw await notLoaded('pglite', cause)
  }
}
