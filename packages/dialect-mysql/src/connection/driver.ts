import { setTimeout as sleep } from 'node:timers/promises'
import { isMigrateError, MigrateError } from '@org/migrate-core/connection'
import type { Waiting } from '@org/migrate-core/dialect'
import type { ConnectionOptions, Connection as Driver } from 'mysql2'
import { codeOf, messageOf, numberOf } from './faults.ts'
import { type Ssl, sslOf } from './tls.ts'
import { explained } from './unreachable.ts'
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
      // Without a delay the system's own holds: two hours until it looks whether the other machine is still there.
      keepAliveInitialDelay: 30_000,
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
