import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMigrateError, MigrateError, type Waiting } from '@org/migrate-core/dialect'
import type { ConnectionOptions, Connection as Driver } from 'mysql2'
import { codeOf, messageOf, numberOf } from './faults.ts'
import type { Target } from './url.ts'

type Create = (options: ConnectionOptions) => Driver

/** The driver is loaded at the first connection, so that importing this package costs nothing. */
async function loadDriver(): Promise<Create> {
  try {
    const { default: driver } = await import('mysql2')
    return driver.createConnection
  } catch (cause) {
    const why = messageOf(cause).split('\n')[0] ?? ''
    throw new MigrateError(
      'DRIVER_NOT_BUILT',
      { driver: 'mysql2', why },
      `the driver mysql2 cannot be loaded: ${why}`,
      {
        cause,
        remedy: 'Install it: `npm install mysql2`.',
      },
    )
  }
}

function unreachable(target: Target, why: string, cause: unknown, remedy?: string): MigrateError {
  const database = target.display
  const message = `cannot connect to ${database}: ${why}`
  return new MigrateError('DATABASE_UNREACHABLE', { database, why }, message, {
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  })
}

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
        'Grant them, or name another database.',
      ]
    case 1049:
      return [
        `there is no database ${target.database} on the server`,
        `Create it: CREATE DATABASE \`${target.database.replaceAll('`', '``')}\` CHARACTER SET utf8mb4.`,
      ]
    case 1040:
    case 1203:
    case 1226:
      return ['the server has no connection left', 'Try again, or raise max_connections on the server.']
    case 1129:
    case 1130:
      return [messageOf(error), 'Let this host in on the server.']
    case 3159:
      return ['the server takes encrypted connections only', 'Add ?ssl-mode=REQUIRED to the URL.']
    default:
      return undefined
  }
}

const place = ({ socket, host, port }: Target): string => socket ?? `${host}:${port}`

function systemRefused(target: Target, error: unknown): readonly [why: string, remedy?: string] {
  const where = place(target)
  const known: { readonly [code: string]: readonly [string, string?] } = {
    ECONNREFUSED: [`no server listens on ${where}`],
    ENOENT: [`there is no socket ${where}`],
    EACCES: [`this user may not open ${where}`],
    ENOTFOUND: [`there is no host ${target.host}`],
    EAI_AGAIN: [`the name ${target.host} could not be looked up`],
    ETIMEDOUT: [`${where} did not answer within ${target.connectTimeoutMs} ms`],
    EHOSTUNREACH: [`${where} cannot be reached from here`],
    ENETUNREACH: [`${where} cannot be reached from here`],
    HANDSHAKE_NO_SSL_SUPPORT: ['the server does not offer TLS', 'Set it up on the server, or use ssl-mode=DISABLED.'],
    ERR_TLS_CERT_ALTNAME_INVALID: [
      `the server's certificate is not for ${target.host}`,
      'Use the name it was made for, or ssl-mode=VERIFY_CA.',
    ],
  }
  const code = codeOf(error) ?? ''
  // Node tries the addresses of a name one after the other, and says so in an error without a text.
  const text = messageOf(error) || (error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : code)
  if (Object.hasOwn(known, code)) return known[code] as readonly [string, string?]
  if (code === 'HANDSHAKE_SSL_ERROR' || /certificate|self.signed|SSL|TLS/i.test(`${code} ${text}`)) {
    return [
      `TLS failed: ${text}`,
      'Name the authority of the server’s certificate with ssl-ca, or use ssl-mode=REQUIRED.',
    ]
  }
  return [text]
}

function explained(target: Target, error: unknown): MigrateError {
  const [why, remedy] = serverRefused(target, error) ?? systemRefused(target, error)
  return unreachable(target, why, error, remedy)
}

async function pem(target: Target, name: string, file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined
  return readFile(file).catch((cause: unknown) => {
    throw unreachable(
      target,
      `the file of ${name} cannot be read: ${messageOf(cause)}`,
      cause,
      `Check ${name} in the URL.`,
    )
  })
}

type Ssl = Exclude<ConnectionOptions['ssl'], string | undefined>

async function sslOf(target: Target): Promise<Ssl | undefined> {
  const { mode, ca, cert, key } = target.tls
  if (mode === 'DISABLED') return undefined
  const [caPem, certPem, keyPem] = await Promise.all([
    pem(target, 'ssl-ca', ca),
    pem(target, 'ssl-cert', cert),
    pem(target, 'ssl-key', key),
  ])
  return {
    rejectUnauthorized: mode === 'VERIFY_CA' || mode === 'VERIFY_IDENTITY',
    verifyIdentity: mode === 'VERIFY_IDENTITY',
    ...(caPem === undefined ? {} : { ca: caPem }),
    ...(certPem === undefined ? {} : { cert: certPem }),
    ...(keyPem === undefined ? {} : { key: keyPem }),
  }
}

function attempt(create: Create, target: Target, ssl: Ssl | undefined, signal?: AbortSignal): Promise<Driver> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const driver = create({
      ...(target.socket === undefined ? { host: target.host, port: target.port } : { socketPath: target.socket }),
      ...(target.user === undefined ? {} : { user: target.user }),
      ...(target.password === undefined ? {} : { password: target.password }),
      database: target.database,
      connectTimeout: target.connectTimeoutMs,
      charset: 'UTF8MB4_GENERAL_CI',
      // IGNORE_SPACE would be added to sql_mode, which stored programs remember; no server gets at files of this machine.
      flags: ['-IGNORE_SPACE', '-LOCAL_FILES'],
      // Readers made by eval refuse columns called `__proto__`, and cost more than they save for a query that runs once.
      disableEval: true,
      ...(ssl === undefined ? {} : { ssl }),
    })
    // Errors after the first one are the connection's own to hear.
    driver.on('error', () => undefined)
    const stop = (): void => {
      driver.destroy()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
    driver.connect((error) => {
      signal?.removeEventListener('abort', stop)
      if (error === null || error === undefined) resolve(driver)
      else {
        driver.destroy()
        reject(error)
      }
    })
  })
}

async function once(create: Create, target: Target, signal?: AbortSignal): Promise<Driver> {
  const ssl = await sslOf(target)
  try {
    return await attempt(create, target, ssl, signal)
  } catch (error) {
    if (target.tls.mode !== 'PREFERRED' || codeOf(error) !== 'HANDSHAKE_NO_SSL_SUPPORT') throw error
    return attempt(create, target, undefined, signal)
  }
}

/** The server, or the user, has all its connections in use; others will end. */
const full: ReadonlySet<number | undefined> = new Set([1040, 1203, 1226])

/**
 * Connects, waiting for a free place on the server. Throws DATABASE_UNREACHABLE, DRIVER_NOT_BUILT, or the signal's reason; no
 * text holds the password.
 */
export async function reach(target: Target, { waitMs = 0, signal, onWait }: Waiting = {}): Promise<Driver> {
  const create = await loadDriver()
  const since = performance.now()
  for (;;) {
    signal?.throwIfAborted()
    try {
      return await once(create, target, signal)
    } catch (error) {
      signal?.throwIfAborted()
      if (isMigrateError(error)) throw error
      const waitedMs = Math.round(performance.now() - since)
      if (!full.has(numberOf(error)) || waitedMs >= waitMs) throw explained(target, error)
      onWait?.(waitedMs)
      await sleep(Math.min(200 + 300 * Math.random(), waitMs - waitedMs))
    }
  }
}
