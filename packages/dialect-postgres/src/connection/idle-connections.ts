import { type ConnectionScope, type IdleConnection, idleConnections, inTime } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import type { PostgresOptions } from './connector.ts'
import { type GreetedConnection, greet, liftTransactionLimit } from './greeting.ts'
import { type Purpose, searchPathOf, settingsOf } from './settings.ts'
import { noTransaction } from './transaction.ts'
import type { ConnectionTarget } from './url.ts'

/** As a connection was greeted. */
interface Greeted {
  readonly greeted: GreetedConnection
  /** When it was opened, by this process's monotonic clock. */
  readonly connectedAt: number
}

type GreetedIdle = Greeted & IdleConnection

/**
 * What DISCARD ALL does, except for what it frees of the server's memory: the driver knows of the statements that it has prepared.
 * https://www.postgresql.org/docs/current/sql-discard.html
 */
const clearing =
  'SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP; DISCARD SEQUENCES; SELECT pg_catalog.pg_advisory_unlock_all()'
/** Statements that SQL of an author has prepared keep their names. */
const preparedBySql = 'SELECT count(*) FROM pg_catalog.pg_prepared_statements WHERE from_sql'

const idleIn = idleConnections<GreetedIdle>()

/** Who had it sends nothing any more. */
function withoutUser({ greeted, connectedAt }: Greeted): GreetedIdle {
  const { named, greeting, uniqueName } = greeted
  const connection = greeted.connection.handOver()
  const drop = (): void => void connection.drop()
  // Behind a pooler the next statement may be in another session.
  const isOwn = named && !greeting.pooled && uniqueName === undefined
  return {
    greeted: { ...greeted, connection },
    connectedAt,
    get isOpen() {
      return connection.isOpen
    },
    async clear() {
      if (!isOwn) return false
      connection.takeNotices()
      const sent = Promise.all([
        connection.send('ROLLBACK'),
        connection.send(clearing, [], { several: true }),
        connection.send(preparedBySql),
      ])
      const count = (await inTime({ drop }, sent))?.[2][0]
      // A transaction that its user had left open is no ordinary end.
      return connection.takeNotices().includes(noTransaction) && count?.[0] === '0'
    },
    close: () => connection.close(),
    drop,
  }
}

/** The connections of a scope that were made as that of the target is, in any schema. */
interface IdleForTarget {
  /** One that stands in the schema of the target. Undefined: none waits. */
  take(): Promise<Greeted | undefined>
  give(greeted: Greeted): Promise<void>
}

/** Brings a session that was cleared to the schema of the target. Undefined: the settings of its start do not stand any more. */
async function enter(
  { connection, ...greeted }: GreetedConnection,
  target: ConnectionTarget,
  purpose: Purpose,
): Promise<GreetedConnection | undefined> {
  const path = quote.literal(searchPathOf(target) ?? '').text
  const [, greeting] = await Promise.all([
    connection.send(`SELECT pg_catalog.set_config('search_path', ${path}, false)`),
    greet(connection, settingsOf(target, purpose)),
  ])
  if (!greeting.hasSettings) return undefined
  if (purpose !== 'serve') await liftTransactionLimit(connection, greeting)
  return { ...greeted, connection, greeting }
}

/** Undefined where each session has a connection of its own: without a schema to stand in, and where sessions are not the server's own. */
export function idleFor(
  scope: ConnectionScope,
  target: ConnectionTarget,
  ssl: PostgresOptions['ssl'],
  purpose: Purpose,
): IdleForTarget | undefined {
  if (target.schema === undefined || target.client !== undefined || target.lock === 'table') return undefined
  // Its functions can't be compared.
  if (typeof ssl === 'object') return undefined
  const connections = idleIn(scope)
  const { schema: _, ...elsewhere } = target
  const key = JSON.stringify([purpose, ssl, elsewhere])
  return {
    async take() {
      const idle = connections.take(key)
      if (idle === undefined) return undefined
      const greeted = await inTime(idle, enter(idle.greeted, target, purpose))
      if (greeted !== undefined) return { connectedAt: idle.connectedAt, greeted }
      idle.drop()
      return undefined
    },
    give: (greeted) => connections.give(key, withoutUser(greeted)),
  }
}
