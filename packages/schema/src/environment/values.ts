import { MigrateError } from '@org/migrate-core/dialect'
import type { Environment } from './settings.ts'

export interface Reading {
  readonly env: Environment
  /** No value is repeated in a note or an error: people paste passwords into the wrong variable. */
  note(text: string): void
}

export function invalidVariable(option: string, why: string, remedy?: string): MigrateError<'INVALID_OPTION'> {
  return new MigrateError(
    'INVALID_OPTION',
    { option, why },
    `${option}: ${why}.`,
    remedy === undefined ? {} : { remedy },
  )
}

/** Exactly `true` in any case is on. Anything else is off, an empty text too. */
export function flag({ env, note }: Reading, name: string, byDefault: boolean): boolean {
  const text = env[name]
  if (text === undefined) return byDefault
  const value = text.toLowerCase()
  if (value !== 'true' && value !== 'false') note(`${name} is neither true nor false: it counts as false`)
  return value === 'true'
}

/** As Python's `int` reads it, without a minus. */
const whole = /^\s*\+?\d+(?:_\d+)*\s*$/

/** A whole number, or undefined where there is none, which is noted. */
export function count({ env, note }: Reading, name: string, instead: string): number | undefined {
  const text = env[name]
  if (text === undefined || text === '') return undefined
  const value = whole.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN
  if (value <= 2_147_483_647) return value
  note(`${name} is no whole number from 0 to 2147483647: ${instead}`)
  return undefined
}
