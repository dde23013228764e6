import { parseUrl } from '../url.ts'
import type { OpenClient } from './names.ts'

/** An open client of the application: a `Pool` or `Client` of pg, the `sql` of postgres.js, or a `PGlite`. */
export type PostgresClient =
  | { connect(...args: never[]): unknown; query(...args: never[]): unknown }
  | { reserve(): PromiseLike<unknown>; unsafe(...args: never[]): unknown }
  | { execProtocol(...args: never[]): unknown; runExclusive(...args: never[]): unknown }

/** What the clients of the drivers tell of themselves. */
interface Described {
  readonly reserve?: unknown
  readonly execProtocol?: unknown
  readonly connect?: unknown
  readonly totalCount?: unknown
  readonly dataDir?: unknown
  readonly query?: unknown
  readonly options?: Described
  readonly connectionString?: unknown
  readonly host?: unknown
  readonly port?: unknown
  readonly user?: unknown
  readonly database?: unknown
  readonly max?: unknown
}

const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value)

function displayOf({ connectionString, host, port, user, database }: Described): string {
  if (typeof connectionString === 'string') {
    try {
      return parseUrl(connectionString).display
    } catch {
      // A form that the driver alone reads.
    }
  }
  const of = user === undefined ? '' : `${String(user)}@`
  const at = port === undefined ? '' : `:${String(firstOf(port))}`
  return `postgres://${of}${String(firstOf(host) ?? 'localhost')}${at}/${String(database ?? '')}`
}

/** Which driver an open client is of, by what only that driver's clients have; undefined for everything else. */
export function openClientOf(client: unknown): OpenClient | undefined {
  if ((typeof client !== 'object' && typeof client !== 'function') || client === null) return undefined
  const { reserve, execProtocol, connect, query, totalCount, options, dataDir } = client as Described
  const isFunction = (value: unknown): boolean => typeof value === 'function'
  if (isFunction(execProtocol)) {
    const display = typeof dataDir === 'string' && dataDir !== '' ? dataDir : 'pglite:memory://'
    return { name: 'pglite', client, isPool: false, display, isSingle: true }
  }
  if (isFunction(reserve) && options !== undefined) {
    return { name: 'postgres', client, isPool: true, display: displayOf(options), isSingle: options.max === 1 }
  }
  if (!isFunction(connect) || !isFunction(query)) return undefined
  if (typeof totalCount === 'number' && options !== undefined)
    return { name: 'pg', client, isPool: true, display: displayOf(options), isSingle: options.max === 1 }
  return { name: 'pg', client, isPool: false, display: displayOf(client as Described), isSingle: true }
}
