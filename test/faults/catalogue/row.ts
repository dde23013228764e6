export const engines = ['sqlite', 'postgres', 'pgbouncer', 'mariadb', 'mysql', 'galera'] as const
export type Engine = (typeof engines)[number]

/** A test that asserts what a row says. */
export interface Proof {
  readonly on: readonly Engine[]
  readonly file: string
  /** Its title; of one with values in it, what stands before the first of them. */
  readonly test: string
}

/** A fault, what has to come of it, and the tests that show that it does. */
export interface Row {
  readonly number: number
  readonly fault: string
  readonly on: readonly Engine[]
  readonly outcome: string
  /** What the caller of the program is told. */
  readonly shows: string
  readonly by: readonly Proof[]
  /** Why a place that the row names has no test. */
  readonly why?: string
}

export const S = ['sqlite'] as const
export const P = ['postgres'] as const
export const MA = ['mariadb', 'mysql'] as const
export const PMA = ['postgres', 'mariadb', 'mysql'] as const
export const SPMA = ['sqlite', 'postgres', 'mariadb', 'mysql'] as const
export const G = ['galera'] as const
export const B = ['pgbouncer'] as const
/** Where a row says everywhere: behind a pooler and in a cluster it is said where the lock is another one. */
export const all = ['sqlite', 'postgres', 'mariadb', 'mysql'] as const

export const proof = (on: readonly Engine[], file: string, test: string): Proof => ({ on, file: `test/${file}`, test })

export function row(
  number: number,
  fault: string,
  on: readonly Engine[],
  outcome: string,
  shows: string,
  by: readonly Proof[] = [],
  why?: string,
): Row {
  return { number, fault, on, outcome, shows, by, ...(why === undefined ? {} : { why }) }
}
