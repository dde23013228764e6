import { type FoundBeside, isMigrateError } from '@org/migrate-core/dialect'
import type { Connection, Reply } from './connection.ts'
import { processList } from './identity.ts'

/** A session as another one may find it. */
export interface Asked {
  readonly threadId: number
  /** When it was opened, by this process's monotonic clock. */
  readonly openedAt: number
}

const cells = ({ rows }: Reply): readonly string[] => (rows[0] ?? []).map((cell) => cell?.toString() ?? '')

/** Asks on a connection of its own, and ends that. */
export async function lookBeside({ threadId, openedAt }: Asked, open: () => Promise<Connection>): Promise<FoundBeside> {
  let connection: Connection | undefined
  try {
    connection = await open()
    const own = cells(await connection.send('SELECT CONNECTION_ID()'))[0]
    // A proxy gives numbers of its own: what the server says of them is said of somebody else.
    if (own !== String(connection.threadId)) return 'unknown'
    const [, uptime] = cells(await connection.send("SHOW GLOBAL STATUS LIKE 'Uptime'"))
    // A server that began after the session did has given its number anew.
    if (Number(uptime) + 60 < (performance.now() - openedAt) / 1_000) return 'over'
    // Of the user's own connections every user sees the list.
    const { rows, fields = [] } = await connection.send(processList)
    const at = fields.findIndex(({ name }) => name === 'Command')
    const command = rows.find(([id]) => id?.toString() === String(threadId))?.[at]?.toString()
    return command === undefined || command === 'Sleep' ? 'over' : 'busy'
  } catch (error) {
    if (connection?.lost !== undefined) return 'unreachable'
    // A server that has no place left is there.
    const said = isMigrateError(error) ? error.cause : error
    const number = (said as { readonly errno?: unknown } | undefined)?.errno
    return typeof number === 'number' && number > 0 ? 'unknown' : 'unreachable'
  } finally {
    await connection?.end()
  }
}
