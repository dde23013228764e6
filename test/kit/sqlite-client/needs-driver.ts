import { beforeEach } from 'vitest'
import { whyNotLoaded } from './client.mjs'

/** The tests behind it need that driver itself: where this Node cannot load it they are NOT RUN. */
export function needsDriver(driver: Parameters<typeof whyNotLoaded>[0]): void {
  const why = whyNotLoaded(driver)
  if (why !== undefined) beforeEach((context) => context.skip(`${driver} cannot be loaded: ${why}`))
}
