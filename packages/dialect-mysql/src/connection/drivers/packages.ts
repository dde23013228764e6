import type { MigrateError } from '@org/migrate-core/connection'
import type { DriverName } from './names.ts'

// Each import stands inside `try`: bundlers leave that of a package which is not installed to the program, and fail at any other.

const notLoaded = async (name: DriverName, cause: unknown): Promise<MigrateError> =>
  (await import('./not-loaded.ts')).notLoaded(name, cause)

/** Throws DRIVER_NOT_BUILT. */
export async function importMysql2() {
  try {
    return (await import('mysql2')).default
  } catch (cause) {
    throw await notLoaded('mysql2', cause)
  }
}

/** Throws DRIVER_NOT_BUILT. */
export async function importMariadb() {
  try {
    return (await import('mariadb')).default
  } catch (cause) {
    throw await notLoaded('mariadb', cause)
  }
}
