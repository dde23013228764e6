import { isMigrateError, lexSql, MigrateError } from '@org/migrate-core/connection'
import type { SqlValue } from '@org/migrate-core/dialect'
import { grammar } from '../sql/grammar.ts'
import { quote } from '../sql/quote.ts'
import { unsupported } from '../sql/unsupported.ts'
import type { Connection, SendOptions } from './connection.ts'
import type { DriverResult } from './drivers/driver.ts'
import { canceled, codeOf } from './faults.ts'
import { aborted } from './transaction.ts'

/** They are for a connection that no other client shares: behind a pooler it is the pooler's. */
const ofConnection: ReadonlySet<string> = new Set([
  'tcp_keepalives_idle',
  'tcp_keepalives_interval',
  'tcp_keepalives_count',
  'idle_session_timeout',
  'default_transaction_read_only',
])

/**
 * Whether the server, the database or the role takes no changes by its own default, whatever a client has set in this session since.
 * A standby refuses READ WRITE: https://www.postgresql.org/docs/current/sql-set-transaction.html
 */
export const takesNoChanges = `SELECT pg_catalog.pg_is_in_recovery() OR EXISTS (SELECT FROM pg_catalog.pg_settings
  WHERE name = 'default_transaction_read_only' AND reset_val = 'on')`

/**
 * Begins a transaction that sets everything for itself, where sessions are shared: a setting of the session would be the next
 * client's, and what that one has set would be ours, its role and its temporary tables included. Those are found last:
 * https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SEARCH-PATH
 * Where no schema is found before them nothing is put behind it, since new tables would be temporary. Settings that this server has not
 * are left out.
 */
export function localBegin(settings: Readonly<Record<string, string>>, isReadOnly: boolean): string {
  const rows = Object.entries(settings)
    .filter(([name]) => !ofConnection.has(name))
    .map((pair) => `(${pair.map((text) => quote.literal(text).text).join(', ')})`)
  const mode = settings.default_transaction_read_only === 'on' ? ' READ ONLY' : isReadOnly ? '' : ' READ WRITE'
  return [
    `BEGIN${mode}`,
    // To what they were when the session began: a role may be given by ALTER ROLE … SET role.
    'SET LOCAL session_authorization TO DEFAULT',
    'SET LOCAL role TO DEFAULT',
    ...(settings.search_path === undefined ? ['SET LOCAL search_path TO DEFAULT'] : []),
    `SELECT pg_catalog.set_config(name, value, true) FROM (VALUES ${rows.join(', ')}) AS wanted (name, value)
  WHERE pg_catalog.current_setting(name, true) IS NOT NULL`,
    `SELECT pg_catalog.set_config('search_path', pg_catalog.current_setting('search_path') || ', pg_temp', true)
  WHERE pg_catalog.current_schema() IS NOT NULL`,
  ].join(';')
}

/** Such a text says it to a statement that cannot be part of a transaction, before it has done anything. */
const notInside: ReadonlySet<string | undefined> = new Set(['25001', '2D000'])

export const cannotBeInside = (error: unknown): boolean => notInside.has(codeOf(error))

const isOfCancelling = (error: unknown): boolean => [canceled, aborted].includes(codeOf(error) ?? '')

/**
 * One statement in a transaction of its own, all of it on its way at once. Throws what the statement, or the commit, throws.
 * A request to cancel the statement that comes late hits what stands behind it: COMMIT, whose transaction stays open then, or the next
 * BEGIN.
 */
export async function inOwnTransaction(
  connection: Connection,
  begin: string,
  [sql, params, options]: readonly [sql: string, params: readonly SqlValue[], options: SendOptions],
): Promise<DriverResult> {
  const [beginning, answer, ended] = await Promise.allSettled([
    connection.send(begin, [], { several: true }),
    connection.send(sql, params, options),
    connection.send('COMMIT'),
  ])
  if (ended.status === 'rejected' && connection.isOpen) await connection.send('ROLLBACK')
  const reasons = [beginning, answer, ended].flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  if (reasons.length > 0) {
    if (options.signal?.aborted && reasons.some(isOfCancelling)) throw options.signal.reason
    // Where the line was ended the others only say that it is gone.
    throw reasons.find((reason) => !isMigrateError(reason, 'CONNECTION_LOST')) ?? reasons[0]
  }
  if (answer.status === 'rejected' || ended.status === 'rejected') throw reasons[0]
  if (ended.value.command === 'ROLLBACK') {
    const { database } = connection
    throw new MigrateError('COMMIT_FAILED', { database }, `a statement on ${database} was not committed`)
  }
  return answer.value
}

const sharing = /^(?:SET(?!\s+(?:LOCAL|CONSTRAINTS|TRANSACTION)\b)|RESET|DISCARD|LISTEN|LOAD|PREPARE|DEALLOCATE)\b/i

/** What it set would be the next client's. Throws UNSUPPORTED. */
export function refuseSetting(sql: string): void {
  const text = lexSql(sql, grammar)
    .filter(({ kind }) => kind !== 'comment')
    .map(({ text }) => text)
    .join('')
    .trim()
  const match = sharing.exec(text)
  if (match === null) return
  unsupported(
    match[0].toUpperCase(),
    "with lock: 'table' sessions are shared, and it would hold for the next client",
    'Use SET LOCAL, or a direct connection without lock.',
  )
}
