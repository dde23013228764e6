import { driverChooser } from '@org/migrate-core/connection'
import type { Driver } from './driver.ts'
import { type DriverName, driverNames } from './names.ts'

/** Each is loaded at the first connection, so that importing this package costs nothing. */
const drivers: { readonly [N in DriverName]: () => Promise<Driver> } = {
  mysql2: async () => (await import('./mysql2.ts')).load(),
  mariadb: async () => (await import('./mariadb.ts')).load(),
}

/** Throws DRIVER_NOT_BUILT. */
export const chooseDriver = driverChooser({
  server: 'MySQL',
  load: drivers,
  usual: driverNames,
  packageOf: (name) => name,
})
