import { MigrateError } from './migrate-error.ts'

/** Of rows of a table of ours that only a newer program can read. */
export function newerFormat(table: string, format: number, supported: number): MigrateError<'BOOKKEEPING_NEWER'> {
  const message = `A newer version of this program wrote ${table}: its format is ${format}, and this version reads up to ${supported}.`
  return new MigrateError('BOOKKEEPING_NEWER', { table, format, supported }, message)
}
