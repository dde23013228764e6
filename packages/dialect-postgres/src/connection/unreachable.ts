import { MigrateError } from '@org/migrate-core/connection'
import { codeOf, messageOf, offersNoTls, tlsCodes } from './faults.ts'
import { type ConnectionTarget, socketFile } from './url.ts'

interface Reason {
  readonly why: string
  readonly remedy?: string
}

const where = ({ client, display, socket, host, port }: ConnectionTarget): string =>
  client !== undefined ? display : socket === undefined ? `${host}:${port}` : socketFile(socket, port)

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
  '28P01': (_, message) => ({ why: message, remedy: 'Check the user and the password of the URL.' }),
  '28000': (_, message) => ({
    why: message,
    remedy: /no encryption|SSL off/.test(message)
      ? 'The server may want TLS: add ?sslmode=require to the URL, or verify-full.'
      : 'Check the user of the URL, and what the server allows it (pg_hba.conf).',
  }),
  '3D000': ({ client, database }, message) => {
    // The options of a client are not public: its database is in the message, in quotes unless that is translated.
    const name = client === undefined ? database : /"(.+)"/s.exec(message)?.[1]
    if (name === undefined) return { why: message }
    return { why: message, remedy: `Create it: CREATE DATABASE "${name.replaceAll('"', '""')}".` }
  },
  '53300': (_, message) => ({ why: message, remedy: 'Try again once other connections have ended.' }),
}

function reasonOf(target: ConnectionTarget, cause: unknown): Reason {
  const code = codeOf(cause) ?? ''
  const message = messageOf(cause)
  const reason = reasons[code]
  if (reason !== undefined) return reason(target, message)
  if (offersNoTls(cause)) {
    return {
      why: 'the server offers no TLS',
      remedy: 'Add ?sslmode=disable to the URL, or switch TLS on in the server.',
    }
  }
  if (tlsCodes.test(code)) {
    return {
      why: `the server’s certificate was not accepted: ${message}`,
      remedy: 'Name its root with ?sslrootcert=….',
    }
  }
  return { why: message === '' ? code : message }
}

/**
 * Invalid authorization: each further try may count as one more failure of the account.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const refusals = /^28/

/** A connection that did not come about, for people. The password is in none of these texts. */
export function unreachable(target: ConnectionTarget, cause: unknown): MigrateError<'DATABASE_UNREACHABLE'> {
  const { why, remedy: known } = reasonOf(target, cause)
  // The other advice is about the URL, and a client has none.
  const remedy =
    target.client === undefined || (known !== undefined && /^(?:3D000|53300|CLIENT_BUSY)$/.test(codeOf(cause) ?? ''))
      ? known
      : 'Give as `driver` a client that is open, connects to the server and has a free connection.'
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
