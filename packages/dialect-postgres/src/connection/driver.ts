import type { Socket } from 'node:net'
import { MigrateError } from '@org/migrate-core/connection'
import { driverTypes, type Parameter, type ResultColumn } from '../types/values.ts'
import { codeOf, messageOf } from './faults.ts'
import type { DriverSsl } from './tls.ts'
import type { ConnectionTarget } from './url.ts'

/** A result of the driver asked for as arrays: rows of texts, with what the server says of them. */
export interface DriverResult extends ReadonlyArray<readonly (string | null)[]> {
  readonly command: string | null
  readonly count: number | null
  readonly columns: readonly ResultColumn[] | null
  /** What the other side said at the start of the session for canceling its statements. */
  readonly state?: { readonly pid: number | null } | null
}

export interface DriverQuery extends Promise<DriverResult> {
  values(): DriverQuery
  /** Null until it was sent. */
  readonly state: unknown
  /** Whether all that was sent before it has its answer, and it has none yet. */
  readonly active: boolean
  /** What the driver's `cancel` calls; the promise it gives is dropped there, and its failure would end the process. */
  canceller: ((query: DriverQuery) => Promise<void>) | null
}

/** As much of postgres.js as is used here. */
export interface DriverClient {
  unsafe(
    sql: string,
    params: readonly unknown[],
    options: { readonly prepare: boolean; readonly simple: boolean },
  ): DriverQuery
  /** A value with the number of its type; 0 leaves the type to the server. */
  typed(value: Parameter, type: number): unknown
  end(options: { readonly timeout: number }): Promise<void>
}

export interface DriverNotice {
  readonly code?: string
}

export interface ClientOptions {
  readonly ssl: DriverSsl
  /** Settings of the session, sent with the request to connect. */
  readonly startup: Readonly<Record<string, string>>
  /** Makes the socket, connected. */
  readonly socket: () => Promise<Socket>
  readonly timeoutMs: number
  readonly onclose: () => void
  readonly onnotice: (notice: DriverNotice) => void
}

type Driver = (options: Record<string, unknown>) => unknown

/** The driver is loaded at the first connection, so that importing this package costs nothing. */
async function loadDriver(): Promise<Driver> {
  try {
    const { default: driver } = await import('postgres')
    return driver as unknown as Driver
  } catch (cause) {
    const why = messageOf(cause).split('\n')[0] ?? ''
    const message = `the driver postgres cannot be loaded: ${why}`
    throw new MigrateError('DRIVER_NOT_BUILT', { driver: 'postgres', why }, message, {
      cause,
      remedy:
        codeOf(cause) === 'ERR_MODULE_NOT_FOUND'
          ? 'Install it: `npm install postgres`.'
          : 'Install the driver again: `npm install postgres`.',
    })
  }
}

/**
 * A client of one connection that is never replaced by another: without lifetime, idle limit or a second try. Everything that
 * the driver would else take from the environment (PGIDLE_TIMEOUT, PGSSL …) is said.
 */
export async function openClient(target: ConnectionTarget, options: ClientOptions): Promise<DriverClient> {
  const driver = await loadDriver()
  const { host, port, user, password, database } = target
  return driver({
    // As arrays: the driver looks for ports in a text, and an IPv6 address is full of colons.
    host: [host],
    port: [port],
    socket: options.socket,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { pass: password }),
    database,
    ssl: options.ssl,
    sslnegotiation: null,
    max: 1,
    idle_timeout: null,
    max_lifetime: null,
    connect_timeout: Math.max(1, Math.ceil(options.timeoutMs / 1000)),
    keep_alive: 30,
    max_pipeline: 100,
    backoff: () => 0,
    prepare: true,
    debug: false,
    fetch_types: false,
    target_session_attrs: null,
    publications: 'alltables',
    connection: options.startup,
    types: driverTypes,
    onclose: options.onclose,
    onnotice: options.onnotice,
  }) as DriverClient
}
