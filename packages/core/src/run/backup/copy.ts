import type { copyDatabase as copying } from './copy-database.ts'

/** Loads what makes backups with the first copy. */
export const copyDatabase: typeof copying = async (...args) =>
  (await import('./copy-database.ts')).copyDatabase(...args)
