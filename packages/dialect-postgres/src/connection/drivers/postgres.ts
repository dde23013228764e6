import { timerMs } from '@org/migrate-core/connection'
import { isBytes, type Parameter, writerFor } from '../../types/values.ts'
import type { Driver, DriverNotice, DriverResult } from './driver.ts'
import { importPostgres } from './packages.ts'
import { socketsFor } from './postgres-socket.ts'

interface Query extends PromiseLike<DriverResult> {
  values(): Query
  /** Null until it was sent. */
  readonly state: unknown
  readonly active: boolean
  /** What the driver's `cancel` calls; the promise it gives is dropped there, and its failure would end the process. */
  readonly canceller: ((query: Query) => Promise<void>) | null
}

/** As much of postgres.js as is used here. */
interface Client {
  unsafe(
    sql: string,
    params: readonly unknown[],
    options: { readonly prepare: boolean; readonly simple: boolean },
  ): Query
  /** A value with the number of its type; 0 leaves the type to the server. */
  typed(value: Parameter, type: number): unknown
  end(options: { readonly timeout: number }): Promise<void>
}

/** The driver has a timer of so many seconds, of which a longer one would end at once. */
const longestTimerS = Math.floor(timerMs(Number.POSITIVE_INFINITY) / 1000)

type Connect = (options: Record<string, unknown>) => Client

const replaced = [0, 16, 17, 18, 19, 20, 21, 23, 25, 26, 114, 700, 701, 790, 1042, 1043, 1082, 1114, 1184, 1700, 3802]

/**
 * The driver's own types replaced, all of them: it would parse JSON and dates, lose digits of dates, and write a string for a
 * json column as JSON once more. Without `parse` it gives the text of the result.
 */
const types = Object.fromEntries(
  replaced.map((number) => [
    String(number),
    { to: number, from: [number], serialize: writerFor(number), parse: undefined },
  ]),
)

const driverOf = (connect: Connect): Driver => ({
  open(target, { ssl, startup, timeoutMs, onclose, onnotice }) {
    const { host, port, user, password, database } = target
    const sockets = socketsFor(target)
    const client = connect({
      // As arrays: the driver looks for ports in a text, and an IPv6 address is full of colons.
      host: [host],
      port: [port],
      socket: sockets.open,
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { pass: password }),
      database,
      ssl,
      sslnegotiation: null,
      max: 1,
      idle_timeout: null,
      max_lifetime: null,
      connect_timeout: Math.max(1, Math.min(Math.ceil(timeoutMs / 1000), longestTimerS)),
      keep_alive: 30,
      max_pipeline: 100,
      backoff: () => 0,
      prepare: true,
      debug: false,
      fetch_types: false,
      target_session_attrs: null,
      publications: 'alltables',
      connection: startup,
      types,
      onclose,
      onnotice: (notice: DriverNotice) => onnotice(notice),
    })
    return {
      query({ sql, params, named, several }) {
        const typed = params.map((value) => client.typed(value, 0))
        // https://github.com/porsager/postgres/blob/master/src/connection.js: where a value of a prepared statement can't be written, another
        // statement gets the error, and this one waits forever. Without a name it is sent alone, and fails itself.
        const prepare = named && !params.some(isBytes)
        const query = client.unsafe(sql, typed, { prepare, simple: several }).values()
        const { canceller } = query
        return {
          answer: query,
          isSent: () => query.state !== null,
          isActive: () => query.active,
          cancel: async () => canceller?.(query),
        }
      },
      established: sockets.allowSeveral,
      end: async (timeout) => {
        await client.end({ timeout })
        sockets.drop()
      },
    }
  },
})

/** Throws DRIVER_NOT_BUILT. */
export const load = async (): Promise<Driver> => driverOf((await importPostgres()) as unknown as Connect)
