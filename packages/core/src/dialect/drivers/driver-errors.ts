import { isMigrateError, MigrateError } from '../../errors/migrate-error.ts'
import { thrownMessage } from '../../errors/thrown-value.ts'
import { isPackageAbsent } from './absent-package.ts'

export function driverNotLoaded(name: string, packageName: string, cause: unknown): MigrateError<'DRIVER_NOT_BUILT'> {
  const why = thrownMessage(cause).split('\n')[0] ?? ''
  const message = `the driver ${name} cannot be loaded: ${why}`
  return new MigrateError('DRIVER_NOT_BUILT', { driver: name, why }, message, {
    cause,
    remedy: remedyFor(packageName, cause, why),
  })
}

function remedyFor(packageName: string, cause: unknown, why: string): string {
  if (isPackageAbsent(cause, packageName)) return `Install it: \`npm install ${packageName}\`.`
  // A bundle of ES modules has no `require` for the modules of Node: https://github.com/evanw/esbuild/issues/1921
  if (why.startsWith('Dynamic require of '))
    return `Leave the driver out of the bundle (esbuild: \`--external:${packageName}\`) and install it beside, or bundle the program as CommonJS (\`--format=cjs\`).`
  return `Install the driver again: \`npm install ${packageName}\`.`
}

/** Its package is not there at all. */
export const isOfAbsentDriver = (error: unknown, packageName: string): boolean =>
  isMigrateError(error, 'DRIVER_NOT_BUILT') && isPackageAbsent(error.cause, packageName)

/** Takes the error of the last one that was tried. */
export function noDriverInstalled(
  server: string,
  [first, second]: readonly [string, string],
  error: unknown,
): MigrateError<'DRIVER_NOT_BUILT'> {
  const why = `neither ${first} nor ${second} is installed`
  return new MigrateError('DRIVER_NOT_BUILT', { driver: first, why }, `no driver for ${server} is found: ${why}`, {
    cause: (error as Error).cause,
    remedy: `Install one: \`npm install ${first}\` (or \`npm install ${second}\`).`,
  })
}
