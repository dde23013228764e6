import { isMigrateError, type MigrateError } from '@org/migrate-core/connection'
import { type ConnectionScope, type IdleConnection, idleConnections, inTime } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import type { Connection } from './connection.ts'
import { explained } from './unreachable.ts'
import type { Target } from './url.ts'

const currentRole = 'SELECT CURRENT_ROLE()'

/** In which its user logged in: a role outlives the reset of a connection (MariaDB 10.11, MySQL 9.7). */
const roles = new WeakMap<Connection, string>()

const roleOf = async (connection: Connection): Promise<string> =>
  String((await connection.send(currentRole)).rows[0]?.[0])

type Idle = IdleConnection & { readonly connection: Connection }

const idleIn = idleConnections<Idle>()

function withoutUser(connection: Connection): Idle {
  const drop = (): void => connection.destroy('no answer came')
  const reset = async (): Promise<boolean> => {
    await connection.reset()
    return (await roleOf(connection)) === roles.get(connection)
  }
  return {
    connection,
    get isOpen() {
      return connection.lost === undefined
    },
    clear: async () => (await inTime({ drop }, reset())) ?? false,
    close: () => connection.end(),
    drop,
  }
}

/** The connections of a scope to the server of the target, in any database. */
interface ScopedConnections {
  /**
   * One that stands in the database of the target: the last one that another database has ended with, or a new one. Throws
   * DATABASE_UNREACHABLE where there is no such database.
   */
  take(): Promise<Connection>
  give(connection: Connection): Promise<void>
}

/** Undefined for a client of the application: its sessions are its own. */
export function connectionsIn(
  scope: ConnectionScope,
  target: Target,
  /** Connects, to no database: none of them depends on one that may be dropped. */
  open: (target: Target) => Promise<Connection>,
): ScopedConnections | undefined {
  if (target.client !== undefined) return undefined
  const connections = idleIn(scope)
  const { database, display: _, ...server } = target
  const key = JSON.stringify(server)
  const give = (connection: Connection): Promise<void> => connections.give(key, withoutUser(connection))
  /** The error says why the connection, which is open, gets no further. */
  const enter = async (connection: Connection): Promise<Connection | MigrateError> => {
    if (database === '') return connection
    try {
      await connection.send(`USE ${quote.identifier(database).text}`)
      return connection
    } catch (error) {
      if (connection.lost !== undefined) throw error
      await give(connection)
      return explained(target, error)
    }
  }
  const enterNew = async (): Promise<Connection | MigrateError> => {
    const connection = await open({ ...target, database: '' })
    try {
      roles.set(connection, await roleOf(connection))
      return await enter(connection)
    } catch (error) {
      await connection.end()
      return explained(target, error)
    }
  }
  return {
    async take() {
      const idle = connections.take(key)
      const entered = idle === undefined ? undefined : await inTime(idle, enter(idle.connection))
      const answer = entered ?? (await enterNew())
      if (isMigrateError(answer)) throw answer
      return answer
    },
    give,
  }
}
