import { MigrateError } from '@org/migrate-core/dialect'
import * as orm from 'drizzle-orm'

/*
 * drizzle-orm 0.45 and 1.0 are read by what both publish. Where they differ, this says which of the two is loaded; what a column itself tells
 * is read of the column, in `read/internals.ts`.
 */

/** Whether the drizzle-orm that is loaded is 1.0: it declares the relations of all tables together. */
export const isVersion1 = 'defineRelations' in orm

/** The error for an option that the drizzle-orm which is loaded does not have. */
export function absentOption(option: string, why: string, remedy: string): MigrateError<'INVALID_OPTION'> {
  return new MigrateError('INVALID_OPTION', { option, why }, `${option}: ${why}.`, { remedy })
}
