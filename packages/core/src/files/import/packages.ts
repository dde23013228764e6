/**
 * What compiles and resolves the TypeScript of revision files. The names are no literals of an `import`: a bundler would take the packages
 * with their binaries into each program, also where revisions are values.
 */
const names = { transform: 'oxc-transform', resolver: 'oxc-resolver' }

const load = (name: string): Promise<unknown> => import(/* webpackIgnore: true */ /* @vite-ignore */ name)

export const importTransform = () => load(names.transform) as Promise<typeof import('oxc-transform')>

export const importResolver = () => load(names.resolver) as Promise<typeof import('oxc-resolver')>
