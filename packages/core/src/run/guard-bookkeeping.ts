import { isDeepStrictEqual } from 'node:util'
import { historyTable } from '../bookkeeping/tables.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { Row } from '../model/sql-value.ts'
import type { Operation } from '../operations/operation.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import { join, sql } from '../sql/tag.ts'
import type { PlanExecution } from './plan-execution.ts'

/** Of a wide column a digest: a history of years is not sent twice for every data step. */
const wide = 'text'

/** The rows of the tables that say what is applied, by table. */
async function observe({ resolved, session, state }: PlanExecution): Promise<ReadonlyMap<string, readonly Row[]>> {
  const { dialect, names, tiers } = resolved
  const { identifier } = dialect.sql.quote
  const stores = tiers.map(({ store }) => store.table)
  const rowsByTable = new Map<string, readonly Row[]>()
  for (const { ref, columns } of [historyTable(names), ...stores]) {
    if (!state.present.has(ref.name) || rowsByTable.has(ref.name)) continue
    const list = join(
      columns.map(({ name, type }) =>
        type.kind === wide
          ? sql`${dialect.values.textDigest(identifier(name))} AS ${identifier(name)}`
          : identifier(name),
      ),
    )
    const first = identifier(columns[0]?.name ?? '')
    const text = sql`SELECT ${list} FROM ${dialect.sql.quote.table(ref)} ORDER BY ${first}`
    // A snapshot made here would hide from the next operation what others have done to the schema meanwhile.
    rowsByTable.set(ref.name, await session.query((dialect.sql.lockingRead?.(text) ?? text).text))
  }
  return rowsByTable
}

/** A procedure may write anything; what other SQL writes, its text names. */
const callsProcedure = /\bcall\b/i

/** Whether the SQL of an author could write the tables that say what is applied. */
export function mayWriteBookkeeping({ names, tiers }: ResolvedOptions, operations: readonly Operation[]): boolean {
  const own = [...Object.values(names), ...tiers.map(({ store }) => store.table.ref.name)]
  return operations.some((operation) => {
    if (operation.kind !== 'sql') return false
    const variants = typeof operation.text === 'string' ? [operation.text] : Object.values(operation.text)
    return variants.some((text = '') => {
      const lower = text.toLowerCase()
      return callsProcedure.test(text) || own.some((name) => lower.includes(name.toLowerCase()))
    })
  })
}

/**
 * Runs code of an author on the session of the run. A lock that it released or rows that it rewrote would go unnoticed: the next
 * run could begin beside this one, and a later downgrade would go by a false history.
 */
export async function guardBookkeeping<T>(execution: PlanExecution, what: string, work: () => Promise<T>): Promise<T> {
  const before = await observe(execution)
  const result = await work()
  // First: the session says of a failed transaction which statement failed in it.
  const after = await observe(execution)
  await execution.fence?.prove()
  for (const [table, rows] of before) {
    if (isDeepStrictEqual(rows, after.get(table))) continue
    const why = `${what} changed it`
    throw new MigrateError(
      'BOOKKEEPING_INVALID',
      { table, why },
      `The rows of ${table} are not as they were: ${why}.`,
      {
        remedy: `Take the statements that write ${table} out of the revision, and run it again.`,
      },
    )
  }
  return result
}
