import { type DialectTypes, defaultMisfit } from '@org/migrate-core/dialect'
import { canonicaliseColumn } from './canonicalise.ts'

/** The CHECK of an enum refuses a value, and a STRICT table: other columns take any, of any length. https://www.sqlite.org/stricttables.html */
export const misfitOf: NonNullable<DialectTypes['defaultMisfit']> = ({ options: { strict } }, declared) => {
  const column = canonicaliseColumn(declared)
  if (column.type.kind !== 'enum' && strict !== true) return undefined
  return defaultMisfit(column, { isSized: false, isSame: (value, text) => value === text })
}
