import { textCell } from '../../../bookkeeping/store.ts'
import type { BookkeepingNames } from '../../../bookkeeping/tables.ts'
import type { Dialect } from '../../../dialect/dialect.ts'
import type { Session } from '../../../dialect/session.ts'
import type { Statement } from '../../../sql/statement.ts'
import { join, type SqlFragment, sql } from '../../../sql/tag.ts'
import type { RestoreContext, StepRestoreContext } from '../pages/restore-context.ts'
import type { PreservedScope } from '../preserved-types.ts'
import { counterStep, leftStep } from '../store.ts'
import { setAside } from './cells.ts'

/** Why nothing that is preserved of a revision comes back by itself once a script has applied or reverted it. */
export const scriptMoved =
  'a script has applied or reverted the revision since, and restored nothing, so the old value stays preserved'

/** That something of a tier waits for a step of one of these revisions. */
function isWaiting({ sql: { quote } }: Dialect, tier: string, revisions: readonly string[]): SqlFragment {
  const { identifier: name, literal } = quote
  const listed = join(revisions.map((revision) => literal(revision)))
  return sql`${name('tier')} = ${literal(tier)} AND ${name('revision')} IN (${listed}) AND ${name('step')} NOT IN (${literal(leftStep)}, ${literal(counterStep)})`
}

/** How many values wait for a step of each of these revisions. */
async function countWaiting(
  dialect: Dialect,
  session: Session,
  { preserved }: BookkeepingNames,
  ...of: readonly [tier: string, revisions: readonly string[]]
): Promise<ReadonlyMap<string, number>> {
  const { identifier: name, table } = dialect.sql.quote
  const text = sql`SELECT ${name('revision')}, COUNT(*) AS ${name('n')} FROM ${table({ name: preserved })} WHERE ${isWaiting(dialect, ...of)} GROUP BY ${name('revision')}`
  const rows = await session.query(text.text)
  return new Map(rows.map((row) => [textCell(row, 'revision', preserved), Number(row.n)]))
}

/** Sets aside everything that waits for a step of these revisions. */
export function leaveStatement(
  dialect: Dialect,
  { preserved }: BookkeepingNames,
  ...of: readonly [tier: string, revisions: readonly string[]]
): Pick<Statement, 'sql'> {
  const { identifier: name, literal, table } = dialect.sql.quote
  // Of the values of one cell that are set aside each has a hash of its own.
  const hash = sql`CAST(${name('id')} AS CHAR(20))`
  return {
    sql: sql`UPDATE ${table({ name: preserved })} SET ${name('key_hash')} = ${hash}, ${name('step')} = ${literal(leftStep)} WHERE ${isWaiting(dialect, ...of)}`
      .text,
  }
}

/** Sets aside everything that waits for a step of a revision, and reports it. */
export async function leaveAll(
  context: Pick<RestoreContext, 'preserved' | 'report' | 'breathe'>,
  owner: PreservedScope,
  why: string,
): Promise<void> {
  for await (const page of context.preserved.pages(owner, { otherThan: leftStep })) {
    await context.breathe()
    await setAside(context, page, () => why)
  }
}

/** Sets aside what is preserved of revisions that a squashed one replaces: by which names it would have to come back is not known any more. */
export async function leaveReplaced(context: StepRestoreContext, replaced: readonly string[]): Promise<void> {
  for (const revision of replaced) {
    const why = `${revision}, which this revision replaces, preserved it, and there it stays`
    await leaveAll(context, { ...context.owner, revision }, why)
  }
}

/**
 * Sets aside what is preserved of revisions that are recorded without being run: no step restores it to what was made or removed by hand, and it must
 * not come back over that later. Gives the number of values of each revision.
 */
export async function leaveRecorded(
  dialect: Dialect,
  session: Session,
  names: BookkeepingNames,
  { tier, revisions }: { readonly tier: string; readonly revisions: ReadonlySet<string> },
): Promise<ReadonlyMap<string, number>> {
  const owner = [tier, [...revisions]] as const
  const left = revisions.size === 0 ? new Map<string, number>() : await countWaiting(dialect, session, names, ...owner)
  if (left.size > 0) await session.execute(leaveStatement(dialect, names, ...owner).sql)
  return left
}

/** What a run says of them, a line for each revision. */
export const leftWarnings = (left: ReadonlyMap<string, number>): readonly string[] =>
  [...left].map(
    ([revision, values]) =>
      `${values === 1 ? '1 value is' : `${values} values are`} preserved of ${revision}, and no step restores ${values === 1 ? 'it' : 'them'} after this stamp: \`migrate preserved restore ${revision}\` does.`,
  )
