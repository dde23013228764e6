import { isMigrateError, MigrateError, missingDatabase } from '@org/migrate-core/connection'
import type { ConnectOptions, Waiting } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { Connection } from './connection.ts'
import { reach } from './driver.ts'
import type { Reply } from './drivers/driver.ts'
import { numberOf } from './faults.ts'
import type { Target } from './url.ts'

/** Whether the server has no such database. */
const isAbsent = (error: unknown): boolean => isMigrateError(error) && numberOf(error.cause) === 1049

async function createDatabase(
  target: Target,
  { scope, ...waiting }: Waiting & Pick<ConnectOptions, 'scope'>,
): Promise<void> {
  const nowhere = { ...target, database: '' }
  const open = async (): Promise<Connection> => new Connection(await reach(nowhere, waiting), () => reach(nowhere))
  const scoped =
    scope === undefined ? undefined : (await import('./idle-connections.ts')).connectionsIn(scope, nowhere, open)
  const connection = await (scoped?.take() ?? open())
  try {
    await connection.send(
      `CREATE DATABASE IF NOT EXISTS ${quote.identifier(target.database).text} CHARACTER SET utf8mb4`,
    )
  } finally {
    await (scoped?.give(connection) ?? connection.end())
  }
}

/** Opens a session in a database that may not exist: then it is made, or named. */
export async function openUnlessMissing<T>(
  target: Target,
  { purpose, whenMissing, ...waiting }: ConnectOptions,
  open: () => Promise<T>,
): Promise<T> {
  try {
    return await open()
  } catch (error) {
    if (!isMigrateError(error, 'DATABASE_UNREACHABLE') || !isAbsent(error)) throw error
    if (whenMissing === 'refuse') throw missingDatabase(error.details.database, error.details.why, error.cause)
    if (purpose === 'inspect') throw error
  }
  await createDatabase(target, waiting)
  return open()
}

/** As far as the text of one statement shows it; comments before it are none of it. */
const leavesDatabase = /^(?:\s|--[^\n]*\n|#[^\n]*\n|\/\*(?!!)[\s\S]*?\*\/)*use\b/i

const remedy = 'Leave USE out of revisions, and name the database of what lies elsewhere.'

/** Dynamic SQL and procedures can change the database, and so can a comment that the server runs. */
const mayLeave = /\b(?:call|execute|use)\b/i

const currentDatabase = 'SELECT DATABASE(), @@lower_case_table_names'

/** What keeps a session in its database: what follows would be created, and recorded, elsewhere. */
export interface DatabaseGuard {
  /** Throws SESSION_SETTING_REFUSED for a statement whose text shows it. */
  before(sql: string): void
  /** Throws the same after one whose text does not, with `send` in the turn of the statement. */
  after(sql: string, sent: Promise<Reply>, send: (text: string) => Promise<Reply>): Promise<Reply>
}

export function databaseGuard(desired: string, database: string): DatabaseGuard {
  const refused = (actual: string, message: string): MigrateError =>
    new MigrateError('SESSION_SETTING_REFUSED', { setting: 'the database', desired, actual }, message, { remedy })
  return {
    before(sql) {
      if (!leavesDatabase.test(sql)) return
      throw refused(sql, `a statement would leave ${database}, and what follows would be recorded elsewhere: ${sql}`)
    },
    async after(sql, sent, send) {
      const reply = await sent
      if (!mayLeave.test(sql)) return reply
      const [row = []] = (await send(currentDatabase)).rows
      const [actual = 'none', lowered = '0'] = row.map((value) => value?.toString())
      if (actual === desired || (lowered !== '0' && actual.toLowerCase() === desired.toLowerCase())) return reply
      throw refused(
        actual,
        `after a statement the session on ${database} is in the database ${actual} instead of ${desired}: ${sql}`,
      )
    },
  }
}
