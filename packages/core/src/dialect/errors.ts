export type FaultKind =
  | 'connection'
  | 'permission'
  | 'busy'
  | 'deadlock'
  | 'constraint'
  | 'syntax'
  | 'missing'
  | 'exists'
  | 'dependent'
  | 'full'
  | 'readOnly'
  | 'corrupt'
  | 'unknown'

/** What the system says where no server answered. */
export const systemFaults: readonly (readonly [code: string, kind: FaultKind])[] = [
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT'].map((code) => [code, 'connection'] as const),
  ...['EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'].map((code) => [code, 'connection'] as const),
  ['EACCES', 'permission'],
]

/** What an error of the driver means. */
export interface DialectErrors {
  kindOf(error: unknown): FaultKind
  /** The message with what the server reports outside it, as the key that two rows have. Absent: the message has everything. */
  fullMessageOf?(error: unknown): string
  /** The statement that gives the right which a user lacks, as far as the server's message names it: `GRANT USAGE ON SCHEMA app TO the user`. */
  grantFor?(error: unknown): string | undefined
  /** The server's limit that ended a statement for its time: `max_execution_time`. */
  limitFor?(error: unknown): string | undefined
  /** Whether a statement failed for a value that cannot be converted. Absent: no value of the server's does that to a query. */
  refusesValue?(error: unknown): boolean
}
