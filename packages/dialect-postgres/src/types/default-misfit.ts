import { type DialectTypes, defaultMisfit } from '@org/migrate-core/dialect'
import { canonicaliseColumn } from './canonicalise.ts'

/** A default is converted when a row gets it: the server takes each that its type can read. */
export const misfitOf: NonNullable<DialectTypes['defaultMisfit']> = (_, column) =>
  defaultMisfit(canonicaliseColumn(column), { isSized: true, isSame: (value, text) => value === text })
