import { createConnection as openSocket, type Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import mariadb from 'mariadb'
import { type Field, floatText, isFloat, isTime } from '../../types/values.ts'
import type { Ssl } from '../tls.ts'
import type { Target } from '../url.ts'
import type { Driver, DriverConnection, Reply } from './driver.ts'

/** A column of a result, and the reader of its value in the row that is being read. */
interface Column {
  readonly columnType: number
  readonly columnLength: number
  readonly flags: number
  readonly scale: number
  /** Undefined where the driver does not know it: never that of bytes. */
  readonly collation: { readonly index: number } | undefined
  name(): string
  orgName(): string
  orgTable(): string
  buffer(): Buffer | null
  float(): number | null
}

interface OkPacket {
  readonly affectedRows: number
  readonly insertId: bigint
}

interface Statement {
  readonly sql: string
  readonly rowsAsArray: true
  readonly metaAsArray: true
  readonly typeCast: (column: Column) => Buffer | null
}

/** As much of a connection of the driver as is used here. */
interface Client {
  readonly threadId: number | null
  /** What the last packet said. */
  readonly info: { readonly status: number }
  query(statement: Statement): Promise<readonly [unknown, unknown]>
  execute(statement: Statement): Promise<readonly [unknown, unknown]>
  on(event: 'error', listener: (error: unknown) => void): void
  on(event: 'end', listener: () => void): void
  end(): Promise<void>
}

const connect = mariadb.createConnection as unknown as (options: object) => Promise<Client>

/** The driver's own errors have these numbers, which no server has. */
const isOwn = (errno: number): boolean => errno > 45_000 && errno < 46_000

/** Its errors that have a meaning here, by the codes that mysql2 gives for the same. */
const ownCodes: ReadonlyMap<number, string> = new Map([
  [45_001, 'PROTOCOL_CONNECTION_LOST'],
  [45_004, 'PROTOCOL_CONNECTION_LOST'],
  [45_009, 'PROTOCOL_CONNECTION_LOST'],
  [45_013, 'PROTOCOL_CONNECTION_LOST'],
  [45_011, 'PROTOCOL_UNEXPECTED_PACKET'],
  [45_023, 'HANDSHAKE_NO_SSL_SUPPORT'],
  [45_056, 'HANDSHAKE_SSL_ERROR'],
  [45_057, 'HANDSHAKE_SSL_ERROR'],
  [45_059, 'HANDSHAKE_SSL_ERROR'],
])

interface SqlError extends Error {
  readonly sqlMessage: string
  readonly sqlState?: string
  readonly errno?: number
  readonly code?: string
  readonly fatal?: boolean
}

const isSqlError = (error: unknown): error is SqlError => error instanceof Error && 'sqlMessage' in error

/**
 * The error as the server gave it: the driver writes the statement, with its values, into the message, and takes that a statement was
 * killed for the end of the connection.
 */
function plain(error: unknown): Error {
  if (!isSqlError(error)) return error instanceof Error ? error : new Error(String(error))
  const { sqlMessage, sqlState, errno = 0, code, fatal = false } = error
  const facts = isOwn(errno)
    ? { code: ownCodes.get(errno) ?? code, ...(fatal ? { fatal } : {}) }
    : { code, sqlState, ...(errno === 0 ? {} : { errno }) }
  return Object.assign(new Error(sqlMessage), facts)
}

const fieldOf = (column: Column): Field => ({
  name: column.name(),
  orgName: column.orgName(),
  orgTable: column.orgTable(),
  columnType: column.columnType,
  columnLength: column.columnLength,
  characterSet: column.collation?.index ?? 0,
  flags: column.flags,
  decimals: column.scale,
})

function replyOf(result: unknown, columns: unknown, status: number): Reply {
  const several = columns as readonly unknown[]
  if (several.some((each) => each === undefined || each === null || Array.isArray(each))) {
    const at = several.findIndex(Array.isArray)
    const reply = replyOf((result as readonly unknown[])[at === -1 ? 0 : at], at === -1 ? [] : several[at], status)
    return { ...reply, status }
  }
  if (Array.isArray(result)) {
    const fields = (columns as readonly Column[]).map(fieldOf)
    return { rows: result as Reply['rows'], fields, changes: 0, insertId: 0, status: undefined }
  }
  const { affectedRows, insertId } = result as OkPacket
  return { rows: [], fields: undefined, changes: affectedRows, insertId: Number(insertId), status }
}

/** Of a fraction the driver gives six digits, or none. */
function withFraction(bytes: Buffer | null, digits: number): Buffer | null {
  if (bytes === null || digits > 6) return bytes
  const [whole = '', part = ''] = bytes.toString('latin1').split('.')
  return Buffer.from(digits === 0 ? whole : `${whole}.${part.slice(0, digits).padEnd(digits, '0')}`, 'latin1')
}

const readText = (column: Column): Buffer | null => column.buffer()

function readBinary(column: Column): Buffer | null {
  if (isTime(column)) return withFraction(column.buffer(), column.scale)
  if (!isFloat(column)) return column.buffer()
  const value = column.float()
  return value === null ? null : Buffer.from(floatText(value, column), 'latin1')
}

function sessionOf(client: Client, socket: Socket): DriverConnection {
  const answer = async (how: 'query' | 'execute', sql: string, typeCast: Statement['typeCast']): Promise<Reply> => {
    try {
      const [result, columns] = await client[how]({ sql, rowsAsArray: true, metaAsArray: true, typeCast })
      return replyOf(result, columns, client.info.status)
    } catch (error) {
      throw plain(error)
    }
  }
  return {
    threadId: client.threadId ?? 0,
    addsIgnoreSpace: true,
    // Of an empty text the driver says itself that it is none.
    text: (sql) => answer('query', sql === '' ? ' ' : sql, readText),
    prepared: (sql) => answer('execute', sql, readBinary),
    onLost: (lost) => {
      client.on('error', (error) => lost(plain(error)))
      client.on('end', () => lost(new Error('the server closed the connection')))
    },
    end: () => client.end(),
    // The driver's own way opens another connection to kill what runs.
    destroy: () => socket.destroy(),
  }
}

/** With the authorities that Node trusts where none is named; the driver would trust what proves that it knows the password, too. */
function tlsOf({ rejectUnauthorized, verifyIdentity, ...pems }: Ssl, { host, socket }: Target): object {
  return {
    secureContext: createSecureContext(pems),
    ca: pems.ca ?? 'as the context has it',
    rejectUnauthorized,
    ...(socket === undefined ? { host } : {}),
    ...(verifyIdentity ? {} : { checkServerIdentity: () => undefined }),
  }
}

const timedOut = (): Error => Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' })

/** All but those that give the password itself to the server: to any that answers, where its certificate is not checked. */
const plugins = ['mysql_native_password', 'caching_sha2_password', 'sha256_password', 'client_ed25519', 'parsec']

const optionsOf = (target: Target, ssl: Ssl | undefined): object => ({
  host: target.host,
  port: target.port,
  user: target.user,
  password: target.password,
  database: target.database,
  // The limit of the attempt is ours: this one would outlast an attempt that was given up.
  connectTimeout: 0,
  collation: 'UTF8MB4_GENERAL_CI',
  ssl: ssl === undefined ? false : tlsOf(ssl, target),
  restrictedAuth: plugins,
  // Without TLS the password is encrypted with a key that the server sends.
  allowPublicKeyRetrieval: true,
  // The server that the URL names is the one that is used.
  permitRedirect: false,
  maxAllowedPacket: 1_073_741_824,
  // The server's room for prepared statements is shared by all its clients.
  prepareCacheLength: 0,
  keepAliveDelay: 30_000,
  logger: { warning: () => undefined },
})

export const driver: Driver = {
  connect: (target, ssl, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const options = optionsOf(target, ssl)
      const { socket: path, host, port, connectTimeoutMs } = target
      const socket = path === undefined ? openSocket({ host, port, noDelay: true }) : openSocket(path)
      const ended = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', aborted)
      }
      const stop = (why: unknown): void => {
        ended()
        socket.destroy()
        reject(why)
      }
      const aborted = (): void => stop(signal?.reason)
      const timer = setTimeout(() => stop(timedOut()), connectTimeoutMs)
      signal?.addEventListener('abort', aborted, { once: true })
      connect({ ...options, stream: () => socket }).then(
        (client) => {
          ended()
          resolve(sessionOf(client, socket))
        },
        (error: unknown) => stop(plain(error)),
      )
    }),
}
