import { codeOf, isMigrateError } from '@org/migrate-core/connection'
import type { SessionProbeResult } from '@org/migrate-core/dialect'
import type { Connection } from './connection.ts'
import type { Reply } from './drivers/driver.ts'
import { processList } from './identity.ts'

/** A session as another one may find it. */
interface WatchedSession {
  readonly threadId: number
  /** When it was opened, by this process's monotonic clock. */
  readonly connectedAt: number
}

const cells = ({ rows }: Reply): readonly string[] => (rows[0] ?? []).map((cell) => cell?.toString() ?? '')

/** Asks on a connection of its own, and ends that. */
export async function inspectSession(
  { threadId, connectedAt }: WatchedSession,
  connect: () => Promise<Connection>,
): Promise<SessionProbeResult> {
  let connection: Connection | undefined
  try {
    connection = await connect()
    const own = cells(await connection.send('SELECT CONNECTION_ID()'))[0]
    // A proxy gives numbers of its own: the server uses the same numbers for other sessions.
    if (own !== String(connection.threadId)) return 'unknown'
    const [, uptime] = cells(await connection.send("SHOW GLOBAL STATUS LIKE 'Uptime'"))
    // A server that began after the session did may have given its number to another session.
    if (Number(uptime) + 60 < (performance.now() - connectedAt) / 1_000) return 'over'
    // Of the user's own connections every user sees the list.
    const { rows, fields = [] } = await connection.send(processList)
    const at = fields.findIndex(({ name }) => name === 'Command')
    const command = rows.find(([id]) => id?.toString() === String(threadId))?.[at]?.toString()
    return command === undefined || command === 'Sleep' ? 'over' : 'busy'
  } catch (error) {
    if (connection?.lost !== undefined) return 'unreachable'
    // A server that has no place left is there.
    const driverError = isMigrateError(error) ? error.cause : error
    const number = (driverError as { readonly errno?: unknown } | undefined)?.errno
    if (codeOf(driverError) === 'CLIENT_BUSY') return 'unknown'
    return typeof number === 'number' && number > 0 ? 'unknown' : 'unreachable'
  } finally {
    await connection?.end()
  }
}
