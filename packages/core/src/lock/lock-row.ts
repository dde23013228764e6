import { type Cells, type Condition, readOf, updateRow } from '../compile/own-rows.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { ReadStatement, Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { newerFormat } from '../errors/newer-format.ts'
import type { Row, SqlValue } from '../model/sql-value.ts'
import type { Statement } from '../sql/statement.ts'
import { join, type SqlFragment, sql } from '../sql/tag.ts'
import { lockTable, protocol, rowIds } from './lock-table.ts'

/** The table of the lock on one dialect that has a clock. */
export interface LockLocation {
  readonly dialect: UnloadedDialect
  readonly table: string
  /** The history whose lock it is: several may share a database, and are kept apart. */
  readonly history: string
  readonly clock: SqlFragment
}

export interface LockRow {
  readonly epoch: bigint
  /** Null: free. */
  readonly owner: string | null
  readonly session: string | null
  readonly host: string | null
  readonly user: string | null
  readonly revision: string | null
  readonly sinceMs: bigint | null
  readonly leaseMs: bigint | null
  /** When its owner last said that it lives, by the server's clock: taking the lock says so too. */
  readonly renewedMs: bigint
  /** The server's clock when this was read. */
  readonly nowMs: bigint
}

export function locateLock(dialect: UnloadedDialect, table: string, history: string): LockLocation | undefined {
  return dialect.sql.clock === undefined ? undefined : { dialect, table, history, clock: dialect.sql.clock }
}

const columns = [
  'id',
  'protocol',
  'epoch',
  'owner',
  'session',
  'host',
  'user_name',
  'revision',
  'since_ms',
  'lease_ms',
  'beat_ms',
]

function invalid(table: string, why: string): MigrateError<'BOOKKEEPING_INVALID'> {
  return new MigrateError('BOOKKEEPING_INVALID', { table, why }, `The table ${table} cannot be read: ${why}.`, {
    remedy: `While no run is in progress, drop the table ${table}: the next run creates it.`,
  })
}

function numberOf(row: Row, column: string, table: string): bigint {
  const value = row[column]
  if (typeof value === 'bigint') return value
  throw invalid(table, `${column} is no number`)
}

const textOf = (value: SqlValue | undefined): string | null => (typeof value === 'string' ? value : null)
const wholeOf = (value: SqlValue | undefined): bigint | null => (typeof value === 'bigint' ? value : null)

/** The lock as it stands; undefined where it was never taken. Throws BOOKKEEPING_INVALID, and the driver's error where there is no table. */
export async function readLock(location: LockLocation, session: Session): Promise<LockRow | undefined> {
  const { table } = location
  const { sql: text, params } = lockRead(location)
  const rows = await session.query(text, params)
  const row = rows.find((each) => each.id === rowIds.lock)
  if (row === undefined) return undefined
  const rowProtocol = numberOf(row, 'protocol', table)
  if (rowProtocol > protocol) throw newerFormat(table, Number(rowProtocol), Number(protocol))
  if (rowProtocol !== protocol) throw invalid(table, `its protocol is ${rowProtocol}`)
  const sinceMs = wholeOf(row.since_ms)
  const beatMs = wholeOf(rows.find((each) => each.id === rowIds.beat && each.epoch === row.epoch)?.beat_ms)
  return {
    epoch: numberOf(row, 'epoch', table),
    owner: textOf(row.owner),
    session: textOf(row.session),
    host: textOf(row.host),
    user: textOf(row.user_name),
    revision: textOf(row.revision),
    sinceMs,
    leaseMs: wholeOf(row.lease_ms),
    renewedMs: [sinceMs ?? 0n, beatMs ?? 0n].reduce((a, b) => (a > b ? a : b)),
    nowMs: numberOf(row, 'now_ms', table),
  }
}

/** Both rows, with the server's clock. */
export function lockRead({ dialect, table, history, clock }: LockLocation): ReadStatement {
  const { identifier } = dialect.sql.quote
  const list = join(columns.map((column) => identifier(column)))
  const text = sql`SELECT ${list}, ${clock} AS ${identifier('now_ms')} FROM ${dialect.sql.quote.table({ name: table })} WHERE ${identifier('history')} = ? ORDER BY ${identifier('id')}`
  const read = readOf({ sql: text.text, params: [history], transaction: 'any' }, lockTable(table), columns)
  return { ...read, columns: [...read.columns, { name: 'now_ms', isInteger: true }] }
}

/** Which of the two rows, and what has to stand in it. */
export function rowWhere({ history }: LockLocation, id: bigint, where: Cells = []): Cells {
  return [['history', history], ['id', id], ...where]
}

export const noOwner: Cells = [
  ['owner', null],
  ['session', null],
  ['host', null],
  ['user_name', null],
  ['tool_version', null],
  ['revision', null],
  ['since_ms', null],
  ['lease_ms', null],
]

/** Takes it away from its owner: what that run still wants to write down is refused from now on. */
export function takeAway(location: LockLocation, observed: LockRow): Statement {
  const cells: Cells = [['epoch', observed.epoch + 1n], ...noOwner]
  return updateRow(
    location.dialect,
    location.table,
    cells,
    rowWhere(location, rowIds.lock, [['epoch', observed.epoch]]),
  )
}

/** The row while it is a run's: what that run writes of it, made once. */
export interface OwnedRow {
  readonly epoch: bigint
  /** Whether it still is, asked on another session. */
  isOwned(session: Session): Promise<boolean>
  /** True while the row is the owner's: what other rows are written under. */
  readonly held: Condition
  /** Touches the one row while it is the owner's; says which revision is at work. */
  stamp(revision: string | undefined): Statement
  /** The same for its last transaction, with which it is free. */
  readonly stampLast: Statement
  /** Says that the owner still lives; touches nothing where a later one has said so already. */
  readonly renew: Statement
  /** Frees it, while it is still that owner's; false: it was not. */
  free(session: Session, stop: AbortSignal | undefined): Promise<boolean>
}
