import { isWellFormed, MigrateError } from '@org/migrate-core/connection'

function unstorable(why: string): MigrateError<'UNSUPPORTED'> {
  const details = { dialect: 'postgres', operation: 'a text', why } as const
  return new MigrateError('UNSUPPORTED', details, `a text cannot be stored: ${why}`)
}

/** The text itself, if the server can hold it. Throws UNSUPPORTED. */
export function storable(value: string): string {
  if (value.includes('\0')) throw unstorable('a text of PostgreSQL holds no NUL character')
  // UTF-8 has no lone surrogates: the driver would put U+FFFD there without a word.
  if (!isWellFormed(value)) throw unstorable('it is not well-formed Unicode')
  return value
}
