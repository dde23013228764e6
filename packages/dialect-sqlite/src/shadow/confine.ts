import { MigrateError, type ShadowDatabase } from '@org/migrate-core/dialect'
import { significant, tokenize } from '../sql/tokenize.ts'

/**
 * Statements that open or write a file: https://www.sqlite.org/lang_attach.html, https://www.sqlite.org/lang_vacuum.html#vacuuminto.
 * An attached database also has the tables that the main one lacks, so that a later DROP TABLE would find them there.
 */
function fileStatement(sql: string): string | undefined {
  const keywords = significant(tokenize(sql)).flatMap(({ kind, text }) => (kind === 'word' ? [text.toUpperCase()] : []))
  if (keywords[0] === 'ATTACH') return 'ATTACH'
  return keywords[0] === 'VACUUM' && keywords.includes('INTO') ? 'VACUUM INTO' : undefined
}

export const confined: NonNullable<ShadowDatabase['confined']> = (sql, send) => {
  const statement = fileStatement(sql)
  if (statement === undefined) return send()
  const why = `${statement} opens a file outside of the database in memory`
  return Promise.reject(new MigrateError('SHADOW_REFUSED', { why }, why))
}
