import { isMigrateError } from '@org/migrate-core/connection'
import type { ClosingStatement } from '@org/migrate-core/dialect'
import { storable } from '../sql/text.ts'
import type { Connection } from './connection.ts'
import type { DriverResult } from './drivers/driver.ts'
import { canceled, codeOf, messageOf, violation } from './faults.ts'
import { withValues } from './statements.ts'
import { alreadyInTransaction, endedBefore, failed, failedBefore, noTransaction } from './transaction.ts'

/** What the cast of a text that is no number fails with. */
const noNumber = '22P02'

const otherCount = 'one row expected, not '
const refusedCount = new RegExp(`${otherCount}(\\d+)`)

/** The text with its values. Where one row is expected, the server itself refuses every other number: the COMMIT behind it is sent already. */
export function closingText({ sql, params = [], unlessOneRow }: ClosingStatement): string {
  const text = storable(withValues(sql, params))
  if (unlessOneRow === undefined) return text
  const counted = /^\s*SELECT\b/i.test(text) ? text : `${text} RETURNING 1`
  return `WITH changed AS (${counted}) SELECT CASE count(*) WHEN 1 THEN 1 ELSE ('${otherCount}' || count(*))::integer END FROM changed`
}

/** How many rows there were of one that the server refused for their number. */
export function otherCountIn(error: unknown): number | undefined {
  const [, count] = codeOf(error) === noNumber ? (refusedCount.exec(messageOf(error)) ?? []) : []
  return count === undefined ? undefined : Number(count)
}

/** The answers to what was sent together, in their order. */
interface ClosingAnswers {
  readonly statements: readonly PromiseSettledResult<unknown>[]
  readonly commit: PromiseSettledResult<DriverResult>
  /** Absent: no other transaction was begun. */
  readonly begin: PromiseSettledResult<DriverResult> | undefined
  readonly notices: readonly string[]
}

/**
 * Sends what closes a transaction, the commit and perhaps the begin of the next one without waiting in between. A statement that failed
 * makes the server answer COMMIT with ROLLBACK. No DDL follows before the begin was answered: a cancelling that hits it harms nothing.
 */
export async function sendClosing(
  connection: Connection,
  statements: readonly (() => Promise<unknown>)[],
  withNext: boolean,
): Promise<ClosingAnswers> {
  connection.takeNotices()
  const sent = Promise.allSettled(statements.map((send) => send()))
  const [commit, begin] = [connection.send('COMMIT'), withNext ? connection.send('BEGIN') : undefined]
  const [[committed], nextBegin] = await Promise.all([
    Promise.allSettled([commit]),
    begin === undefined ? undefined : Promise.allSettled([begin]).then(([answer]) => answer),
  ])
  return { statements: await sent, commit: committed, begin: nextBegin, notices: connection.takeNotices() }
}

/** Why what was sent together did not commit; undefined where it did. */
export function whyNotCommitted(
  connection: Connection,
  { statements, commit, notices }: ClosingAnswers,
  signal: AbortSignal | undefined,
): { readonly at?: number; readonly error: unknown } | undefined {
  const at = statements.findIndex(({ status }) => status === 'rejected')
  const statement = statements[at]
  if (statement?.status === 'rejected') return { at, error: statement.reason }
  if (commit.status === 'rejected') {
    const cause: unknown = commit.reason
    if (isMigrateError(cause)) return { error: cause }
    if (signal?.aborted && codeOf(cause) === canceled) return { error: signal.reason }
    return { error: violation(cause) ?? failed(connection, messageOf(cause), cause) }
  }
  if (commit.value.command === 'ROLLBACK') return { error: failed(connection, failedBefore) }
  if (notices.includes(noTransaction)) return { error: failed(connection, endedBefore) }
  return undefined
}

/** Whether the next transaction is open. */
export function isNextOpen({ begin, notices }: ClosingAnswers): boolean {
  return begin?.status === 'fulfilled' && !notices.includes(alreadyInTransaction)
}
