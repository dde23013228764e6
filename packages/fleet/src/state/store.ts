import {
  column,
  createMigrator,
  graphOf,
  integer,
  type OperationRecorder,
  revisions,
  table,
  text,
  varchar,
} from '@org/migrate-core'
import type { Row, ServerSession, SqlValue, UnloadedDialect } from '@org/migrate-core/dialect'
import { insertRows, selectRows } from '@org/migrate-core/internal'

/** How a member ended in the last run that took it. */
export type MemberOutcome = 'migrated' | 'upToDate' | 'failed'

/** What the fleet knows of a member. */
export interface MemberRecord {
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

const required = { nullable: false } as const
const members = table(
  'fleet_members',
  {
    id: column(varchar(255), required),
    outcome: column(varchar(16), required),
    heads: column(text(), required),
    stage: column(varchar(255), required),
    run: column(varchar(36), required),
    attempts: column(integer(), required),
    finished_at: column(varchar(30), required),
    duration_ms: column(integer(), required),
    code: column(varchar(64)),
    message: column(text()),
  },
  { primaryKey: ['id'] },
)

const first = {
  revision: 'f1ee70000001',
  downRevision: null,
  message: 'outcomes of members',
  upgrade: (op: OperationRecorder): void => op.createTable(members),
}

/** The state may be kept in a database that has a history of its own. */
const ownTables = {
  version: 'fleet_version',
  history: 'fleet_history',
  preserved: 'fleet_preserved',
  journal: 'fleet_journal',
  lock: 'fleet_lock',
}

const name = 'fleet_members'
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
  ]
}

function recordOf(row: Row): MemberRecord {
  const { code, message } = row
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
  }
}

/** Outcomes are written together: a state of one commit per member would be the slowest part of a run. */
const flushSize = 100
const flushMs = 200

/** The outcomes of one run, written to the database of the fleet's state. What a killed run had not written yet, the members know. */
export class FleetState {
  readonly #dialect: UnloadedDialect
  readonly #session: ServerSession
  #waiting: MemberRecord[] = []
  #writing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #failure: { readonly error: unknown } | undefined

  private constructor(dialect: UnloadedDialect, session: ServerSession) {
    this.#dialect = dialect
    this.#session = session
  }

  /** Brings the state's own tables to their newest form first. */
  static async open(dialect: UnloadedDialect): Promise<FleetState> {
    await createMigrator({ dialect, tiers: [graphOf(revisions([first]))], tables: ownTables }).upgrade()
    const session = await dialect.connection.connect({ purpose: 'run' })
    return new FleetState(session.dialect ?? dialect, session)
  }

  /** Throws what an earlier write threw. */
  add(record: MemberRecord): void {
    if (this.#failure !== undefined) throw this.#failure.error
    this.#waiting.push(record)
    if (this.#waiting.length >= flushSize) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), flushMs)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const records = this.#waiting
    this.#waiting = []
    this.#writing = this.#writing
      .then(() => this.#write(records))
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
  }

  async #write(records: readonly MemberRecord[]): Promise<void> {
    if (records.length === 0) return
    const { quote, portable } = this.#dialect.sql
    const newest = [...new Map(records.map((record) => [record.id, record])).values()]
    const target = quote.table({ name }).text
    const placeholders = newest.map(() => '?').join(', ')
    const scope = await this.#session.begin()
    try {
      const ids = newest.map(({ id }) => id)
      await this.#session.execute(
        portable(`DELETE FROM ${target} WHERE ${quote.identifier('id').text} IN (${placeholders})`),
        ids,
      )
      const { sql, params } = insertRows(this.#dialect, name, newest.map(cellsOf))
      await this.#session.execute(sql, params)
      await scope.commit()
    } catch (error) {
      await scope.rollback()
      throw error
    }
  }

  async close(): Promise<void> {
    this.#flush()
    await this.#writing
    await this.#session.close()
    if (this.#failure !== undefined) throw this.#failure.error
  }
}

/** What the last runs recorded of the member; undefined: nothing. */
export async function readRecord(dialect: UnloadedDialect, id: string): Promise<MemberRecord | undefined> {
  const session = await dialect.connection.connect({ purpose: 'inspect' })
  try {
    const { sql, params } = selectRows(session.dialect ?? dialect, name, columns, { where: [['id', id]] })
    const [row] = await session.query(sql, params)
    return row === undefined ? undefined : recordOf(row)
  } finally {
    await session.close()
  }
}
