import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

interface Manifest {
  readonly name?: string
  readonly version?: string
}

/** The version of an installed package, by the manifest above its entry; undefined where it can't be told, as in a bundle. */
export function installedVersion(name: string): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(name)
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
