import { codeOf, thrownMessage as messageOf } from '@org/migrate-core/connection'
import type { FaultKind } from '@org/migrate-core/dialect'

export { codeOf, messageOf }

/** Result codes by their primary name; extended codes (SQLITE_BUSY_SNAPSHOT) follow their primary one. */
const byCode: readonly (readonly [prefix: string, kind: FaultKind])[] = [
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_CONSTRAINT', 'constraint'],
  ['SQLITE_MISMATCH', 'constraint'],
  ['SQLITE_FULL', 'full'],
  // The file was moved or deleted under the connection: nothing to do with rights.
  ['SQLITE_READONLY_DBMOVED', 'connection'],
  ['SQLITE_READONLY', 'readOnly'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_NOTADB', 'corrupt'],
  ['SQLITE_CANTOPEN', 'connection'],
  ['SQLITE_IOERR', 'connection'],
  ['SQLITE_PERM', 'permission'],
  ['SQLITE_AUTH', 'permission'],
]

/** https://www.sqlite.org/rescode.html: the primary codes that a failure is told by, by their numbers. */
const primaryCodes: { readonly [code: number]: string } = {
  3: 'SQLITE_PERM',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  19: 'SQLITE_CONSTRAINT',
  20: 'SQLITE_MISMATCH',
  23: 'SQLITE_AUTH',
  26: 'SQLITE_NOTADB',
}

/** SQLITE_ERROR is one code for everything the compiler of statements refuses: only the words tell. */
const byMessage: readonly (readonly [pattern: RegExp, kind: FaultKind])[] = [
  [/\bno such (table|column|index|view|trigger|function|module|collation sequence|savepoint)\b/i, 'missing'],
  [/\balready exists\b|\bduplicate column name\b|\balready another table or index\b/i, 'exists'],
  [/\bsyntax error\b|\bunrecognized token\b|\bincomplete input\b/i, 'syntax'],
]

export function isBusy(error: unknown): boolean {
  return codeOf(error)?.startsWith('SQLITE_BUSY') === true
}

/** What kind of failure a driver's error is; `unknown` for everything else. */
export function faultOf(error: unknown): FaultKind {
  const code = codeOf(error)
  if (code === 'EACCES' || code === 'EPERM') return 'permission'
  if (code === 'EROFS') return 'readOnly'
  if (code === 'ENOSPC') return 'full'
  if (code === undefined || !code.startsWith('SQLITE_')) return 'unknown'
  const match = byCode.find(([prefix]) => code.startsWith(prefix))
  if (match !== undefined) return match[1]
  const message = messageOf(error)
  return byMessage.find(([pattern]) => pattern.test(message))?.[1] ?? 'unknown'
}

/** https://www.sqlite.org/json1.html, https://www.sqlite.org/lang_aggfunc.html: there is no code for it. */
export function refusesValue(error: unknown): boolean {
  return (
    codeOf(error) === 'SQLITE_ERROR' &&
    /^(?:malformed JSON|integer overflow|JSON cannot hold BLOB values)/.test(messageOf(error))
  )
}

const extended: { readonly [code: number]: string } = {
  275: 'SQLITE_CONSTRAINT_CHECK',
  517: 'SQLITE_BUSY_SNAPSHOT',
  787: 'SQLITE_CONSTRAINT_FOREIGNKEY',
  1032: 'SQLITE_READONLY_DBMOVED',
  1299: 'SQLITE_CONSTRAINT_NOTNULL',
  1555: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  1811: 'SQLITE_CONSTRAINT_TRIGGER',
  2067: 'SQLITE_CONSTRAINT_UNIQUE',
  2579: 'SQLITE_CONSTRAINT_ROWID',
  3091: 'SQLITE_CONSTRAINT_DATATYPE',
}

/** https://www.sqlite.org/rescode.html: the low byte of an extended code is its primary one. */
export const codeName = (code: number): string => extended[code] ?? primaryCodes[code & 0xff] ?? 'SQLITE_ERROR'
