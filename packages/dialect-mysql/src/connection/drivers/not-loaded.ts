import { isMigrateError, MigrateError } from '@org/migrate-core/connection'
import { isPackageAbsent } from '@org/migrate-core/dialect'
import { messageOf } from '../faults.ts'
import { type DriverName, driverNames } from './names.ts'

/** A driver that was found, or requested, and whose package cannot be loaded. */
export function notLoaded(name: DriverName, cause: unknown): MigrateError<'DRIVER_NOT_BUILT'> {
  const why = messageOf(cause).split('\n')[0] ?? ''
  const message = `the driver ${name} cannot be loaded: ${why}`
  return new MigrateError('DRIVER_NOT_BUILT', { driver: name, why }, message, {
    cause,
    remedy: isPackageAbsent(cause, name)
      ? `Install it: \`npm install ${name}\`.`
      : `Install the driver again: \`npm install ${name}\`.`,
  })
}

/** Whether the error is of a driver whose package is not there at all. */
export const isAbsent = (error: unknown, name: DriverName): boolean =>
  isMigrateError(error) && error.code === 'DRIVER_NOT_BUILT' && isPackageAbsent(error.cause, name)

/** Takes the error of the last one that was tried. */
export function noneInstalled(error: unknown): MigrateError<'DRIVER_NOT_BUILT'> {
  const [first, second] = driverNames
  const why = `neither ${first} nor ${second} is installed`
  return new MigrateError('DRIVER_NOT_BUILT', { driver: first, why }, `no driver for MySQL is found: ${why}`, {
    cause: (error as Error).cause,
    remedy: `Install one: \`npm install ${first}\` (or \`npm install ${second}\`).`,
  })
}
