export type FaultKind =
  | 'connection'
  | 'permission'
  | 'busy'
  | 'deadlock'
  | 'constraint'
  | 'syntax'
  | 'missing'
  | 'exists'
  | 'full'
  | 'readOnly'
  | 'corrupt'
  | 'unknown'

/** What an error of the driver means. */
export interface DialectErrors {
  kindOf(error: unknown): FaultKind
  /** Whether a statement failed for a value that cannot be converted. Absent: no value of the server's does that to a query. */
  refusesValue?(error: unknown): boolean
}
