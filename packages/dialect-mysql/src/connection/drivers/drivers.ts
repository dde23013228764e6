import type { Driver } from './driver.ts'
import { type DriverName, driverNames } from './names.ts'

/** Each is loaded at the first connection, so that importing this package costs nothing. */
const drivers: { readonly [N in DriverName]: () => Promise<Driver> } = {
  mysql2: async () => (await import('./mysql2.ts')).load(),
  mariadb: async () => (await import('./mariadb.ts')).load(),
}

/** A driver with the reason why it is this one. */
export interface ChosenDriver {
  readonly name: DriverName
  readonly why: string
  readonly driver: Driver
}

/** Each connection asks for its driver: what is installed is looked up once. What was not found may be there later. */
const chosen = new Map<DriverName | undefined, ChosenDriver>()

/**
 * The driver that was requested, else the first one of the list that is installed. Throws DRIVER_NOT_BUILT, also where one is installed and
 * cannot be loaded: which one is taken must not change by accident.
 */
export async function chooseDriver(requested: DriverName | undefined): Promise<ChosenDriver> {
  const known = chosen.get(requested)
  if (known !== undefined) return known
  const absent: DriverName[] = []
  let last: unknown
  for (const name of requested === undefined ? driverNames : [requested]) {
    try {
      const found = { name, driver: await drivers[name](), why: whyChosen(requested, absent) }
      chosen.set(requested, found)
      return found
    } catch (error) {
      const { isAbsent } = await import('./not-loaded.ts')
      if (requested !== undefined || !isAbsent(error, name)) throw error
      absent.push(name)
      last = error
    }
  }
  throw (await import('./not-loaded.ts')).noneInstalled(last)
}

function whyChosen(requested: DriverName | undefined, absent: readonly DriverName[]): string {
  if (requested !== undefined) return '`driver` names it'
  return absent.length === 0 ? 'installed' : `installed; ${absent.join(' and ')} is not`
}
