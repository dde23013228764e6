import { codeOf, thrownMessage } from '../../errors/thrown-value.ts'

/**
 * What compiles and resolves the TypeScript of revision files. The names are no literals of an `import`: a bundler would take the packages
 * with their binaries into each program, also where revisions are values.
 */
const names = { transform: 'oxc-transform', resolver: 'oxc-resolver' }

async function load(name: string): Promise<unknown> {
  try {
    return await import(/* webpackIgnore: true */ /* @vite-ignore */ name)
  } catch (cause) {
    throw Object.assign(new Error(`${name} cannot be loaded: ${reasonOf(cause)}`, { cause }), { code: notLoaded })
  }
}

const notLoaded = 'ERR_COMPILER_NOT_LOADED'

/** Its package is absent, or has no binary for this process. */
export const isCompilerNotLoaded = (error: unknown): boolean => codeOf(error) === notLoaded

/** Of `node --permission` without `--allow-addons`: https://nodejs.org/api/errors.html#err_dlopen_disabled */
export const addonsDenied = 'ERR_DLOPEN_DISABLED'

/** The error of that code in a chain of causes: the loader of a binary has one cause for each file that it tries. */
export function causeWith(code: string, error: unknown): unknown {
  const visited = new Set<unknown>()
  for (let at = error; at instanceof Error && !visited.has(at); at = at.cause) {
    if (codeOf(at) === code) return at
    visited.add(at)
  }
  return undefined
}

const reasonOf = (cause: unknown): string => thrownMessage(causeWith(addonsDenied, cause) ?? cause).split('\n')[0] ?? ''

export const importTransform = () => load(names.transform) as Promise<typeof import('oxc-transform')>

export const importResolver = () => load(names.resolver) as Promise<typeof import('oxc-resolver')>
