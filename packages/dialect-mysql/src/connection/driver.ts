import { setTimeout as sleep } from 'node:timers/promises'
import { isMigrateError } from '@org/migrate-core/connection'
import type { Waiting } from '@org/migrate-core/dialect'
import type { Driver, DriverConnection } from './drivers/driver.ts'
import { chooseDriver } from './drivers/drivers.ts'
import { codeOf, numberOf } from './faults.ts'
import { sslOf } from './tls.ts'
import type { Target } from './url.ts'

async function once(driver: Driver, target: Target, signal?: AbortSignal): Promise<DriverConnection> {
  const ssl = await sslOf(target)
  try {
    return await driver.connect(target, ssl, signal)
  } catch (error) {
    if (target.tls.mode !== 'PREFERRED' || codeOf(error) !== 'HANDSHAKE_NO_SSL_SUPPORT') throw error
    return driver.connect(target, undefined, signal)
  }
}

async function connectOf(target: Target): Promise<(signal?: AbortSignal) => Promise<DriverConnection>> {
  const { client } = target
  if (client === undefined) {
    const { driver } = await chooseDriver(target.driver)
    return (signal) => once(driver, target, signal)
  }
  const { borrow } = await import('./drivers/borrow.ts')
  return (signal) => borrow(client, target, signal)
}

/** The server, or the user, has all its connections in use; others will end. */
const full: ReadonlySet<number | undefined> = new Set([1040, 1203, 1226])

/**
 * Connects, waiting for a free place on the server. Throws DATABASE_UNREACHABLE, DRIVER_NOT_BUILT, or the signal's reason; no
 * text holds the password.
 */
export async function reach(target: Target, { waitMs = 0, signal, onWait }: Waiting = {}): Promise<DriverConnection> {
  const connect = await connectOf(target)
  const since = performance.now()
  for (;;) {
    signal?.throwIfAborted()
    try {
      return await connect(signal)
    } catch (error) {
      signal?.throwIfAborted()
      if (isMigrateError(error)) throw error
      const waitedMs = Math.round(performance.now() - since)
      if (!full.has(numberOf(error)) || waitedMs >= waitMs)
        throw (await import('./unreachable.ts')).explained(target, error)
      onWait?.(waitedMs)
      await sleep(Math.min(200 + 300 * Math.random(), waitMs - waitedMs))
    }
  }
}
