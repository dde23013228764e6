import { MigrateError } from '@org/migrate-core/connection'
import { codeOf, messageOf } from '../faults.ts'
import type { Driver } from './driver.ts'
import { type DriverName, driverNames } from './names.ts'

/** Each is loaded at the first connection, so that importing this package costs nothing. */
const drivers: { readonly [N in DriverName]: () => Promise<Driver> } = {
  mysql2: async () => (await import('./mysql2.ts')).driver,
  mariadb: async () => (await import('./mariadb.ts')).driver,
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
  let cause: unknown
  for (const name of requested === undefined ? driverNames : [requested]) {
    try {
      const found = { name, driver: await drivers[name](), why: whyChosen(requested, absent) }
      chosen.set(requested, found)
      return found
    } catch (error) {
      if (!isAbsent(error, name)) throw notBuilt(name, error)
      absent.push(name)
      cause = error
    }
  }
  throw requested === undefined ? noneInstalled(cause) : notBuilt(requested, cause)
}

function whyChosen(requested: DriverName | undefined, absent: readonly DriverName[]): string {
  if (requested !== undefined) return '`driver` names it'
  return absent.length === 0 ? 'installed' : `installed; ${absent.join(' and ')} is not`
}

/** The package itself is not there, as against something that it imports. */
const isAbsent = (error: unknown, name: DriverName): boolean =>
  codeOf(error) === 'ERR_MODULE_NOT_FOUND' && messageOf(error).includes(`'${name}'`)

function notBuilt(name: DriverName, cause: unknown): MigrateError<'DRIVER_NOT_BUILT'> {
  const why = messageOf(cause).split('\n')[0] ?? ''
  const message = `the driver ${name} cannot be loaded: ${why}`
  return new MigrateError('DRIVER_NOT_BUILT', { driver: name, why }, message, {
    cause,
    remedy: isAbsent(cause, name)
      ? `Install it: \`npm install ${name}\`.`
      : `Install the driver again: \`npm install ${name}\`.`,
  })
}

function noneInstalled(cause: unknown): MigrateError<'DRIVER_NOT_BUILT'> {
  const [first, second] = driverNames
  const why = `neither ${first} nor ${second} is installed`
  return new MigrateError('DRIVER_NOT_BUILT', { driver: first, why }, `no driver for MySQL is found: ${why}`, {
    cause,
    remedy: `Install one: \`npm install ${first}\` (or \`npm install ${second}\`).`,
  })
}
