import { clientBusy, type EndingConnection, type Lender, type LentConnection, refused, watchEnd } from './lender.ts'
import { plain, type StatementSender, statementsOver } from './mariadb-statements.ts'
import type { OpenClient } from './names.ts'

interface Info {
  readonly status: number
  readonly clientCapabilities: bigint
  /** By which the driver encodes what it sends; it follows `character_set_client`. */
  readonly collation?: { readonly charset: string }
}

/** As much of a connection of the driver's promise API as is used here. */
interface PromiseConnection extends StatementSender, EndingConnection {
  readonly threadId: number | null
  readonly info: Info
  destroy(): void
}

interface PooledConnection extends PromiseConnection {
  release(): Promise<void>
}

interface PromisePool {
  getConnection(): Promise<PooledConnection>
}

/** `CLIENT_FOUND_ROWS` */
const foundRows = 2n

/** Throws INVALID_OPTION for a client on which statements of ours don't mean what they mean by a URL. */
function requireUsable({ clientCapabilities, collation }: Info): void {
  if ((clientCapabilities & foundRows) === 0n)
    throw refused(
      'this client of mariadb has `foundRows: false`, by which UPDATE counts changed rows only: leave it out',
    )
  if (collation !== undefined && collation.charset !== 'utf8')
    throw refused(
      `this client of mariadb sends ${collation.charset}, also after SET NAMES: give it the charset utf8mb4`,
    )
}

const sent = [
  ...['query', 'execute', 'batch', 'prepare', 'importFile', 'beginTransaction', 'commit', 'rollback'],
  ...['changeUser', 'reset', 'ping', 'end'],
] as const

type Send = (...args: unknown[]) => Promise<unknown>

/**
 * What the application sends on its only connection waits for the end of the session: it would be part of our transaction. Gives what ends
 * that.
 */
function holdStatements(connection: PromiseConnection): () => void {
  const methods = connection as unknown as { [name: string]: unknown }
  const waiting: (() => void)[] = []
  const own = new Map([...sent, 'queryStream'].map((name) => [name, Object.getOwnPropertyDescriptor(methods, name)]))
  for (const name of sent) {
    const send = methods[name] as Send
    methods[name] = (...args: unknown[]) =>
      new Promise((resolve, reject) => {
        waiting.push(() => void send.apply(connection, args).then(resolve, reject))
      })
  }
  methods.queryStream = () => {
    throw new Error('this connection is used by the migrator: a stream can begin when its session has ended')
  }
  return () => {
    for (const [name, descriptor] of own) {
      if (descriptor === undefined) delete methods[name]
      else Object.defineProperty(methods, name, descriptor)
    }
    for (const send of waiting) send()
  }
}

type Interrupt = (threadId: number) => Promise<void>

function lentConnection(
  connection: PromiseConnection,
  giveBack: (lost?: Error) => void,
  interrupt?: Interrupt,
): LentConnection {
  const { onLost, stop } = watchEnd(connection, plain)
  return {
    get threadId() {
      return connection.threadId ?? 0
    },
    ...statementsOver({
      get info() {
        return connection.info
      },
      query: connection.query.bind(connection),
      execute: connection.execute.bind(connection),
    }),
    requireUsable: () => requireUsable(connection.info),
    onLost,
    giveBack: (lost) => {
      stop()
      giveBack(lost)
    },
    ...(interrupt === undefined ? {} : { interrupt }),
  }
}

/** ER_GET_CONNECTION_TIMEOUT: with why the pool could open none, or without, where all of its connections are used. */
const noConnection = 45_028

function rethrow(error: unknown): never {
  const { errno, cause } = error as { readonly errno?: number; readonly cause?: { readonly cause?: unknown } }
  if (errno !== noConnection) throw plain(error)
  const why = cause?.cause ?? cause
  throw why === undefined ? Object.assign(plain(error), { code: clientBusy }) : plain(why)
}

/** A pool tells its limit in its text alone. */
function isFull(client: object): boolean {
  const [, active, limit] = /active=(\d+) .*limit=(\d+)/.exec(String(client)) ?? []
  return !(Number(active) < Number(limit))
}

export function mariadbLender({ client, isPool, isSingle }: OpenClient): Lender {
  const pool = client as PromisePool
  const interrupt: Interrupt = async (threadId) => {
    const other = await pool.getConnection()
    try {
      await statementsOver(other).text(`KILL QUERY ${threadId}`)
    } finally {
      await other.release()
    }
  }
  return {
    key: client,
    isSingle,
    isFull: () => isFull(client),
    lend: async () => {
      if (!isPool) {
        const single = client as PromiseConnection
        if (single.query.length === 3) throw ofCallbacks()
        // Before it is held, so that our own statements go past that.
        const release: { hold?: () => void } = {}
        const lent = lentConnection(single, (lost) => {
          if (lost !== undefined) single.destroy()
          release.hold?.()
        })
        release.hold = holdStatements(single)
        return lent
      }
      if (pool.getConnection.length === 1) throw ofCallbacks()
      const taken = await pool.getConnection().catch(rethrow)
      const giveBack = (lost?: Error): void => {
        if (lost !== undefined) taken.destroy()
        void taken.release().catch(() => undefined)
      }
      return lentConnection(taken, giveBack, isSingle ? undefined : interrupt)
    },
  }
}

const ofCallbacks = (): Error => refused('this client is of `mariadb/callback`: give one of the promise API of mariadb')
