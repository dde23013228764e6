import type { DriverConnection } from './driver.ts'
import { type EndingConnection, type Lender, type LentConnection, refused, watchEnd } from './lender.ts'
import { type StatementSender, statementsOver } from './mysql2-statements.ts'
import type { OpenClient } from './names.ts'

type Command = object
type AddCommand = (this: CoreConnection, command: Command) => Command
type Done = (error: Error | null, ...results: unknown[]) => void

/** As much of the connections of mysql2 as is used here: what both of its APIs have beneath. */
interface CoreConnection extends EndingConnection {
  readonly config: { readonly clientFlags: number; readonly stream?: unknown }
  /** As Node calls it. */
  readonly clientEncoding?: string
  readonly threadId: number | null
  addCommand: AddCommand
  execute: StatementSender['execute']
  unprepare: StatementSender['unprepare']
  end(done?: Done): unknown
  destroy(): void
}

interface ConnectionClass {
  new (options: { readonly config: CoreConnection['config'] }): CoreConnection
  createQuery(options: object, values: undefined, done: Done, config: object): Command
}

interface PooledConnection extends CoreConnection {
  release(): void
}

interface CorePool {
  getConnection(done: (error: Error | null, connection: PooledConnection) => void): void
  /** Requests that wait until a connection is given back. */
  readonly _connectionQueue?: { readonly length: number }
}

const classOf = (connection: CoreConnection): ConnectionClass => connection.constructor as unknown as ConnectionClass

/** `CLIENT_FOUND_ROWS` */
const foundRows = 2

/** Throws INVALID_OPTION for a client on which statements of ours don't mean what they mean by a URL. */
function requireUsable({ config, clientEncoding }: CoreConnection): void {
  if ((config.clientFlags & foundRows) === 0)
    throw refused(
      'this client of mysql2 has the flag `-FOUND_ROWS`, by which UPDATE counts changed rows only: leave it out',
    )
  if (clientEncoding !== 'utf8')
    throw refused(`this client of mysql2 has a \`charset\` that it sends as ${clientEncoding}: give it utf8mb4`)
}

/** Sends past what holds the application's commands. */
type Pass = <T>(send: () => T) => T

interface Hold {
  readonly pass: Pass
  /** Sends what has waited. */
  release(): void
}

const heldMethods = ['addCommand', 'end'] as const

/**
 * What the application sends on its only connection waits for the end of the session: it would be part of our transaction. Every call of
 * either API comes by here.
 */
function holdCommands(connection: CoreConnection): Hold {
  const waiting: (() => void)[] = []
  const own = heldMethods.map((name) => [name, Object.getOwnPropertyDescriptor(connection, name)] as const)
  const { addCommand } = connection
  let isPassing = false
  const held: AddCommand = (command) => {
    if (isPassing) return addCommand.call(connection, command)
    waiting.push(() => connection.addCommand(command))
    return command
  }
  connection.addCommand = held
  // With its goodbye the driver closes the way for all statements, ours too.
  connection.end = (done) => void waiting.push(() => connection.end(done))
  return {
    pass: (send) => {
      isPassing = true
      try {
        return send()
      } finally {
        isPassing = false
      }
    },
    release: () => {
      // The driver puts another one there when the connection has ended.
      const isEnded = connection.addCommand !== held
      for (const [name, descriptor] of own) {
        if (isEnded && name === 'addCommand') continue
        if (descriptor === undefined) delete (connection as Partial<CoreConnection>)[name]
        else Object.defineProperty(connection, name, descriptor)
      }
      for (const send of waiting) send()
    },
  }
}

function lentConnection(connection: CoreConnection, pass: Pass, giveBack: (lost?: Error) => void): LentConnection {
  const { onLost, stop } = watchEnd(connection, (error) => (error instanceof Error ? error : new Error(String(error))))
  const query: StatementSender['query'] = (options, done) => {
    // By this way no `queryFormat` of the client reads the text.
    const command = classOf(connection).createQuery(options, undefined, done, connection.config)
    return pass(() => connection.addCommand(command))
  }
  return {
    get threadId() {
      return connection.threadId ?? 0
    },
    ...statementsOver({
      query,
      execute: (options, done) => pass(() => connection.execute(options, done)),
      unprepare: (options) => pass(() => connection.unprepare(options)),
    }),
    requireUsable: () => requireUsable(connection),
    onLost,
    giveBack: (lost) => {
      stop()
      giveBack(lost)
    },
    interrupt: (threadId) => interrupt(connection, threadId),
  }
}

/** From a connection of its own, with the options of the client: that of a pool may be a long time in coming. */
async function interrupt(of: CoreConnection, threadId: number): Promise<void> {
  if (of.config.stream !== undefined && typeof of.config.stream !== 'function')
    throw new Error('its `stream` serves one connection')
  const pooled = 'release' in of
  const base = (pooled ? Object.getPrototypeOf(of.constructor) : of.constructor) as ConnectionClass
  // Its database may have been dropped since.
  const config: CoreConnection['config'] = Object.assign(Object.create(Object.getPrototypeOf(of.config)), of.config, {
    database: undefined,
  })
  const other = new base({ config })
  other.on('error', () => undefined)
  const sender: Pick<DriverConnection, 'text'> = lentConnection(
    other,
    (send) => send(),
    () => undefined,
  )
  try {
    await sender.text(`KILL QUERY ${threadId}`)
  } finally {
    other.destroy()
  }
}

export function mysql2Lender({ client, isPool, isSingle }: OpenClient): Lender {
  return {
    key: client,
    isSingle,
    isFull: () => (client as CorePool)._connectionQueue?.length !== 0,
    lend: async () => {
      if (!isPool) {
        const single = client as CoreConnection
        const { pass, release } = holdCommands(single)
        return lentConnection(single, pass, (lost) => {
          if (lost !== undefined) single.destroy()
          release()
        })
      }
      const taken = await new Promise<PooledConnection>((resolve, reject) => {
        ;(client as CorePool).getConnection((error, connection) =>
          error === null || error === undefined ? resolve(connection) : reject(error),
        )
      })
      return lentConnection(
        taken,
        (send) => send(),
        (lost) => (lost === undefined ? taken.release() : taken.destroy()),
      )
    },
  }
}
