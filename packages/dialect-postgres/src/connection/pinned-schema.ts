import { isMigrateError, MigrateError, missingDatabase } from '@org/migrate-core/connection'
import type { SqlValue } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { searchPath } from '../sql/search-path.ts'
import type { Connection, SendOptions } from './connection.ts'
import type { DriverResult } from './drivers/driver.ts'
import { codeOf, hasState, messageOf } from './faults.ts'
import type { ConnectionRequest, GreetedConnection, Greeting } from './greeting.ts'
import { inOwnTransaction } from './local.ts'
import { unreachableFor } from './unreachable.ts'
import type { ConnectionTarget } from './url.ts'

type Send = (sql: string, params?: readonly SqlValue[], options?: SendOptions) => Promise<DriverResult>

/** Behind a pooler the search path and the role of the session are another client's: each statement brings its own. */
function sendOn({ connection, localBegin }: Pick<GreetedConnection, 'connection' | 'localBegin'>): Send {
  return (sql, params = [], options = {}) =>
    localBegin === undefined
      ? connection.send(sql, params, options)
      : inOwnTransaction(connection, localBegin, [sql, params, options])
}

/** The server cuts long names, reads `$user` as the name of the role, and passes over what the role may not use. */
function elsewhere(target: ConnectionTarget, schema: string, actual: string | null): MigrateError {
  const found = actual === null ? 'finds none of that name' : `is in ${JSON.stringify(actual)}`
  const why = `its session is to be in the schema ${JSON.stringify(schema)}, and ${found}`
  return unreachableFor(target, why, { remedy: 'Name a schema of at most 63 bytes that this role may use.' })
}

/** The search path passes over a schema that does not exist, and over one that the role may not use. */
async function absent(send: Send, target: ConnectionTarget, schema: string): Promise<MigrateError> {
  const [row] = await send('SELECT current_user FROM pg_catalog.pg_namespace WHERE nspname = $1', [schema])
  const name = JSON.stringify(schema)
  if (row === undefined) return missingDatabase(target.display, `there is no schema ${name}`)
  return mayNotUse(target, schema, row[0])
}

function mayNotUse(target: ConnectionTarget, schema: string, role: string | null | undefined): MigrateError {
  return unreachableFor(target, `the role ${role} may not use the schema ${JSON.stringify(schema)}`, {
    remedy: `Grant it: GRANT USAGE ON SCHEMA "${schema.replaceAll('"', '""')}" TO "${role}".`,
  })
}

/**
 * Nothing could be made, and no history found: a search path passes over what is not there. Or all that is made would go with the session:
 * in the temporary schema, where it comes first. https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SEARCH-PATH
 * Throws DATABASE_UNREACHABLE.
 */
async function noSchema(send: Send, target: ConnectionTarget, actual: string | null): Promise<never> {
  const [unusable] =
    actual === null
      ? await send(
          `SELECT n.nspname, current_user FROM pg_catalog.pg_namespace n WHERE n.nspname IN (${searchPath}) AND NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')`,
        )
      : []
  if (typeof unusable?.[0] === 'string') throw mayNotUse(target, unusable[0], unusable[1])
  const [row] = await send("SELECT current_setting('search_path')")
  const path = JSON.stringify(row?.[0] ?? '')
  const why =
    actual === null
      ? `the session is in no schema: its search_path is ${path}, and none of it exists`
      : `the session is in its temporary schema, which ends with it: its search_path is ${path}`
  throw unreachableFor(target, why, {
    remedy:
      'Create the schema, or name one that exists: with ?schema= or ?search_path= in the URL, or by ALTER ROLE … SET search_path.',
  })
}

/** The schema that the session is pinned to, created where a run is to have it. Throws DATABASE_UNREACHABLE. */
export async function enterPinned(
  on: Pick<GreetedConnection, 'connection' | 'localBegin'>,
  target: ConnectionTarget,
  greeting: Greeting,
  { purpose, signal, whenMissing }: ConnectionRequest,
): Promise<string> {
  const { schema } = target
  const send = sendOn(on)
  if (schema === undefined) return noSchema(send, target, greeting.schema)
  if (schema === '$user' || Buffer.byteLength(schema) > 63 || (greeting.schema ?? schema) !== schema)
    throw elsewhere(target, schema, greeting.schema)
  if (greeting.schema === null && whenMissing === 'refuse') throw await absent(send, target, schema)
  if (purpose !== 'run' || greeting.schema !== null) return schema
  try {
    await send(`CREATE SCHEMA IF NOT EXISTS "${schema.replaceAll('"', '""')}"`, [], { signal })
  } catch (cause) {
    // Another session made it in the same moment: IF NOT EXISTS looks only at what is committed.
    if (codeOf(cause) !== '23505' && codeOf(cause) !== '42P06') {
      throw unreachableFor(target, `its schema ${JSON.stringify(schema)} cannot be made: ${messageOf(cause)}`, {
        cause,
        remedy: 'Create the schema, or let the role create schemas in this database.',
      })
    }
  }
  const [row] = await send('SELECT current_schema()', [], { signal })
  if (row?.[0] === schema) return schema
  throw elsewhere(target, schema, row?.[0] ?? null)
}

/** What follows would be created, and recorded, in another schema. */
export function leftSchema(
  connection: Connection,
  desired: string,
  sql: string,
  [row]: DriverResult,
): MigrateError<'SESSION_SETTING_REFUSED'> {
  const actual = row?.[0] ?? 'none'
  const details = { setting: 'search_path', desired, actual }
  const message = `after a statement the session on ${connection.database} is in the schema ${actual} instead of ${desired}: ${sql}`
  return new MigrateError('SESSION_SETTING_REFUSED', details, message, {
    remedy: 'Leave search_path as it is in revisions, and name the schema of what lies elsewhere.',
  })
}

const isAbsent = (error: unknown): boolean => isMigrateError(error) && hasState(error.cause, new Set(['3D000']))

/** Another session made it at once: the server checks the name, then its index. */
const isPresent = new Set(['42P04', '23505'])

/** Every server has it, and programs may connect to it: https://www.postgresql.org/docs/current/app-initdb.html */
const maintenanceDatabase = 'postgres'

/** Opens a connection to a database that may not exist: then it is made, or named. Throws DATABASE_UNREACHABLE. */
export async function openUnlessMissing(
  whenMissing: NonNullable<ConnectionRequest['whenMissing']>,
  target: ConnectionTarget,
  open: (target: ConnectionTarget) => Promise<GreetedConnection>,
): Promise<GreetedConnection> {
  try {
    return await open(target)
  } catch (error) {
    if (!isMigrateError(error, 'DATABASE_UNREACHABLE') || !isAbsent(error)) throw error
    if (whenMissing === 'refuse') throw missingDatabase(target.display, error.details.why, error.cause)
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
