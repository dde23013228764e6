import { describe } from 'vitest'
import { operations } from './operations.ts'
import { roundTrips } from './random/round-trip.ts'
import type { Subject } from './subject.ts'

/**
 * The promises that every dialect keeps, on a real server. Imports nothing but the public entries of the core and vitest: a
 * dialect of somebody else is held to the same.
 */
export function conformance(subject: Subject): void {
  describe('operations', () => operations(subject))
  describe('random models', () => roundTrips(subject))
}
