import { describe } from 'vitest'
import { checks } from './checks.ts'
import { failures, together } from './failures.ts'
import { distinctKeys } from './keys.ts'
import { longNames, unusualNames } from './names.ts'
import { operations } from './operations.ts'
import { preservedValues } from './preserved.ts'
import { roundTrips } from './random/round-trip.ts'
import { steps } from './steps.ts'
import type { Subject } from './subject.ts'
import { jsValues } from './values.ts'

/**
 * The promises that every dialect keeps, on a real server. Imports nothing but the public entries of the core and vitest: a
 * third-party dialect is held to the same.
 */
export function conformance(subject: Subject): void {
  describe('operations', () => operations(subject))
  describe('names', () => unusualNames(subject))
  describe('names at the limit', () => longNames(subject))
  describe('values', () => jsValues(subject))
  describe('data steps', () => steps(subject))
  describe('keys', () => distinctKeys(subject))
  describe('preserved values', () => preservedValues(subject))
  describe('checks', () => checks(subject))
  describe('failures', () => failures(subject))
  describe('several at once', () => together(subject))
  describe('random models', () => roundTrips(subject))
}
