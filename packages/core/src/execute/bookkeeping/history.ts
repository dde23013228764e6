import type { Statement } from '../../compile/statement.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import type { RevisionHeader } from '../../graph/revision.ts'
import type { Irreversible, Operation } from '../../operations/operation.ts'
import { insertNumbered, selectRows } from './statements.ts'
import { textCell } from './store.ts'
import type { BookkeepingNames } from './tables.ts'

/** An effective operation with what leads back from it, as the history keeps it. */
export interface RecordedInverse {
  readonly operation: Operation
  readonly inverse: readonly Operation[] | Irreversible
}

export interface HistoryEntry {
  readonly tier: string
  readonly header: RevisionHeader
  /** `edit`: the present text of an applied revision was accepted; what its upgrade did stands in an older row. */
  readonly direction: 'up' | 'down' | 'stamp' | 'edit'
  readonly operationsHash?: string
  readonly effective: readonly RecordedInverse[]
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly host: string
  readonly user: string
  readonly tool: string
}

export function historyRow(dialect: Dialect, names: BookkeepingNames, entry: HistoryEntry): Statement {
  const { header } = entry
  return insertNumbered(dialect, names.history, [
    ['tier', entry.tier],
    ['revision', header.revision],
    ['direction', entry.direction],
    ['text_hash', header.textHash ?? null],
    ['operations_hash', entry.operationsHash ?? null],
    ['started_at', entry.startedAt.toISOString()],
    ['finished_at', entry.finishedAt.toISOString()],
    ['duration_ms', BigInt(entry.finishedAt.getTime() - entry.startedAt.getTime())],
    ['host', entry.host],
    ['user_name', entry.user],
    ['tool_version', entry.tool],
    ['parents', JSON.stringify(header.parents)],
    ['depends_on', JSON.stringify(header.dependsOn)],
    ['labels', JSON.stringify(header.branchLabels)],
    ['compatible_with', JSON.stringify(header.compatibleWith)],
    ['operations', JSON.stringify(entry.effective.map((each) => each.operation))],
    ['inverses', JSON.stringify(entry.effective.map((each) => each.inverse))],
  ])
}

export interface HistoryHashes {
  readonly textHash: string | null
  readonly operationsHash: string | null
}

function nullableText(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** For each applied revision of a tier the hashes of its newest row that is not a downgrade. */
export async function readHashes(
  dialect: Dialect,
  names: BookkeepingNames,
  session: Session,
): Promise<ReadonlyMap<string, HistoryHashes>> {
  const columns = ['tier', 'revision', 'direction', 'text_hash', 'operations_hash']
  const statement = selectRows(dialect, names.history, columns, { orderBy: 'id' })
  const found = new Map<string, HistoryHashes>()
  for (const row of await session.query(statement.sql, statement.params)) {
    const key = historyKey(textCell(row, 'tier', names.history), textCell(row, 'revision', names.history))
    if (row.direction === 'down') found.delete(key)
    else found.set(key, { textHash: nullableText(row.text_hash), operationsHash: nullableText(row.operations_hash) })
  }
  return found
}

export function historyKey(tier: string, revision: string): string {
  return `${tier}\n${revision}`
}

function parseArray(text: string, table: string): readonly unknown[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new MigrateError('BOOKKEEPING_INVALID', { table, why: 'a list is not JSON' }, `Table ${table} is damaged.`, {
      cause,
    })
  }
  if (Array.isArray(parsed)) return parsed
  throw new MigrateError('BOOKKEEPING_INVALID', { table, why: 'a list is not an array' }, `Table ${table} is damaged.`)
}

/**
 * What the newest upgrade of a revision did, operation by operation; undefined where it was stamped or never recorded.
 * The rows were written by this tool and are trusted to hold operations of the shape it writes.
 */
export async function readEffective(
  dialect: Dialect,
  names: BookkeepingNames,
  session: Session,
  tier: string,
  revision: string,
): Promise<readonly RecordedInverse[] | undefined> {
  const statement = selectRows(dialect, names.history, ['direction', 'operations', 'inverses'], {
    where: [
      ['tier', tier],
      ['revision', revision],
    ],
    orderBy: 'id',
    descending: true,
  })
  const rows = await session.query(statement.sql, statement.params)
  const row = rows.find((each) => each.direction !== 'edit')
  if (row === undefined || row.direction !== 'up') return undefined
  const operations = parseArray(textCell(row, 'operations', names.history), names.history) as readonly Operation[]
  const inverses = parseArray(textCell(row, 'inverses', names.history), names.history) as readonly (
    | readonly Operation[]
    | Irreversible
  )[]
  return operations.map((operation, at) => ({
    operation,
    inverse: inverses[at] ?? { irreversible: true, why: 'the history has no inverse' },
  }))
}

function textList(value: unknown, table: string): readonly string[] {
  return typeof value === 'string' ? parseArray(value, table).filter((each) => typeof each === 'string') : []
}

/** The header of an applied revision whose file is gone, as its newest row recorded it. */
export async function readMissingHeader(
  dialect: Dialect,
  names: BookkeepingNames,
  session: Session,
  tier: string,
  revision: string,
): Promise<RevisionHeader | undefined> {
  const columns = ['parents', 'depends_on', 'labels', 'compatible_with', 'text_hash']
  const statement = selectRows(dialect, names.history, columns, {
    where: [
      ['tier', tier],
      ['revision', revision],
    ],
    orderBy: 'id',
    descending: true,
    limit: 1,
  })
  const [row] = await session.query(statement.sql, statement.params)
  if (row === undefined) return undefined
  const hash = nullableText(row.text_hash)
  return {
    revision,
    parents: textList(row.parents, names.history),
    dependsOn: textList(row.depends_on, names.history),
    branchLabels: textList(row.labels, names.history),
    compatibleWith: textList(row.compatible_with, names.history),
    message: 'its file is gone',
    source: historySource,
    ...(hash === null ? {} : { textHash: hash }),
  }
}

/** The `source` of a header that was read from the history because its file is gone. */
export const historySource = '<history>'
