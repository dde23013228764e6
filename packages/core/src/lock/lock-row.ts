import { type Cells, type Condition, existsRow, insertRow, updateRow } from '../compile/own-rows.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { newerFormat } from '../errors/newer-format.ts'
import type { Row, SqlValue } from '../model/sql-value.ts'
import type { Statement } from '../sql/statement.ts'
import { join, type SqlFragment, sql } from '../sql/tag.ts'
import { protocol, rowIds } from './lock-table.ts'

/** The table of the lock on one dialect that has a clock. */
export interface LockLocation {
  readonly dialect: Dialect
  readonly table: string
  /** The history whose lock it is: several may share a database, and are kept apart. */
  readonly history: string
  readonly clock: SqlFragment
}

/** Who wants the lock. The token tells this run from every other. */
export interface Claimant {
  readonly token: string
  readonly host: string
  readonly user: string
  readonly tool: string
  readonly session: string | undefined
  /** In ms; absent: the lock of the session is the proof. */
  readonly leaseMs: number | undefined
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
  /** When the lease was last renewed; null: not since it was taken. */
  readonly beatMs: bigint | null
  /** The server's clock when this was read. */
  readonly nowMs: bigint
}

export function locateLock(dialect: Dialect, table: string, history: string): LockLocation | undefined {
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
export async function readLock(
  { dialect, table, history, clock }: LockLocation,
  session: Session,
): Promise<LockRow | undefined> {
  const { identifier } = dialect.sql.quote
  const list = join(columns.map((column) => identifier(column)))
  const text = sql`SELECT ${list}, ${clock} AS ${identifier('now_ms')} FROM ${dialect.sql.quote.table({ name: table })} WHERE ${identifier('history')} = ? ORDER BY ${identifier('id')}`
  const rows = await session.query(text.text, [history])
  const row = rows.find((each) => each.id === rowIds.lock)
  if (row === undefined) return undefined
  const rowProtocol = numberOf(row, 'protocol', table)
  if (rowProtocol > protocol) throw newerFormat(table, Number(rowProtocol), Number(protocol))
  if (rowProtocol !== protocol) throw invalid(table, `its protocol is ${rowProtocol}`)
  return {
    epoch: numberOf(row, 'epoch', table),
    owner: textOf(row.owner),
    session: textOf(row.session),
    host: textOf(row.host),
    user: textOf(row.user_name),
    revision: textOf(row.revision),
    sinceMs: wholeOf(row.since_ms),
    leaseMs: wholeOf(row.lease_ms),
    beatMs: wholeOf(rows.find((each) => each.id === rowIds.beat && each.epoch === row.epoch)?.beat_ms),
    nowMs: numberOf(row, 'now_ms', table),
  }
}

/**
 * The two rows, without an owner; the one that is the lock last: where it stands, both do, also after a kill between them. One of two that
 * make them at once fails on the key.
 */
export function firstRows({ dialect, table, history }: LockLocation): readonly Statement[] {
  return [rowIds.beat, rowIds.lock].map((id) =>
    insertRow(dialect, table, [
      ['history', history],
      ['id', id],
      ['protocol', protocol],
      ['epoch', 0n],
    ]),
  )
}

/** Which of the two rows, and what has to stand in it. */
function rowWhere({ history }: LockLocation, id: bigint, where: Cells = []): Cells {
  return [['history', history], ['id', id], ...where]
}

const ownedBy = (owner: string, epoch: bigint): Cells => [
  ['owner', owner],
  ['epoch', epoch],
]

const noOwner: Cells = [
  ['owner', null],
  ['session', null],
  ['host', null],
  ['user_name', null],
  ['tool_version', null],
  ['revision', null],
  ['since_ms', null],
  ['lease_ms', null],
]

/** Takes the lock from where it was seen to stand: of several who try, the row lets one through. */
export function claim(
  location: LockLocation,
  observed: LockRow,
  claimant: Claimant,
  revision: string | undefined,
): Statement {
  const { dialect, table, clock } = location
  const cells = [
    ['epoch', observed.epoch + 1n],
    ['owner', claimant.token],
    ['session', claimant.session ?? null],
    ['host', claimant.host],
    ['user_name', claimant.user],
    ['tool_version', claimant.tool],
    ['revision', revision ?? null],
    ['lease_ms', claimant.leaseMs === undefined ? null : BigInt(claimant.leaseMs)],
    ['since_ms', clock],
  ] as const
  return updateRow(dialect, table, cells, rowWhere(location, rowIds.lock, [['epoch', observed.epoch]]))
}

/** Frees it, while it is still that owner's. */
export function releaseRow(location: LockLocation, owner: string): Statement {
  return updateRow(location.dialect, location.table, noOwner, rowWhere(location, rowIds.lock, [['owner', owner]]))
}

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

/** Says that the owner of that epoch still lives; touches nothing where a later one has said so already. */
export function renewRow(location: LockLocation, epoch: bigint): Statement {
  const { dialect, table, clock } = location
  const cells = [
    ['epoch', epoch],
    ['beat_ms', clock],
  ] as const
  const notLater = { sql: sql`${dialect.sql.quote.identifier('epoch')} <= ?`, params: [epoch] }
  return updateRow(dialect, table, cells, rowWhere(location, rowIds.beat), notLater)
}

/** Touches the one row while it is the owner's; says which revision is at work. */
export function stampRow(
  location: LockLocation,
  owner: string,
  epoch: bigint,
  revision: string | undefined,
): Statement {
  const where = rowWhere(location, rowIds.lock, ownedBy(owner, epoch))
  return updateRow(location.dialect, location.table, [['revision', revision ?? null]], where)
}

/** True while the row is the owner's: what other rows are written under. */
export function heldBy(location: LockLocation, owner: string, epoch: bigint): Condition {
  return existsRow(location.dialect, location.table, rowWhere(location, rowIds.lock, ownedBy(owner, epoch)))
}

/** When its owner last said that it lives, by the server's clock in ms: taking it says so too. */
export function lastRenewalMs({ sinceMs, beatMs }: LockRow): bigint {
  const [since, beaten] = [sinceMs ?? 0n, beatMs ?? 0n]
  return since > beaten ? since : beaten
}
