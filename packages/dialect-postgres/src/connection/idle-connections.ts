import type { ConnectionScope } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import type { Connection } from './connection.ts'
import type { PostgresOptions } from './connector.ts'
import { type GreetedConnection, greet } from './greeting.ts'
import { type Purpose, searchPathOf, settingsOf } from './settings.ts'
import { noTransaction } from './transaction.ts'
import type { ConnectionTarget } from './url.ts'

/** A connection that has no user, as it was greeted. */
interface IdleConnection {
  readonly greeted: GreetedConnection
  /** When it was opened, by this process's monotonic clock. */
  readonly connectedAt: number
}

/**
 * What DISCARD ALL does, except for what it frees of the server's memory: the driver knows of the statements that it has prepared.
 * https://www.postgresql.org/docs/current/sql-discard.html
 */
const clearing =
  'SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP; DISCARD SEQUENCES; SELECT pg_catalog.pg_advisory_unlock_all()'
/** Statements that SQL of an author has prepared keep their names. */
const preparedBySql = 'SELECT count(*) FROM pg_catalog.pg_prepared_statements WHERE from_sql'

const timeoutMs = 10_000

/** Ends a connection whose server does not answer any more. Undefined: the work failed. */
async function inTime<T>(connection: Connection, work: Promise<T>): Promise<T | undefined> {
  const timer = setTimeout(() => void connection.drop(), timeoutMs)
  try {
    return await work
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/** Brings a session back to its start. False: something is left of its user. */
async function clear(connection: Connection): Promise<boolean> {
  connection.takeNotices()
  const sent = Promise.all([
    connection.send('ROLLBACK'),
    connection.send(clearing, [], { several: true }),
    connection.send(preparedBySql),
  ])
  const count = (await inTime(connection, sent))?.[2][0]
  // A transaction that its user had left open is no ordinary end.
  return connection.takeNotices().includes(noTransaction) && count?.[0] === '0'
}

class IdleConnections {
  readonly #most: number
  readonly #waiting: { readonly key: string; readonly idle: IdleConnection }[] = []
  #hasEnded = false

  constructor(scope: ConnectionScope) {
    this.#most = scope.most
    scope.onEnd(async () => {
      this.#hasEnded = true
      await Promise.all(this.#waiting.splice(0).map(({ idle }) => idle.greeted.connection.close()))
    })
  }

  /** The last one that was given with that key, and is open. */
  take(key: string): IdleConnection | undefined {
    for (let at = this.#waiting.length - 1; at >= 0; at -= 1) {
      if (this.#waiting[at]?.key !== key) continue
      const [taken] = this.#waiting.splice(at, 1)
      if (taken?.idle.greeted.connection.isOpen) return taken.idle
    }
    return undefined
  }

  /** Takes it from its user. What cannot be cleared, or is one too many, is closed. */
  async give(key: string, { greeted, connectedAt }: IdleConnection): Promise<void> {
    const { named, greeting, uniqueName } = greeted
    const connection = greeted.connection.handOver()
    // Behind a pooler the next statement may be in another session.
    const isOwn = named && !greeting.pooled && uniqueName === undefined
    const isClear = isOwn && !this.#hasEnded && (await clear(connection))
    if (!isClear || this.#hasEnded) return connection.close()
    this.#waiting.push({ key, idle: { greeted: { ...greeted, connection }, connectedAt } })
    if (this.#waiting.length > this.#most) await this.#waiting.shift()?.idle.greeted.connection.close()
  }
}

const connectionsOf = new WeakMap<ConnectionScope, IdleConnections>()

/** The connections of a scope that were made as that of the target is, in any schema. */
interface IdleForTarget {
  /** One that stands in the schema of the target. Undefined: none waits. */
  take(): Promise<IdleConnection | undefined>
  give(idle: IdleConnection): Promise<void>
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
  return greeting.hasSettings ? { ...greeted, connection, greeting } : undefined
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
  const connections = connectionsOf.get(scope) ?? new IdleConnections(scope)
  connectionsOf.set(scope, connections)
  const { schema: _, ...elsewhere } = target
  const key = JSON.stringify([purpose, ssl, elsewhere])
  return {
    async take() {
      const idle = connections.take(key)
      if (idle === undefined) return undefined
      const greeted = await inTime(idle.greeted.connection, enter(idle.greeted, target, purpose))
      if (greeted !== undefined) return { ...idle, greeted }
      await idle.greeted.connection.drop()
      return undefined
    },
    give: (idle) => connections.give(key, idle),
  }
}
