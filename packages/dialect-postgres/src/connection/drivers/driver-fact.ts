import { installedVersion } from '@org/migrate-core/connection'
import type { DriverFact } from '@org/migrate-core/dialect'
import { chooseDriver } from './drivers.ts'
import { type DriverName, packageOf } from './names.ts'

/** Which driver is taken, and why. Throws DRIVER_NOT_BUILT. */
export async function driverFact(requested: DriverName | undefined): Promise<DriverFact> {
  const { name, why } = await chooseDriver(requested)
  const version = installedVersion(packageOf(name), import.meta.url)
  return { name, version, why: name === 'pglite' ? 'the URL is of it' : why }
}
