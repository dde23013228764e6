import { readOf, selectRows } from '../compile/own-rows.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { ReadStatement, Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { RevisionHeader } from '../graph/revision.ts'
import type { Row } from '../model/sql-value.ts'
import type { Irreversible, Operation } from '../operations/operation.ts'
import type { ColumnChanges } from './column-changes.ts'
import { textCell } from './store.ts'
import { type BookkeepingNames, historyTable } from './tables.ts'

/** An effective operation with what leads back from it, as the history keeps it. */
export interface RecordedInverse {
  readonly operation: Operation
  readonly inverse: readonly Operation[] | Irreversible
}

export interface HistoryEntry {
  readonly tier: string
  /** Of a script only the revision is known: what it wrote is then looked up in the file. */
  readonly header: Pick<RevisionHeader, 'revision'> & Partial<RevisionHeader>
  /**
   * `edit`: the present text of an applied revision was accepted. `revert`: what was done of an interrupted step was taken back. What the
   * upgrade of the revision did stands in an older row. `push`: the declared schema was pushed, without a revision. `load`: a snapshot made what
   * the revision makes.
   */
  readonly direction: 'up' | 'down' | 'stamp' | 'edit' | 'revert' | 'push' | 'load'
  readonly operationsHash?: string
  /** Absent: what was done is not known. */
  readonly resolvedOperations?: readonly RecordedInverse[]
  /** The tiers of the program that wrote the row. Absent: not known. */
  readonly tiers?: readonly string[]
  /** The tables that the step made, changed or dropped, with their columns afterwards. Absent: not known. */
  readonly columnsAfter?: ColumnChanges
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly host: string
  readonly user: string
  readonly tool: string
  /** One id for all rows of one run. Absent: of a script. */
  readonly run?: string
}

export interface HistoryHashes {
  readonly textHash: string | null
  readonly operationsHash: string | null
}

export function nullableText(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** What the whole history says of the present. */
export interface RecordedPresent {
  /** For each applied revision of a tier the hashes of its newest row that is not a downgrade. */
  readonly hashes: ReadonlyMap<string, HistoryHashes>
  /** Of these; what else they say only few runs ask for. */
  readonly rows: readonly Row[]
}

/** The narrow columns of the history. */
export function presentRead(dialect: UnloadedDialect, names: BookkeepingNames): ReadStatement {
  const read = ['id', 'tier', 'revision', 'direction', 'text_hash', 'operations_hash', 'columns_after']
  const statement = selectRows(dialect, names.history, read, { orderBy: 'id' })
  return { ...readOf(statement, historyTable(names), read), orderBy: 'id' }
}

/** The narrow columns of the history in one statement. */
export async function readPresentRows(
  dialect: UnloadedDialect,
  names: BookkeepingNames,
  session: Session,
): Promise<readonly Row[]> {
  const { sql, params } = presentRead(dialect, names)
  return session.query(sql, params)
}

/** Reads them. Throws BOOKKEEPING_INVALID. */
export async function readPresent(
  dialect: UnloadedDialect,
  names: BookkeepingNames,
  session: Session,
): Promise<RecordedPresent> {
  return presentOf(await readPresentRows(dialect, names, session), names)
}

/** Throws BOOKKEEPING_INVALID. */
export function presentOf(rows: readonly Row[], { history: table }: BookkeepingNames): RecordedPresent {
  const hashes = new Map<string, HistoryHashes>()
  for (const row of rows) {
    const key = historyKey(textCell(row, 'tier', table), textCell(row, 'revision', table))
    const direction = directionOf(row, table)
    if (direction === 'down') hashes.delete(key)
    else if (direction !== 'revert' && direction !== 'push')
      hashes.set(key, { textHash: nullableText(row.text_hash), operationsHash: nullableText(row.operations_hash) })
  }
  return { hashes, rows }
}

/** The tiers of the program that wrote the first row; undefined where there is none, or it does not say. */
export async function readFirstTiers(
  dialect: UnloadedDialect,
  names: BookkeepingNames,
  session: Session,
): Promise<readonly string[] | undefined> {
  const statement = selectRows(dialect, names.history, ['tiers'], { orderBy: 'id', limit: 1 })
  const [row] = await session.query(statement.sql, statement.params)
  return row === undefined ? undefined : textList(row, 'tiers', names.history)
}

export function historyKey(tier: string, revision: string): string {
  return `${tier}\n${revision}`
}

const directions = ['up', 'down', 'stamp', 'edit', 'revert', 'push', 'load'] as const

/** Throws BOOKKEEPING_INVALID for a word that is none of ours. */
export function directionOf(row: Row, table: string): HistoryEntry['direction'] {
  const text = textCell(row, 'direction', table)
  const direction = directions.find((each) => each === text)
  if (direction !== undefined) return direction
  throw damaged(table, `unknown direction ${text}`)
}

export function damaged(table: string, why: string, cause?: unknown): MigrateError {
  const options = { cause }
  return new MigrateError('BOOKKEEPING_INVALID', { table, why }, `Table ${table} is damaged: ${why}.`, options)
}

/** A list as the history keeps it; undefined where it was not known. */
export function parseList(row: Row, column: string, table: string): readonly unknown[] | undefined {
  const text = textCell(row, column, table)
  const why = `${column} is no list`
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw damaged(table, why, cause)
  }
  if (parsed === null) return undefined
  if (Array.isArray(parsed)) return parsed
  throw damaged(table, why)
}

export function textList(row: Row, column: string, table: string): readonly string[] | undefined {
  return parseList(row, column, table)?.map((each) => {
    if (typeof each === 'string') return each
    throw damaged(table, `${column} holds what is no text`)
  })
}

/** The `source` of a header that was read from the history because its file is gone. */
export const historySource = '<history>'
