import type { CompiledGroup } from '../compile/compile.ts'
import { executeStatement } from '../compile/execute-statement.ts'
import { isNonTransactional } from '../compile/parts.ts'
import { statementError } from '../compile/statement-error.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { present } from '../model/edit.ts'
import type { Outcome, Row } from '../model/sql-value.ts'
import type { Statement } from '../sql/statement.ts'
import { retryLocked } from './retry-locked.ts'
import type { RunContext } from './run-context.ts'
import { reporting } from './step-reports.ts'
import { watchProgress } from './watch-progress.ts'

const mostOfCell = 100

/** A document of a megabyte tells a row apart no better than its beginning. */
function cellText(value: unknown): string {
  const text = value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : String(value)
  return text.length <= mostOfCell ? text : `${text.slice(0, mostOfCell - 1)}…`
}

function rowText(row: Row, { counted }: Statement): string {
  return Object.entries(row)
    .flatMap(([column, value]) => (column === counted ? [] : [`${column} ${cellText(value)}`]))
    .join(', ')
}

/** The rows that a query gave though it must give none, with how many there are where that was asked. */
function violatingRowsError(
  statement: Statement,
  check: string,
  violations: readonly Row[],
  cause?: unknown,
): MigrateError {
  const { counted, remedy } = statement
  const rows = violations.map((row) => rowText(row, statement))
  const count = counted === undefined ? undefined : Number(violations[0]?.[counted])
  const number =
    count === undefined || rows.length === 0 ? '' : `: ${count.toLocaleString('en-US')} ${count === 1 ? 'row' : 'rows'}`
  const some = count === undefined || count === rows.length ? '' : ', for example'
  return new MigrateError(
    'BLOCKING_ROWS',
    { check, rows, ...present({ count }) },
    rows.length === 0 ? `${check}: there are such rows` : `${check}${number}${some}: ${rows.join('; ')}`,
    present({ remedy, cause }),
  )
}

function refusedValue(patterns: readonly string[], cause: unknown): string | undefined {
  const message = cause instanceof Error ? cause.message : ''
  return patterns.flatMap((each) => new RegExp(each, 'su').exec(message)?.[1] ?? [])[0]
}

/** A statement whose error names no row: only where it fails are the rows read that it failed on. */
async function runBlockable(
  { session, dialect }: RunContext,
  statement: Statement,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work()
  } catch (cause) {
    const { kindOf, refusesValue } = dialect.errors
    if (kindOf(cause) !== 'constraint' && refusesValue?.(cause) !== true) throw cause
    for (const { sql, expectEmpty } of statement.blockingRows ?? []) {
      // Where this is refused too, the first error is the one to tell.
      const rows = await session.query(sql).catch(() => [])
      if (rows.length > 0) throw violatingRowsError(statement, expectEmpty, rows, cause)
    }
    const { rowsOfValue } = statement
    const value = rowsOfValue && refusedValue(rowsOfValue.value, cause)
    if (rowsOfValue !== undefined && value !== undefined) {
      const rows = await session.query(rowsOfValue.sql, [value]).catch(() => [])
      if (rows.length > 0) throw violatingRowsError(statement, rowsOfValue.expectEmpty, rows, cause)
    }
    throw cause
  }
}

/**
 * A trigger may put the rows elsewhere, as for partitions by inheritance, and what came after `insertRows` may have given them another key: only
 * their author knows.
 */
async function reportRows(
  context: RunContext,
  describe: string,
  { inserts = 0, deletes = 0 }: Statement,
  { changes }: Outcome,
): Promise<void> {
  const isFound = changes >= deletes || context.named.direction === 'up'
  if (changes >= inserts && isFound) return
  const what = isFound
    ? `the database inserted ${changes} of ${inserts} rows: a trigger or a rule left the others out, or put them elsewhere`
    : `the database deleted ${changes} of ${deletes} rows: the others are gone, go with a row that they refer to, or have another key now and stay`
  await reporting(context, describe, async (report) => report(what))
}

async function runStatement(context: RunContext, statement: Statement, describe: string): Promise<void> {
  const { session, emit, named } = context
  // With enforcement on, dropping the old table of a rebuild deletes the rows of ON DELETE CASCADE children.
  if (statement.foreignKeys === 'off' && context.foreignKeys === 'on') {
    throw new MigrateError('INTERNAL', { where: 'runStatement' }, 'A rebuild was planned as a change in place.')
  }
  // Ran before the transaction was opened.
  if (statement.transaction === 'none' && context.dialect.capabilities.nonTransactional === 'single') return
  const { sql, note, copy } = statement
  emit({ type: 'statement', ...named, describe, sql, ...present({ note }) })
  if (copy !== undefined) {
    const what = note ?? describe
    const onProgress = (done: number, total?: number): void =>
      emit({ type: 'progress', ...named, what, done, ...present({ total }) })
    const { signal } = context
    return runBlockable(context, statement, () => session.copy(copy, { onProgress, ...present({ signal }) }))
  }
  if (statement.blockingRows !== undefined || statement.rowsOfValue !== undefined) {
    const execute = () => watchProgress(context, () => executeStatement(session, statement))
    // What commits ends its savepoint too.
    return runBlockable(context, statement, () => (statement.commits === true ? execute() : session.savepoint(execute)))
  }
  if (statement.expectEmpty === undefined) {
    const outcome = await watchProgress(context, () => executeStatement(session, statement))
    // What has a `guard` sends its statements at the commit, and knows no number of rows before.
    if (session.guard === undefined) await reportRows(context, describe, statement, outcome)
    return
  }
  const { expectEmpty } = statement
  if (session.guard !== undefined)
    return session.guard(statement, (found) => violatingRowsError(statement, expectEmpty, found))
  const rows = await session.query(statement.sql, statement.params)
  if (rows.length > 0) throw violatingRowsError(statement, statement.expectEmpty, rows)
}

/** What statements belong to, for people. */
interface StatementDescription {
  readonly describe: string
  /** The first of these that has a source says where. */
  readonly recorded: readonly { readonly source?: string }[]
}

export function describedGroup({ operations }: CompiledGroup): StatementDescription {
  return { describe: operations.map((each) => each.describe).join('; '), recorded: operations }
}

/** What a try left that waited too long for a lock: with it there, the next one would find its own name taken. */
async function clearLeftover(context: RunContext, { leftover }: Statement): Promise<void> {
  if (leftover === undefined) return
  const { find, clear, note } = leftover
  if ((await context.session.query(find)).length === 0) return
  await runStatement(context, { sql: clear, transaction: 'none', note }, note)
}

/** One statement, its failure named. What commits by itself and only waited too long for a lock can be tried again. */
export async function runOne(
  context: RunContext,
  statement: Statement,
  described: StatementDescription,
): Promise<void> {
  const { describe, recorded } =
    statement.checkFor === undefined ? described : { describe: statement.checkFor, recorded: [] }
  const located = (cause: unknown): unknown => {
    if (context.signal?.aborted && cause === context.signal.reason) return cause
    const source = recorded.find((each) => each.source !== undefined)?.source
    const location = { ...context.named, operation: describe, sql: statement.sql, ...present({ source }) }
    return statementError(context.dialect, cause, location, statement)
  }
  // A procedure may have committed before it came to what was locked.
  const repeatable = isNonTransactional(statement) && context.dialect.sql.classify(statement.sql) !== 'unknown'
  const retries = repeatable ? context.resolved.lockRetries : 0
  let isRetry = false
  await retryLocked({ ...context, retries, what: describe }, async () => {
    try {
      if (isNonTransactional(statement)) await context.checkLock()
      if (isRetry) await clearLeftover(context, statement)
      isRetry = true
      await runStatement(context, statement, describe)
    } catch (cause) {
      throw located(cause)
    }
  })
}
