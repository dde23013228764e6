import { isMigrateError, MigrateError } from '@org/migrate-core/connection'
import type { Waiting } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { Connection } from './connection.ts'
import { reach } from './driver.ts'
import type { Reply } from './drivers/driver.ts'
import { numberOf } from './faults.ts'
import type { Target } from './url.ts'

/** Whether the server has no such database. */
const isAbsent = (error: unknown): boolean => isMigrateError(error) && numberOf(error.cause) === 1049

async function createDatabase(target: Target, waiting: Waiting): Promise<void> {
  const connection = new Connection(await reach({ ...target, database: '' }, waiting), () => reach(target))
  try {
    await connection.send(
      `CREATE DATABASE IF NOT EXISTS ${quote.identifier(target.database).text} CHARACTER SET utf8mb4`,
    )
  } finally {
    await connection.end()
  }
}

/** Opens a session of a run, in a database that is created where there is none. */
export async function openCreating<T>(target: Target, waiting: Waiting, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    if (!isAbsent(error)) throw error
  }
  await createDatabase(target, waiting)
  return open()
}

/** As far as the text of one statement shows it; comments before it are none of it. */
const leavesDatabase = /^(?:\s|--[^\n]*\n|#[^\n]*\n|\/\*(?!!)[\s\S]*?\*\/)*use\b/i

const remedy = 'Leave USE out of revisions, and name the database of what lies elsewhere.'

/** What follows would be created, and recorded, in another database. Throws SESSION_SETTING_REFUSED. */
export function refuseLeaving(sql: string, desired: string, database: string): void {
  if (!leavesDatabase.test(sql)) return
  const details = { setting: 'the database', desired, actual: sql }
  const message = `a statement would leave ${database}, and what follows would be recorded elsewhere: ${sql}`
  throw new MigrateError('SESSION_SETTING_REFUSED', details, message, { remedy })
}

export const currentDatabase = 'SELECT DATABASE(), @@lower_case_table_names'

/** The same after a statement: of dynamic SQL and procedures the text does not show it. */
export function requireDatabase(
  [row = []]: Reply['rows'],
  sql: string,
  { schema = '', database }: { readonly schema?: string | undefined; readonly database: string },
): void {
  const [actual = 'none', lowered = '0'] = row.map((value) => value?.toString())
  const desired = schema
  if (actual === desired || (lowered !== '0' && actual.toLowerCase() === desired.toLowerCase())) return
  const details = { setting: 'the database', desired, actual }
  const message = `after a statement the session on ${database} is in the database ${actual} instead of ${desired}: ${sql}`
  throw new MigrateError('SESSION_SETTING_REFUSED', details, message, { remedy })
}
