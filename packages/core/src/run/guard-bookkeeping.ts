import { isDeepStrictEqual } from 'node:util'
import { historyTable } from '../bookkeeping/tables.ts'
import { textFor } from '../data-steps/preserved/bases.ts'
import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { Fence } from '../lock/fence.ts'
import type { Row } from '../model/sql-value.ts'
import type { Operation } from '../operations/operation.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import { join, sql } from '../sql/tag.ts'

/** A session that code of an author runs on, and the tables of ours that are there. */
export interface GuardedRun {
  readonly resolved: ResolvedOptions
  readonly session: Session
  readonly state: { readonly present: ReadonlySet<string> }
  readonly fence: Fence | undefined
}

interface TableRead {
  readonly table: string
  readonly sql: string
}

/** What reads the tables that say what is applied. */
function readsOf({ resolved, state }: GuardedRun): readonly TableRead[] {
  const { dialect, names, tiers } = resolved
  const { identifier } = dialect.sql.quote
  const stores = tiers.map(({ store }) => store.table)
  const reads: TableRead[] = []
  for (const { ref, columns } of [historyTable(names), ...stores]) {
    if (!state.present.has(ref.name)) continue
    // Of a wide column a digest: a history of years is not sent twice for every data step.
    const list = join(
      columns.map(({ name, type }) =>
        type.kind === 'text'
          ? sql`${dialect.values.textDigest(identifier(name))} AS ${identifier(name)}`
          : identifier(name),
      ),
    )
    const first = identifier(columns[0]?.name ?? '')
    const text = sql`SELECT ${list} FROM ${dialect.sql.quote.table(ref)} ORDER BY ${first}`
    // A snapshot made here would hide from the next operation what others have done to the schema meanwhile.
    reads.push({ table: ref.name, sql: (dialect.sql.lockingRead?.(text) ?? text).text })
  }
  return reads
}

/**
 * The rows of the tables that say what is applied, or texts of them, in the order of the reads. With a proof the lock is asked for, too.
 * Throws LOCK_LOST.
 */
async function observe(
  { session }: GuardedRun,
  reads: readonly TableRead[],
  proof?: Pick<Fence, 'closing' | 'prove'>,
): Promise<readonly (readonly Row[] | string)[]> {
  // A BLOB that was written since makes it rows again, which are not the text of before.
  const texts = await session.textsOf?.(reads).catch(() => undefined)
  if (texts !== undefined) {
    await proof?.prove()
    return texts
  }
  const closing = proof?.closing
  // What is refused is told where they are sent one by one.
  const together = await session.queryAll?.(closing === undefined ? reads : [...reads, closing]).catch(() => undefined)
  const rows: (readonly Row[])[] = []
  for (const [at, { sql }] of reads.entries()) rows.push(together?.[at] ?? (await session.query(sql)))
  const held = closing && together?.[reads.length]
  if (held === undefined) await proof?.prove()
  else if (held.length !== 1) throw closing?.unlessOneRow?.(held.length)
  return rows
}

/** Where nothing that is read sees what was written, checks take the place of the rows. */
async function rememberAll(
  execution: GuardedRun,
  remember: NonNullable<Session['remember']>,
  what: string,
): Promise<() => void> {
  const checks: (() => void)[] = []
  for (const { table, sql } of readsOf(execution)) {
    const check = await remember(sql)
    checks.push(() => check(() => changedBy(table, what)))
  }
  return () => {
    for (const check of checks) check()
  }
}

function changedBy(table: string, what: string): MigrateError<'BOOKKEEPING_INVALID'> {
  const why = `${what} changed it`
  return new MigrateError('BOOKKEEPING_INVALID', { table, why }, `The rows of ${table} are not as they were: ${why}.`, {
    remedy: `Take the statements that write ${table} out of the revision, and run it again.`,
  })
}

/** A procedure may write anything; what other SQL writes, its text names. */
const callsProcedure = /\bcall\b/i

/** Whether the SQL of an author could write the tables that say what is applied. */
export function mayWriteBookkeeping(
  { dialect, names, tiers }: ResolvedOptions,
  operations: readonly Operation[],
): boolean {
  const own = [...Object.values(names), ...tiers.map(({ store }) => store.table.ref.name)]
  return operations.some((operation) => {
    if (operation.kind !== 'sql') return false
    const text = textFor(operation.text, dialect).toLowerCase()
    return callsProcedure.test(text) || own.some((name) => text.includes(name.toLowerCase()))
  })
}

/**
 * Runs code of an author on the session of the run. A lock that it released or rows that it rewrote would go unnoticed: the next
 * run could begin beside this one, and a later downgrade would go by a false history.
 */
export async function guardBookkeeping<T>(execution: GuardedRun, what: string, work: () => Promise<T>): Promise<T> {
  const { session } = execution
  if (session.remember !== undefined) {
    const check = await rememberAll(execution, session.remember.bind(session), what)
    const result = await work()
    check()
    return result
  }
  const reads = readsOf(execution)
  const before = await observe(execution, reads)
  const result = await work()
  // The rows come first: the session says of a failed transaction which statement failed in it.
  const after = await observe(execution, reads, execution.fence)
  for (const [at, { table }] of reads.entries())
    if (!isDeepStrictEqual(before[at], after[at])) throw changedBy(table, what)
  return result
}
