import { existsSync } from 'node:fs'
import nodeModule from 'node:module'
import { basename, dirname, join } from 'node:path'

/** What is used of the API of Yarn's Plug'n'Play: https://yarnpkg.com/advanced/pnpapi */
interface Installation {
  /** The folder of a package. */
  resolveToUnqualified(request: string, issuer: string, options: { considerBuiltins: boolean }): string | null
  resolveRequest(
    request: string,
    issuer: string,
    options: { considerBuiltins: boolean; conditions: ReadonlySet<string>; extensions: readonly string[] },
  ): string | null
}

/** The installation that a file belongs to, where it is one without node_modules; it throws what is not found. */
export const plugAndPlay = (file: string): Installation | null | undefined =>
  (nodeModule as { findPnpApi?(path: string): Installation | null }).findPnpApi?.(file)

/** Whether a path exists. With `node --permission` one outside of the permitted folders throws: https://nodejs.org/api/permissions.html */
export function isReadable(path: string): boolean {
  try {
    return existsSync(path)
  } catch {
    return false
  }
}

/**
 * The folder of the package that `import` finds for a file. `require.resolve` would look into NODE_PATH too, where pnpm's scripts put what
 * other packages depend on, and loading it costs a start. Undefined where there is none.
 */
export function packageFolder(name: string, file: string): string | undefined {
  const installation = plugAndPlay(file)
  if (installation) {
    try {
      return installation.resolveToUnqualified(name, file, { considerBuiltins: false }) ?? undefined
    } catch {
      // The package of the file does not depend on it.
      return undefined
    }
  }
  for (let at = dirname(file); ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name)
    if (basename(at) !== 'node_modules' && isReadable(join(folder, 'package.json'))) return folder
    if (at === dirname(at)) return undefined
  }
}
