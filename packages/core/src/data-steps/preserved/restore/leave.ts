import { textCell } from '../../../bookkeeping/store.ts'
import type { BookkeepingNames } from '../../../bookkeeping/tables.ts'
import type { Dialect } from '../../../dialect/dialect.ts'
import type { Session } from '../../../dialect/session.ts'
import { createYield } from '../../../lock/create-yield.ts'
import { sql } from '../../../sql/tag.ts'
import type { RestoreContext, StepRestoreContext } from '../pages/restore-context.ts'
import type { PreservedScope } from '../preserved-types.ts'
import { counterStep, createPreservedStore, leftStep } from '../store.ts'
import { keyText, locationOf } from './cells.ts'

/** Why nothing that is preserved of a revision comes back by itself once a script has applied or reverted it. */
export const scriptMoved =
  'a script has applied or reverted the revision since, and restored nothing, so the old value stays preserved'

/** The revisions of a tier of which something waits for a step. */
async function waitingRevisions(
  dialect: Dialect,
  session: Session,
  { preserved }: BookkeepingNames,
  tier: string,
): Promise<readonly string[]> {
  const { identifier: name, table } = dialect.sql.quote
  const text = sql`SELECT DISTINCT ${name('revision')} FROM ${table({ name: preserved })} WHERE ${name('tier')} = ? AND ${name('step')} NOT IN (?, ?)`
  const rows = await session.query(text.text, [tier, leftStep, counterStep])
  return rows.map((row) => textCell(row, 'revision', preserved))
}

/** Sets aside everything that waits for a step of a revision, and reports it. */
export async function leaveAll(
  { preserved, report, breathe }: Pick<RestoreContext, 'preserved' | 'report' | 'breathe'>,
  owner: PreservedScope,
  why: string,
): Promise<void> {
  for await (const page of preserved.pages(owner, { otherThan: leftStep })) {
    await breathe()
    await preserved.setAllAside(page.map(({ id }) => id))
    for (const value of page) report(`${locationOf(value)}: ${why}`, keyText(value.key))
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
  const left = new Map<string, number>()
  const preserved = createPreservedStore(dialect, session, names, true)
  const yieldNow = createYield()
  for (const revision of await waitingRevisions(dialect, session, names, tier)) {
    if (!revisions.has(revision)) continue
    const report = (): void => void left.set(revision, (left.get(revision) ?? 0) + 1)
    await leaveAll({ preserved, report, breathe: () => yieldNow() }, { tier, revision }, '')
  }
  return left
}

/** What a run says of them, a line for each revision. */
export const leftWarnings = (left: ReadonlyMap<string, number>): readonly string[] =>
  [...left].map(
    ([revision, values]) =>
      `${values === 1 ? '1 value is' : `${values} values are`} preserved of ${revision}, and no step restores ${values === 1 ? 'it' : 'them'} after this stamp: \`migrate preserved restore ${revision}\` does.`,
  )
