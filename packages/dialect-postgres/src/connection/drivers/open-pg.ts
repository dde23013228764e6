import { MigrateError } from '@org/migrate-core/connection'
import type { DriverHandlers, DriverStatement } from './driver.ts'
import type { Lender, LentConnection } from './lender.ts'
import type { OpenClient } from './names.ts'
import { cancelRequest, mostSent, type PgClient } from './pg-client.ts'
import { PgLine } from './pg-line.ts'

type Send = (this: object, ...args: unknown[]) => unknown

interface OpenPgClient extends Omit<PgClient, 'query'> {
  query: Send
  readonly pipeline?: boolean
  readonly _connected?: boolean
  readonly _connecting?: boolean
}

interface PooledClient extends OpenPgClient {
  release(lost?: Error): void
}

interface PgPool {
  /** Requests that wait until a client is released. */
  readonly waitingCount: number
  connect(): Promise<PooledClient>
}

function refused(why: string): MigrateError<'INVALID_OPTION'> {
  return new MigrateError('INVALID_OPTION', { option: 'driver', why }, `driver: ${why}`)
}

/** Throws INVALID_OPTION for a client on which statements of ours can't be sent as they are. */
function requireUsable(client: OpenPgClient): void {
  if (client.connection === undefined)
    throw refused('this client has the native bindings of pg, which give no values as the server wrote them')
  if (client.pipeline === true)
    throw refused('this client of pg has `pipeline`, which takes no statements of another kind than its own')
  if (client._connected === false && client._connecting === false)
    throw refused('this client of pg is not connected: call its connect() first')
}

/**
 * What the application sends on its only connection waits for the end of the session: it would be part of our transaction. Gives
 * what ends that.
 */
function holdQueries(client: OpenPgClient): () => void {
  const waiting: (() => void)[] = []
  const own = Object.getOwnPropertyDescriptor(client, 'query')
  const { query } = client
  client.query = (...args) => {
    const send = (): unknown => query.apply(client, args)
    const first = args[0] as { readonly submit?: unknown } | undefined
    const isSubmittable = typeof first?.submit === 'function'
    if (isSubmittable || args.some((each) => typeof each === 'function')) {
      waiting.push(send)
      return isSubmittable ? first : undefined
    }
    return new Promise((resolve, reject) =>
      waiting.push(() => {
        try {
          resolve(send())
        } catch (error) {
          reject(error)
        }
      }),
    )
  }
  return () => {
    if (own === undefined) delete (client as { query?: Send }).query
    else Object.defineProperty(client, 'query', own)
    for (const send of waiting) {
      try {
        send()
      } catch (error) {
        // pg throws what it was wrongly asked at once; that of one must not keep the others back.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}

const nothing: DriverStatement = { sql: '', params: [], named: false, several: true }

function lentConnection(
  client: OpenPgClient,
  giveBack: (lost: Error | undefined, isAnswered: boolean) => void,
  { onclose, onnotice }: DriverHandlers,
): LentConnection {
  const { query, connection } = client
  const line = new PgLine(
    {
      processID: client.processID,
      connection,
      query: (each) => {
        query.call(client, each)
        // It ends the client's own limit of time, whose end would be taken for that of the connection.
        const { callback } = each as { callback?: () => void }
        ;(each as { callback?: (() => void) | undefined }).callback = undefined
        callback?.()
      },
    },
    mostSent,
    () => cancelRequest(client as unknown as PgClient),
  )
  let status: string | undefined
  const closed = (error: unknown): void => {
    onclose()
    line.fail(error)
  }
  const ended = (): void => closed(new Error('the server ended the connection'))
  const ready = (message: { readonly status: string }): void => {
    status = message.status
  }
  client.on('error', closed).on('end', ended).on('notice', onnotice)
  connection.on('readyForQuery', ready)
  return {
    query: (statement) => line.query(statement),
    inTransaction: async () => {
      if (status === undefined) await line.query(nothing).answer
      return status !== 'I'
    },
    giveBack: (lost) => {
      client.off('error', closed).off('end', ended).off('notice', onnotice)
      connection.off('readyForQuery', ready)
      line.detach()
      giveBack(lost, line.isAnswered)
      if (lost !== undefined) line.fail(lost)
    },
  }
}

export function pgLender({ client, isPool, isSingle, display }: OpenClient): Lender {
  return {
    key: client,
    isSingle,
    display,
    isFull: () => (client as unknown as PgPool).waitingCount !== 0,
    lend: async (handlers) => {
      if (!isPool) {
        const single = client as unknown as OpenPgClient
        requireUsable(single)
        // Before it is held, so that our own statements go past that.
        const release: { hold?: () => void } = {}
        const giveBack = (_lost: Error | undefined, isAnswered: boolean): void => {
          // Its answers would be taken for those to the application's statements, which would run in what is still open.
          if (!isAnswered) single.end().catch(() => undefined)
          release.hold?.()
        }
        const lent = lentConnection(single, giveBack, handlers)
        release.hold = holdQueries(single)
        return lent
      }
      const taken = await (client as unknown as PgPool).connect()
      try {
        requireUsable(taken)
      } catch (error) {
        taken.release()
        throw error
      }
      return lentConnection(taken, (lost) => taken.release(lost), handlers)
    },
  }
}
