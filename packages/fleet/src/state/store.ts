import { isMigrateError } from '@org/migrate-core'
import type { Row, ServerSession, SqlValue, UnloadedDialect } from '@org/migrate-core/dialect'
import {
  describeDriverError,
  insertRows,
  inTransaction,
  selectRows,
  withDialectSession,
} from '@org/migrate-core/internal'
import { type RowChanges, rowChanges } from '../row-changes.ts'
import { isTransient, withRetries } from '../transient.ts'
import { cellsOfRun, type RunRecord, type RunState, runColumns, runOf } from './runs.ts'
import { membersTable, revisionsOf, runsTable, stateRevisions, type templatesTable, upgradeState } from './tables.ts'

/** How a member ended in the last run that took it. */
export type MemberOutcome = 'migrated' | 'upToDate' | 'failed'

/** What a run did in a member. */
export interface MemberChanges extends RowChanges {
  /** `tier:revision` of what ran. */
  readonly applied: readonly string[]
  readonly warnings: readonly string[]
}

/** What the fleet knows of a member. */
export interface MemberRecord extends MemberChanges {
  readonly id: string
  readonly outcome: MemberOutcome
  readonly heads: readonly string[]
  readonly stage: string
  /** The run that took it. */
  readonly run: string
  readonly attempts: number
  /** ISO 8601, UTC. */
  readonly finishedAt: string
  readonly durationMs: number
  /** Of a member that failed. */
  readonly code?: string
  readonly message?: string
}

const columns = ['id', 'outcome', 'heads', 'stage', 'run', 'attempts', 'finished_at', 'duration_ms', 'code', 'message']

type Cells = readonly (readonly [column: string, value: SqlValue])[]

function cellsOf(record: MemberRecord): Cells {
  return [
    ['id', record.id],
    ['outcome', record.outcome],
    ['heads', JSON.stringify(record.heads)],
    ['stage', record.stage],
    ['run', record.run],
    ['attempts', BigInt(record.attempts)],
    ['finished_at', record.finishedAt],
    ['duration_ms', BigInt(record.durationMs)],
    ['code', record.code ?? null],
    ['message', record.message ?? null],
    ['changes', JSON.stringify(changesOf(record))],
  ]
}

export function changesOf({ applied, warnings, losses, reports }: MemberChanges): MemberChanges {
  return { applied, warnings, ...rowChanges(losses ?? [], reports ?? []) }
}

function recordOf(row: Row): MemberRecord {
  const { code, message, changes } = row
  return {
    id: String(row.id),
    outcome: String(row.outcome) as MemberOutcome,
    heads: JSON.parse(String(row.heads)) as readonly string[],
    stage: String(row.stage),
    run: String(row.run),
    attempts: Number(row.attempts),
    finishedAt: String(row.finished_at),
    durationMs: Number(row.duration_ms),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof message === 'string' ? { message } : {}),
    // Written before there was such a column.
    ...(typeof changes === 'string' ? (JSON.parse(changes) as MemberChanges) : { applied: [], warnings: [] }),
  }
}

/** Outcomes are written together: a state of one commit per member would be the slowest part of a run. */
const flushSize = 100
const flushMs = 200

/** A database of the state that restarts is waited for. */
const reconnecting = { times: 6, delayMs: 500 }

/** Of two processes that write one row, PostgreSQL shows the new row of the first neither to the DELETE of the second nor hides it from its INSERT. */
const isTaken = (error: unknown): boolean =>
  isMigrateError(error, 'STATEMENT_FAILED') && error.details.fault === 'constraint'

/** What may pass by writing the same rows again. */
const mayPass = (error: unknown): boolean => isTransient(error) || isTaken(error)

export const writingRows = <T>(work: () => Promise<T>): Promise<T> =>
  withRetries(reconnecting, () => undefined, work, mayPass)

/** The outcomes of one run, written to the database of the fleet's state. What a killed run had not written yet, the members know. */
export class FleetState {
  readonly #dialect: UnloadedDialect
  #session: ServerSession | undefined
  #waiting: MemberRecord[] = []
  #run: RunState | undefined
  #writing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #failure: { readonly error: unknown } | undefined

  private constructor(dialect: UnloadedDialect) {
    this.#dialect = dialect
  }

  /** Brings the state's own tables to their newest form first. */
  static async open(dialect: UnloadedDialect): Promise<FleetState> {
    await upgradeState(dialect)
    return new FleetState(dialect)
  }

  /** Throws what an earlier write threw. */
  add(record: MemberRecord): void {
    this.#throwIfFailed()
    this.#waiting.push(record)
    if (this.#waiting.length >= flushSize) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), flushMs)
  }

  /** The newest progress of a run is written with the next outcomes. */
  progress(run: RunState): void {
    this.#throwIfFailed()
    this.#run = run
    this.#timer ??= setTimeout(() => this.#flush(), flushMs)
  }

  /** Waits until everything that was added is written. Throws what writing it threw. */
  async written(): Promise<void> {
    this.#flush()
    await this.#writing
    this.#throwIfFailed()
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const [records, run] = [this.#waiting, this.#run]
    this.#waiting = []
    this.#run = undefined
    if (records.length === 0 && run === undefined) return
    this.#writing = this.#writing
      .then(() => writingRows(() => this.#write(records, run)))
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
  }

  /** Writing the same rows again gives the same rows: what was committed before the connection was lost may be repeated. */
  async #write(records: readonly MemberRecord[], run: RunState | undefined): Promise<void> {
    try {
      this.#session ??= await this.#dialect.connection.connect({ purpose: 'run' })
      const session = this.#session
      const newest = [...new Map(records.map((record) => [record.id, record])).values()]
      await inTransaction(session, {}, async () => {
        if (newest.length > 0) await replaceRows(session, this.#dialect, membersTable, newest.map(cellsOf))
        if (run !== undefined) await replaceRows(session, this.#dialect, runsTable, [cellsOfRun(run)])
      })
    } catch (cause) {
      const error = describeDriverError(this.#dialect, cause)
      if (isTransient(error)) {
        const session = this.#session
        this.#session = undefined
        await session?.close().catch(() => undefined)
      }
      throw error
    }
  }

  async close(): Promise<void> {
    this.#flush()
    await this.#writing
    await this.#session?.close()
    this.#throwIfFailed()
  }
}

/** Rows take the place of those with the same first column. */
export async function replaceRows(
  session: ServerSession,
  opener: UnloadedDialect,
  table: string,
  rows: readonly Cells[],
): Promise<void> {
  const dialect = session.dialect ?? opener
  const { quote, portable } = dialect.sql
  const keys = rows.map(([key]) => key?.[1] ?? null)
  const column = quote.identifier(rows[0]?.[0]?.[0] ?? '').text
  const placeholders = keys.map(() => '?').join(', ')
  await session.execute(
    portable(`DELETE FROM ${quote.table({ name: table }).text} WHERE ${column} IN (${placeholders})`),
    keys,
  )
  const { sql, params } = insertRows(dialect, table, rows)
  await session.execute(sql, params)
}

/** Reads a table of the state. Where there is none, nothing is made, and `absent` is given. */
export async function readState<T>(
  opener: UnloadedDialect,
  table: typeof membersTable | typeof runsTable | typeof templatesTable,
  absent: T,
  read: (session: ServerSession, dialect: UnloadedDialect, revisions: number) => Promise<T>,
): Promise<T> {
  const applied = await stateRevisions(opener)
  if (applied < revisionsOf[table]) return absent
  return withDialectSession(opener, { purpose: 'inspect' }, (session, dialect) => read(session, dialect, applied))
}

function readMembers(
  opener: UnloadedDialect,
  which: Parameters<typeof selectRows>[3],
): Promise<readonly MemberRecord[]> {
  return readState<readonly MemberRecord[]>(opener, membersTable, [], async (session, dialect, revisions) => {
    const present = revisions < revisionsOf.changes ? columns : [...columns, 'changes']
    const { sql, params } = selectRows(dialect, membersTable, present, which)
    return (await session.query(sql, params)).map(recordOf)
  })
}

/** What the last runs recorded of the member; undefined: nothing. */
export async function readRecord(opener: UnloadedDialect, id: string): Promise<MemberRecord | undefined> {
  return (await readMembers(opener, { where: [['id', id]] }))[0]
}

/** What one run recorded of its members. */
export const readRecordsOf = (opener: UnloadedDialect, run: string): Promise<readonly MemberRecord[]> =>
  readMembers(opener, { where: [['run', run]] })

/** What is recorded of every member, by id. */
export const readRecords = (opener: UnloadedDialect): Promise<readonly MemberRecord[]> =>
  readMembers(opener, { orderBy: 'id' })

/** The last runs, the newest first. */
export function readRuns(opener: UnloadedDialect, limit: number): Promise<readonly RunRecord[]> {
  return readState<readonly RunRecord[]>(opener, runsTable, [], async (session, dialect) => {
    const { sql, params } = selectRows(dialect, runsTable, runColumns, {
      orderBy: 'started_at',
      descending: true,
      limit,
    })
    return (await session.query(sql, params)).map(runOf)
  })
}
