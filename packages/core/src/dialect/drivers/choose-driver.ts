import type { MigrateError } from '../../errors/migrate-error.ts'

/** A driver with the reason why it is this one. */
export interface ChosenDriver<N extends string, D> {
  readonly name: N
  readonly why: string
  readonly driver: D
}

/** The drivers of a server, of which an application has installed one. */
interface DriverList<N extends string, D> {
  /** What the errors call the server. */
  readonly server: string
  /** Each is loaded at the first connection, so that importing the dialect costs nothing. Throws DRIVER_NOT_BUILT. */
  readonly load: { readonly [K in N]: () => Promise<D> }
  /** One of these is taken where none is requested: the first that is installed. */
  readonly usual: readonly [N, N]
  /** What npm installs for it. */
  packageOf(name: N): string
}

/**
 * Chooses the driver that was requested, else the first of the usual ones that is installed. Throws DRIVER_NOT_BUILT, also where one is
 * installed and cannot be loaded: which one is taken must not change by accident.
 */
export function driverChooser<N extends string, D>({
  server,
  load,
  usual,
  packageOf,
}: DriverList<N, D>): (requested: N | undefined) => Promise<ChosenDriver<N, D>> {
  /** Each connection asks for its driver: what is installed is looked up once. What was not found may be there later. */
  const chosen = new Map<N | undefined, ChosenDriver<N, D>>()
  return async (requested) => {
    const known = chosen.get(requested)
    if (known !== undefined) return known
    const absent: N[] = []
    let last: unknown
    for (const name of requested === undefined ? usual : [requested]) {
      try {
        const found = { name, why: whyChosen(requested, absent), driver: await load[name]() }
        chosen.set(requested, found)
        return found
      } catch (error) {
        const { isOfAbsentDriver } = await import('./driver-errors.ts')
        if (requested !== undefined || !isOfAbsentDriver(error, packageOf(name))) throw error
        absent.push(name)
        last = error
      }
    }
    throw (await import('./driver-errors.ts')).noDriverInstalled(server, usual, last)
  }
}

function whyChosen(requested: string | undefined, absent: readonly string[]): string {
  if (requested !== undefined) return '`driver` names it'
  return absent.length === 0 ? 'installed' : `installed; ${absent.join(' and ')} is not`
}

/** Of a driver that was found, or requested, and whose package cannot be loaded. */
export async function driverNotLoaded(
  name: string,
  packageName: string,
  cause: unknown,
): Promise<MigrateError<'DRIVER_NOT_BUILT'>> {
  return (await import('./driver-errors.ts')).driverNotLoaded(name, packageName, cause)
}
