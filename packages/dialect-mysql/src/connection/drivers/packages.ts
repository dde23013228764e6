import { driverNotLoaded } from '@org/migrate-core/connection'

// Each import stands inside `try`: bundlers leave that of a package which is not installed to the program, and fail at any other.

/** Throws DRIVER_NOT_BUILT. */
export async function importMysql2() {
  try {
    return (await import('mysql2')).default
  } catch (cause) {
    throw await driverNotLoaded('mysql2', 'mysql2', cause)
  }
}

/** Throws DRIVER_NOT_BUILT. */
export async function importMariadb() {
  try {
    return (await import('mariadb')).default
  } catch (cause) {
    throw await driverNotLoaded('mariadb', 'mariadb', cause)
  }
}
