import { readFileSync } from 'node:fs'
// By another name than the banner of many ESM bundles declares.
import { createRequire as requireFrom } from 'node:module'
import { dirname, join } from 'node:path'

import type { DriverFact } from '@org/migrate-core/dialect'
import { chooseDriver } from './drivers.ts'
import { type DriverName, packageOf } from './names.ts'

interface Manifest {
  readonly name?: string
  readonly version?: string
}

/** The version of an installed package, by the manifest above its entry; undefined where it can't be told, as in a bundle. */
function installedVersion(name: string): string | undefined {
  try {
    const entry = requireFrom(import.meta.url).resolve(name)
    for (let at = dirname(entry); at !== dirname(at); at = dirname(at)) {
      const manifest = manifestIn(at)
      if (manifest?.name === name) return manifest.version
    }
  } catch {
    // It is found by the bundle, or not at all.
  }
  return undefined
}

function manifestIn(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  } catch {
    return undefined
  }
}

/** Which driver is taken, and why. Throws DRIVER_NOT_BUILT. */
export async function driverFact(requested: DriverName | undefined): Promise<DriverFact> {
  const { name, why } = await chooseDriver(requested)
  return { name, version: installedVersion(packageOf(name)), why }
}
