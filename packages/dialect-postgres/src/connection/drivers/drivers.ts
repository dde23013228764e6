import { driverChooser } from '@org/migrate-core/connection'
import type { ConnectionTarget } from '../url.ts'
import type { Driver } from './driver.ts'
import type { Lender } from './lender.ts'
import { type DriverName, type OpenClient, packageOf, serverDrivers } from './names.ts'

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

/** Throws DRIVER_NOT_BUILT. */
export const chooseDriver = driverChooser({ server: 'PostgreSQL', load: drivers, usual: serverDrivers, packageOf })

/** What opens sessions on a target. Throws DRIVER_NOT_BUILT. */
export async function driverFor({ client, driver }: Pick<ConnectionTarget, 'client' | 'driver'>): Promise<Driver> {
  if (client === undefined) return (await chooseDriver(driver)).driver
  const [{ BorrowedSession }, lenderOf] = await Promise.all([import('./borrowed-session.ts'), lenders[client.name]()])
  return { open: (_, options) => new BorrowedSession(lenderOf(client), options) }
}
