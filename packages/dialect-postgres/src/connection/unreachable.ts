import { setTimeout as sleep } from 'node:timers/promises'
import { isMigrateError, MigrateError } from '@org/migrate-core/connection'
import type { Waiting } from '@org/migrate-core/dialect'
import { codeOf, faultOf, messageOf, serverErrorFields } from './faults.ts'
import { type ConnectionTarget, socketFile } from './url.ts'

interface Reason {
  readonly why: string
  readonly remedy?: string | undefined
}

/** What to change in a URL. A client connects by options of its own. */
const inUrl = ({ client }: ConnectionTarget, remedy: string): string | undefined =>
  client === undefined ? remedy : undefined

/** The options of a client are not public: what it asked for is in the message, in quotes unless that is translated. */
const missingDatabase = ({ client, database }: ConnectionTarget, message: string): string | undefined =>
  client === undefined ? database : /"(.+)"/s.exec(message)?.[1]

const where = ({ client, display, socket, host, port }: ConnectionTarget): string =>
  client !== undefined ? display : socket === undefined ? `${host}:${port}` : socketFile(socket, port)

/** That of Node where the server ends the connection, and those of pg. */
const noTls = /before secure TLS connection|does not support SSL|error establishing an SSL/

const tlsCodes = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH)/

/** What the codes of the system, the driver and the server mean to the one who wrote the URL. */
const reasons: { readonly [code: string]: (target: ConnectionTarget, message: string) => Reason } = {
  ECONNREFUSED: (target) => ({ why: `nothing listens at ${where(target)}` }),
  ENOENT: (target) => ({ why: `there is no socket ${where(target)}` }),
  ENOTFOUND: ({ host }) => ({ why: `the host ${host} is not known` }),
  EAI_AGAIN: ({ host }) => ({ why: `the name of the host ${host} could not be looked up` }),
  CONNECT_TIMEOUT: (target) => ({ why: `${where(target)} did not answer in time` }),
  ETIMEDOUT: (target) => ({ why: `${where(target)} did not answer in time` }),
  CLIENT_BUSY: (_, message) => ({
    why: message,
    remedy: 'Give its connections back before the run, or let a pool have more of them.',
  }),
  '28P01': (target, message) => ({
    why: message,
    remedy: inUrl(target, 'Check the user and the password of the URL.'),
  }),
  '28000': (target, message) => ({
    why: message,
    remedy: /no encryption|SSL off/.test(message)
      ? inUrl(target, 'The server may want TLS: add ?sslmode=require to the URL, or verify-full.')
      : inUrl(target, 'Check the user of the URL, and what the server allows it (pg_hba.conf).'),
  }),
  '3D000': (target, message) => {
    const database = missingDatabase(target, message)
    if (database === undefined) return { why: message }
    return { why: message, remedy: `Create it: CREATE DATABASE "${database.replaceAll('"', '""')}".` }
  },
  '53300': (_, message) => ({ why: message, remedy: 'Try again once other connections have ended.' }),
}

function reasonOf(target: ConnectionTarget, cause: unknown): Reason {
  const code = codeOf(cause) ?? ''
  const message = messageOf(cause)
  const reason = reasons[code]
  if (reason !== undefined) return reason(target, message)
  if (noTls.test(message)) {
    return {
      why: 'the server offers no TLS',
      remedy: inUrl(target, 'Add ?sslmode=disable to the URL, or switch TLS on in the server.'),
    }
  }
  if (tlsCodes.test(code)) {
    return {
      why: `the server’s certificate was not accepted: ${message}`,
      remedy: inUrl(target, 'Name its root with ?sslrootcert=….'),
    }
  }
  return { why: message === '' ? code : message }
}

/**
 * Invalid authorization: each further try may count as one more failure of the account.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const refusals = /^28/

/** Whether the server takes connections without TLS alone. */
export const offersNoTls = (cause: unknown): boolean => noTls.test(messageOf(cause))

/** Whether another way of TLS may help: the server's rules spoke of it, or the line broke while it was made. */
export function concernsTls(cause: unknown): boolean {
  const code = codeOf(cause) ?? ''
  if (serverErrorFields(cause) !== undefined) return code === '28000'
  return tlsCodes.test(code) || offersNoTls(cause)
}

/** A connection that did not come about, for people. The password is in none of these texts. */
export function unreachable(target: ConnectionTarget, cause: unknown): MigrateError<'DATABASE_UNREACHABLE'> {
  const {
    why,
    remedy = target.client &&
      'Give as `driver` a client that is open, connects to the server and has a free connection.',
  } = reasonOf(target, cause)
  return unreachableFor(target, why, { cause, remedy })
}

export function unreachableFor(
  { display }: ConnectionTarget,
  why: string,
  options: { readonly cause?: unknown; readonly remedy?: string | undefined } = {},
): MigrateError<'DATABASE_UNREACHABLE'> {
  const message = `cannot connect to ${display}: ${why}`
  const isRefused = refusals.test(codeOf(options.cause) ?? '') ? { isRefused: true as const } : {}
  return new MigrateError('DATABASE_UNREACHABLE', { database: display, why, ...isRefused }, message, options)
}

/** For a connection without a limit of waiting for a server that has no connection left, or is just starting. */
const defaultWaitMs = 5_000
const notifyEveryMs = 1_000

/**
 * Again and again while the server has no place for another connection or is just starting, as long as the caller may wait.
 * Throws DATABASE_UNREACHABLE, or the signal's reason.
 */
export async function retryWhileBusy<T>(
  target: ConnectionTarget,
  { waitMs = defaultWaitMs, signal, onWait }: Waiting,
  attempt: () => Promise<T>,
): Promise<T> {
  const since = performance.now()
  let notifiedMs = 0
  for (;;) {
    signal?.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      signal?.throwIfAborted()
      if (isMigrateError(error)) throw error
      const waitedMs = Math.round(performance.now() - since)
      if (faultOf(error) !== 'busy' || waitedMs >= waitMs) throw unreachable(target, error)
      if (waitedMs - notifiedMs >= notifyEveryMs) {
        notifiedMs = waitedMs
        onWait?.(waitedMs)
      }
      await sleep(100 * (0.5 + Math.random()))
    }
  }
}
