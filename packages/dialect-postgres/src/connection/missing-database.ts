import { isMigrateError, missingRemedy } from '@org/migrate-core/connection'
import { quote } from '../sql/quote.ts'
import { hasState, messageOf } from './faults.ts'
import type { GreetedConnection } from './greeting.ts'
import { unreachableFor } from './unreachable.ts'
import type { ConnectionTarget } from './url.ts'

const isAbsent = (error: unknown): boolean => isMigrateError(error) && hasState(error.cause, new Set(['3D000']))

/** Opens a connection to a database that has to exist. Throws DATABASE_UNREACHABLE. */
export async function openExisting<T>(target: ConnectionTarget, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    if (!isMigrateError(error, 'DATABASE_UNREACHABLE') || !isAbsent(error)) throw error
    throw unreachableFor(target, error.details.why, { cause: error.cause, remedy: missingRemedy })
  }
}

/** Another session made it at once: the server checks the name, then its index. */
const isPresent = new Set(['42P04', '23505'])

/** Every server has it, and programs may connect to it: https://www.postgresql.org/docs/current/app-initdb.html */
const maintenanceDatabase = 'postgres'

/** Opens a connection to a database that is created where there is none. Throws DATABASE_UNREACHABLE. */
export async function openCreating(
  target: ConnectionTarget,
  open: (target: ConnectionTarget) => Promise<GreetedConnection>,
): Promise<GreetedConnection> {
  try {
    return await open(target)
  } catch (error) {
    if (!isAbsent(error)) throw error
  }
  const { schema: _, ...elsewhere } = { ...target, database: maintenanceDatabase }
  try {
    const { connection } = await open(elsewhere)
    try {
      await connection.send(`CREATE DATABASE ${quote.identifier(target.database).text}`)
    } finally {
      await connection.close()
    }
  } catch (cause) {
    if (!hasState(cause, isPresent)) {
      throw unreachableFor(target, `its database cannot be made: ${messageOf(cause)}`, {
        cause,
        remedy: `Create it: CREATE DATABASE "${target.database.replaceAll('"', '""')}"; or let the role create databases.`,
      })
    }
  }
  return open(target)
}
