import { beforeEach, type TestContext } from 'vitest'
import { whyNotLoaded } from './client.mjs'

export type Driver = Parameters<typeof whyNotLoaded>[0]

/** The test needs that driver itself: where this Node cannot load it, it is NOT RUN. */
export function skipWithout(driver: Driver, context: TestContext): void {
  const why = whyNotLoaded(driver)
  if (why !== undefined) context.skip(`${driver} cannot be loaded: ${why}`)
}

/** The same for every test of the `describe` around it, or of the file. */
export function needsDriver(driver: Driver): void {
  beforeEach((context) => skipWithout(driver, context))
}
