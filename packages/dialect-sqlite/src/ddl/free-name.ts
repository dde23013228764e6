import { MigrateError } from '@org/migrate-core/dialect'

/** https://www.sqlite.org/lang_createtable.html: names that begin so are SQLite's own. Throws INVALID_NAME. */
export function requireFreeName(name: string): void {
  if (!/^sqlite_/i.test(name)) return
  const why = 'is reserved: names that begin with sqlite_ are for SQLite itself'
  throw new MigrateError('INVALID_NAME', { name, why }, `the name ${name} ${why}`)
}
