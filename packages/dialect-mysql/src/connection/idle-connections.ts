import { type ConnectionScope, type IdleConnection, idleConnections, inTime } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import type { Connection } from './connection.ts'
import { numberOf } from './faults.ts'
import type { Target } from './url.ts'

type Idle = IdleConnection & { readonly connection: Connection }

const idleIn = idleConnections<Idle>()

function withoutUser(connection: Connection): Idle {
  const drop = (): void => connection.destroy('no answer came')
  return {
    connection,
    get isOpen() {
      return connection.lost === undefined
    },
    clear: async () =>
      (await inTime(
        { drop },
        connection.reset().then(() => true),
      )) ?? false,
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
  /** False: its user before has left it in another role than the one in which it logged in. */
  isFit(connection: Connection, role: string): boolean
  give(connection: Connection): Promise<void>
}

/** `Unknown database` */
const noDatabase = 1049

/** In which each logged in: a role outlives the reset of a connection (MariaDB 10.11, MySQL 9.7). */
const roles = new WeakMap<Connection, string>()

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
  /** Gives why it could not. */
  const enter = (connection: Connection): Promise<{ readonly error?: unknown }> =>
    database === ''
      ? Promise.resolve({})
      : connection.send(`USE ${quote.identifier(database).text}`).then(
          () => ({}),
          (error: unknown) => ({ error }),
        )
  return {
    async take() {
      const idle = connections.take(key)
      const entered = idle === undefined ? undefined : await inTime(idle, enter(idle.connection))
      if (idle !== undefined && entered !== undefined) {
        if (entered.error === undefined) return idle.connection
        if (numberOf(entered.error) === noDatabase) {
          await give(idle.connection)
          throw (await import('./unreachable.ts')).explained(target, entered.error)
        }
      }
      idle?.drop()
      const connection = await open({ ...target, database: '' })
      const { error } = await enter(connection)
      if (error === undefined) return connection
      await give(connection)
      throw (await import('./unreachable.ts')).explained(target, error)
    },
    isFit(connection, role) {
      const known = roles.get(connection) ?? role
      roles.set(connection, known)
      return known === role
    },
    give,
  }
}
