import type { OpenClient } from './names.ts'

/** An open client of the application: a pool or a connection of mysql2, mysql2/promise or mariadb. */
export type MysqlClient =
  | { getConnection(...args: never[]): unknown; query(...args: never[]): unknown }
  | { query(...args: never[]): unknown; execute(...args: never[]): unknown }

/** A client of mariadb keeps its options to itself. */
interface MariadbClient {
  readonly info?: { readonly threadId?: unknown; readonly database?: unknown }
  readonly queryStream?: unknown
  readonly totalConnections?: unknown
}

/** What the clients of the drivers tell of themselves. */
interface Described {
  readonly pool?: unknown
  readonly connection?: unknown
  readonly config?: Described
  readonly connectionConfig?: Described
  readonly connectionLimit?: unknown
  readonly clientFlags?: unknown
  readonly host?: unknown
  readonly port?: unknown
  readonly socketPath?: unknown
  readonly user?: unknown
  readonly database?: unknown
}

const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value))

function described(
  name: OpenClient['name'],
  client: object,
  limit: unknown,
  { host, port, socketPath, user, database }: Described,
): OpenClient {
  const address = text(socketPath) || `${text(host) || 'localhost'}:${text(port) || '3306'}`
  return {
    name,
    client,
    isPool: limit !== undefined,
    isSingle: limit === undefined || Number(limit) === 1,
    host: text(host) || 'localhost',
    port: Number(port ?? 3306),
    ...(text(socketPath) === '' ? {} : { socket: text(socketPath) }),
    ...(text(user) === '' ? {} : { user: text(user) }),
    database: text(database),
    display: `mysql://${text(user) === '' ? '' : `${text(user)}@`}${address}/${text(database)}`,
  }
}

function mariadbClient(client: MariadbClient): OpenClient | undefined {
  const isPool = typeof client.totalConnections === 'function'
  if (!isPool && (typeof client.queryStream !== 'function' || client.info?.threadId === undefined)) return undefined
  const of = described('mariadb', client, isPool ? (/ limit=(\d+)/.exec(String(client))?.[1] ?? '') : undefined, {})
  const database = text(client.info?.database)
  return { ...of, database, display: `mariadb://open ${isPool ? 'pool' : 'connection'}/${database}` }
}

/** Which driver an open client is of, by what only that driver's clients have; undefined for everything else. */
export function openClientOf(client: unknown): OpenClient | undefined {
  if (typeof client !== 'object' || client === null) return undefined
  // The promise API of mysql2 wraps that with callbacks.
  const { pool, connection } = client as Described
  const core = [pool, connection].find((each) => typeof each === 'object' && each !== null) ?? client
  const { config } = core as Described
  if (config?.connectionConfig !== undefined)
    return described('mysql2', core, config.connectionLimit, config.connectionConfig)
  return typeof config?.clientFlags === 'number' ? described('mysql2', core, undefined, config) : mariadbClient(client)
}
