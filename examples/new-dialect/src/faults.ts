import type { FaultKind } from '@org/migrate-core/dialect'

/** SQLSTATE by its beginning: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const byState: readonly (readonly [state: string, fault: FaultKind])[] = [
  ['23', 'constraint'],
  ['22', 'constraint'],
  ['42P01', 'missing'],
  ['42703', 'missing'],
  ['42704', 'missing'],
  ['42P07', 'exists'],
  ['42710', 'exists'],
  ['42701', 'exists'],
  ['42501', 'permission'],
  ['42', 'syntax'],
  ['53100', 'full'],
  ['25006', 'readOnly'],
  ['40P01', 'deadlock'],
  ['XX', 'corrupt'],
]

export function faultOf(error: unknown): FaultKind {
  const code = typeof error === 'object' && error !== null ? (error as { readonly code?: unknown }).code : undefined
  if (typeof code !== 'string') return 'unknown'
  return byState.find(([state]) => code.startsWith(state))?.[1] ?? 'unknown'
}
