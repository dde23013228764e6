import type { Database } from './drivers/handle.ts'
import { encrypting } from './drivers/names.ts'
import { unfitDriver } from './drivers/not-loaded.ts'

/**
 * The format of SQLCipher 4, in the order that the driver needs: without `legacy` SQLCipher itself could not open the file.
 * The key goes in as bytes and not as a statement: a statement is in the error that tells of its failure.
 */
export function unlock(db: Database, key: Buffer): void {
  const keyed = db as Database & { key?(key: Buffer): number }
  // The package may be an alias of one that does not encrypt, to which the pragmas say nothing.
  const cipher = db.pragma(`cipher = 'sqlcipher'`, { simple: true })
  if (cipher !== 'sqlcipher' || keyed.key === undefined) throw unfitDriver(encrypting, 'it does not encrypt')
  db.pragma('legacy = 4')
  if (keyed.key(key) !== 0) throw unfitDriver(encrypting, 'it takes no key')
  // Else what sorting and VACUUM put aside goes into files of the system's folder, and is not encrypted there.
  db.pragma('temp_store = MEMORY')
}
