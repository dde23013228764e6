import type { MigrateError } from '@org/migrate-core/connection'
import { codeOf, messageOf, numberOf, unreachable } from './faults.ts'
import type { Target } from './url.ts'

/** Why, and what to do, by the number of the server's error. */
function serverRefused(target: Target, error: unknown): readonly [why: string, remedy?: string] | undefined {
  const user = target.user === undefined ? 'without a user name' : `as ${target.user}`
  switch (numberOf(error)) {
    case 1045:
    case 1698:
      return [
        `the server refuses to log in ${user}${target.password === undefined ? ' without a password' : ''} (${messageOf(error)})`,
        'Check the user name and the password; special characters of the password are percent-encoded.',
      ]
    case 1044:
      return [
        `${target.user ?? 'the user'} has no rights on the database ${target.database}`,
        'Grant the user rights on the database, or name another database.',
      ]
    case 1049: {
      // The options of a client of mariadb are not public: its database is in the message, in quotes unless that is translated.
      const database = target.database || /'(.+)'/s.exec(messageOf(error))?.[1]
      if (database === undefined) return [messageOf(error)]
      return [
        `there is no database ${database} on the server`,
        `Create it: CREATE DATABASE \`${database.replaceAll('`', '``')}\` CHARACTER SET utf8mb4.`,
      ]
    }
    case 1040:
    case 1203:
    case 1226:
      return [
        'the server has no connection left',
        'Try again once other connections have ended, or allow the user or the server more of them.',
      ]
    case 1129:
    case 1130:
      return [messageOf(error), 'Let this host in on the server.']
    default:
      return undefined
  }
}

const addressOf = ({ socket, host, port }: Target): string => socket ?? `${host}:${port}`

/** What helps here is a change of the URL, and a client has none. */
function systemRefused(target: Target, error: unknown): readonly [why: string, remedy?: string] {
  if (numberOf(error) === 3159)
    return ['the server takes encrypted connections only', 'Add ?ssl-mode=REQUIRED to the URL.']
  const where = addressOf(target)
  const reasons: { readonly [code: string]: readonly [string, string?] } = {
    ECONNREFUSED: [`no server listens on ${where}`],
    ENOENT: [`there is no socket ${where}`],
    EACCES: [`this user may not open ${where}`],
    ENOTFOUND: [`there is no host ${target.host}`],
    EAI_AGAIN: [`the name ${target.host} could not be looked up`],
    ETIMEDOUT: [`${where} did not answer within ${target.connectTimeoutMs} ms`],
    EHOSTUNREACH: [`${where} cannot be reached from here`],
    ENETUNREACH: [`${where} cannot be reached from here`],
    HANDSHAKE_NO_SSL_SUPPORT: ['the server does not offer TLS', 'Set it up on the server, or use ssl-mode=DISABLED.'],
  }
  const code = codeOf(error) ?? ''
  // Node tries the addresses of a name one after the other, and says so in an error without a text.
  const text = messageOf(error) || (error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : code)
  if (Object.hasOwn(reasons, code)) return reasons[code] as readonly [string, string?]
  // The driver gives each failure of a handshake a code of its own; of this one Node tells the names in the text.
  if (/does not match certificate's altnames/.test(text)) {
    return [
      `the server's certificate is not for ${target.host} (${text})`,
      'Use the name it was made for, or ssl-mode=VERIFY_CA.',
    ]
  }
  if (code === 'HANDSHAKE_SSL_ERROR' || /certificate|self.signed|SSL|TLS/i.test(`${code} ${text}`)) {
    return [
      `TLS failed: ${text}`,
      'Name the authority of the server’s certificate with ssl-ca, or use ssl-mode=REQUIRED.',
    ]
  }
  return [text]
}

/** What the driver said, in words that say what to do. */
export function explained(target: Target, error: unknown): MigrateError {
  const ofClient =
    target.client && 'Give as `driver` a client that is open, connects to the server and has a free connection.'
  const known = serverRefused(target, error)
  const [why, remedy] = known ?? systemRefused(target, error)
  return unreachable(target, why, error, known === undefined ? (ofClient ?? remedy) : (remedy ?? ofClient))
}
