import type { CompiledGroup } from '../compile/compile.ts'
import { standsAlone } from '../compile/parts.ts'
import type { Statement } from '../compile/statement.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { statementError } from './described-session.ts'
import type { PreparedStep } from './prepare.ts'
import { retryLocked } from './retry-locked.ts'
import { type RunContext, where } from './run-context.ts'

function cellText(value: unknown): string {
  return value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : String(value)
}

async function runStatement(
  context: RunContext,
  prepared: PreparedStep,
  statement: Statement,
  describe: string,
): Promise<void> {
  const { session, emit } = context
  const named = where(prepared)
  // With enforcement on, dropping the old table of a rebuild deletes the rows of ON DELETE CASCADE children.
  if (statement.foreignKeys === 'off' && context.foreignKeys === 'on') {
    throw new MigrateError('INTERNAL', { where: 'runStatement' }, 'A rebuild was planned as a change in place.')
  }
  // Ran before the transaction was opened.
  if (statement.transaction === 'outside' && context.dialect.capabilities.outside === 'alone') return
  emit({
    type: 'statement',
    ...named,
    describe,
    sql: statement.sql,
    ...(statement.note === undefined ? {} : { note: statement.note }),
  })
  if (statement.copy !== undefined) {
    const what = statement.note ?? describe
    await session.copy(statement.copy, {
      onProgress: (done) => emit({ type: 'progress', ...named, what, done }),
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    })
    return
  }
  if (statement.expectEmpty === undefined) {
    await session.execute(statement.sql, statement.params)
    return
  }
  const rows = await session.query(statement.sql, statement.params)
  if (rows.length === 0) return
  const shown = rows.map((row) =>
    Object.entries(row)
      .map(([column, value]) => `${column} ${cellText(value)}`)
      .join(', '),
  )
  throw new MigrateError(
    'ROWS_IN_THE_WAY',
    { check: statement.expectEmpty, rows: shown },
    `${statement.expectEmpty}: ${shown.join('; ')}`,
    statement.remedy === undefined ? {} : { remedy: statement.remedy },
  )
}

/** What statements belong to, for people. */
export interface Described {
  readonly describe: string
  readonly source?: string
}

export function describedGroup(group: CompiledGroup): Described {
  const describe = group.operations.map((each) => each.describe).join('; ')
  const source = group.operations.find((each) => each.source !== undefined)?.source
  return { describe, ...(source === undefined ? {} : { source }) }
}

/** What a try left that waited too long for a lock: with it there, the next one would find its own name taken. */
async function clearLeftover(context: RunContext, prepared: PreparedStep, { leftover }: Statement): Promise<void> {
  if (leftover === undefined) return
  const { find, clear, note } = leftover
  if ((await context.session.query(find)).length === 0) return
  await runStatement(context, prepared, { sql: clear, transaction: 'outside', note }, note)
}

/** One statement, its failure named. What commits by itself and only waited too long for a lock can be tried again. */
export async function runOne(
  context: RunContext,
  prepared: PreparedStep,
  statement: Statement,
  { describe, source }: Described,
): Promise<void> {
  const located = (cause: unknown): unknown => {
    if (context.signal?.aborted && cause === context.signal.reason) return cause
    const location = {
      ...where(prepared),
      operation: describe,
      sql: statement.sql,
      ...(source === undefined ? {} : { source }),
    }
    return statementError(context.dialect, cause, location, statement.remedy)
  }
  // A procedure may have committed before it came to what was locked.
  const repeatable = standsAlone(statement) && context.dialect.classify(statement.sql) !== 'unknown'
  const retries = repeatable ? context.lockRetries : 0
  let tried = false
  await retryLocked({ ...context, retries, what: describe }, async () => {
    try {
      if (standsAlone(statement)) await context.checkLock()
      if (tried) await clearLeftover(context, prepared, statement)
      tried = true
      await runStatement(context, prepared, statement, describe)
    } catch (cause) {
      throw located(cause)
    }
  })
}
