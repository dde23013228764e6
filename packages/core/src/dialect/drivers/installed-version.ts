import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageFolder } from './package-folder.ts'

/** The version of the package that `import` finds for a module; undefined where it can't be told, as in a bundle. */
export function installedVersion(name: string, moduleUrl: string): string | undefined {
  try {
    const folder = packageFolder(name, fileURLToPath(moduleUrl))
    if (folder === undefined) return undefined
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version?: string }
    return version
  } catch {
    // A bundle in CommonJS has no URL; an archive has no file.
    return undefined
  }
}
