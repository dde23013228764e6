import { installedVersion } from '@org/migrate-core/connection'
import type { DriverFact } from '@org/migrate-core/dialect'
import { chooseDriver } from './drivers.ts'
import type { DriverName } from './names.ts'

/** Which driver is taken, and why. Throws DRIVER_NOT_BUILT. */
export async function driverFact(requested: DriverName | undefined): Promise<DriverFact> {
  const { name, why } = await chooseDriver(requested)
  return { name, version: installedVersion(name, import.meta.url), why }
}
