import type { ConnectionTarget } from '../url.ts'
import type { Driver } from './driver.ts'
import type { Lender } from './lender.ts'
import { type DriverName, type OpenClient, serverDrivers } from './names.ts'

/** Each is loaded at the first connection, so that importing this package costs nothing. */
const drivers: { readonly [N in DriverName]: () => Promise<Driver> } = {
  postgres: async () => (await import('./postgres.ts')).load(),
  pg: async () => (await import('./pg.ts')).load(),
  pglite: async () => (await import('./pglite.ts')).load(),
}

/** None of them loads its package where it needs not: the client is of the application's own copy. */
const lenders: { readonly [N in DriverName]: () => Promise<(client: OpenClient) => Lender> } = {
  postgres: async () => (await import('./open-postgres.ts')).postgresLender,
  pg: async () => (await import('./open-pg.ts')).pgLender,
  pglite: async () => (await import('./pglite.ts')).pgliteLender,
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
  for (const name of requested === undefined ? serverDrivers : [requested]) {
    try {
      const driver = await drivers[name]()
      const found = { name, why: whyChosen(requested, absent), driver }
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

/** What opens sessions on a target. Throws DRIVER_NOT_BUILT. */
export async function driverFor({ client, driver }: Pick<ConnectionTarget, 'client' | 'driver'>): Promise<Driver> {
  if (client === undefined) return (await chooseDriver(driver)).driver
  const [{ BorrowedSession }, lenderOf] = await Promise.all([import('./borrowed-session.ts'), lenders[client.name]()])
  return { open: (_, options) => new BorrowedSession(lenderOf(client), options) }
}

function whyChosen(requested: DriverName | undefined, absent: readonly DriverName[]): string {
  if (requested === 'pglite') return 'the URL is of it'
  if (requested !== undefined) return '`driver` names it'
  return absent.length === 0
    ? 'installed'
    : `installed; ${absent.join(' and ')} ${absent.length === 1 ? 'is' : 'are'} not`
}
