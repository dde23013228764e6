import { codeOf } from '../../errors/thrown-value.ts'

/**
 * What compiles and resolves the TypeScript of revision files. The names are no literals of an `import`: a bundler would take the packages
 * with their binaries into each program, also where revisions are values.
 */
const names = { transform: 'oxc-transform', resolver: 'oxc-resolver' }

async function load(name: string): Promise<unknown> {
  try {
    return await import(/* webpackIgnore: true */ /* @vite-ignore */ name)
  } catch (cause) {
    const { compilerError } = await import('./compiler-error.ts')
    throw compilerError(name, cause, notLoaded)
  }
}

const notLoaded = 'ERR_COMPILER_NOT_LOADED'

/** Its package is absent, or has no binary for this process. */
export const isCompilerNotLoaded = (error: unknown): boolean => codeOf(error) === notLoaded

export const importTransform = () => load(names.transform) as Promise<typeof import('oxc-transform')>

export const importResolver = () => load(names.resolver) as Promise<typeof import('oxc-resolver')>
