/** `./src/schema.ts`: a name that is meant for a file. A schema of a database is hardly ever called so. */
export const isModuleFile = (name: string): boolean => /\.[cm]?[jt]sx?$/i.test(name)
