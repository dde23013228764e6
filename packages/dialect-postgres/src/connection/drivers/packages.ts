import { driverNotLoaded } from '@org/migrate-core/connection'
import { packageOf } from './names.ts'

// Each import stands inside `try`: bundlers leave that of a package which is not installed to the program, and fail at any other.

/** Throws DRIVER_NOT_BUILT. */
export async function importPostgres() {
  try {
    return (await import('postgres')).default
  } catch (cause) {
    throw await driverNotLoaded('postgres', packageOf('postgres'), cause)
  }
}

/** Throws DRIVER_NOT_BUILT. */
export async function importPg() {
  try {
    return (await import('pg')).default
  } catch (cause) {
    throw await driverNotLoaded('pg', packageOf('pg'), cause)
  }
}

/** Throws DRIVER_NOT_BUILT. */
export async function importPglite() {
  try {
    return await import('@electric-sql/pglite')
  } catch (cause) {
    throw await driverNotLoaded('pglite', packageOf('pglite'), cause)
  }
}
