import { MigrateError } from '@org/migrate-core/connection'
import type { DatabaseLocation } from './url.ts'

function invalidKey(why: string, remedy: string): MigrateError<'INVALID_OPTION'> {
  return new MigrateError('INVALID_OPTION', { option: 'key', why }, `key: ${why}`, { remedy })
}

/**
 * The bytes of the key, exactly for an encrypted database: its text, or SQLCipher's `x'…'` with the hex digits of a raw key.
 * Throws INVALID_OPTION, which never says the key.
 */
export function keyFor(location: DatabaseLocation, key: string | undefined): Buffer | undefined {
  const given = key !== undefined && key.trim() !== ''
  if (location.kind === 'memory' || !location.encrypted) {
    if (!given) return undefined
    const why = 'only a database of a sqlite+sqlcipher:// URL has one; this one would not be encrypted'
    throw invalidKey(why, 'Write the URL as sqlite+sqlcipher://<path>, or leave the key out.')
  }
  const remedy = 'Give it as `key`, or in DATABASE_PASSWORD for the command line.'
  if (!given) throw invalidKey(`the encrypted database ${location.path} needs one, which is not blank`, remedy)
  // Every other program would take the part before it for the key.
  if (key.includes('\0')) throw invalidKey('it holds a NUL character', remedy)
  return Buffer.from(key, 'utf8')
}
