import type { Operation, OperationKind } from '../../../operations/operation.ts'
import { baseText, printOf } from '../base-text.ts'
import { basesOf } from '../bases.ts'
import { type DigestContext, type Digests, noRow, readBelow, rowPrints, sourceDigests } from '../digests.ts'
import { eachGroup, type PreservedGroup } from '../groups.ts'
import { provenRanges } from '../in-server/row-prints.ts'
import type { RestoreContext } from '../pages/restore-context.ts'
import { isSameRow } from '../row-print.ts'
import { downgradeStep, type PreservedValue } from '../store.ts'
import { setAside } from './cells.ts'
import { mayWrite } from './interrupted.ts'
import type { IsProvenRow } from './rows-before.ts'

const anotherRow =
  'the row has changed since the downgrade, or another row has its key now, so the preserved value is not restored'
const rowMissing = 'the row is gone, so the preserved value is not restored'
const changed = 'what it was computed from has changed since the downgrade, so the preserved value is not restored'

interface JudgementContext extends Omit<RestoreContext, 'report'> {
  /** What of the upgrade is still to come. */
  readonly upgrade: readonly Operation[]
  /** What an interrupted run has done of it: rows are told by what this has not written. Absent: nothing. */
  readonly done?: readonly Operation[] | undefined
  /** Whether the row of a value was the same when the run began; absent: no step before this one changes rows. */
  readonly isProven?: IsProvenRow | undefined
}

/** A preserved value that an upgrade does not restore, and why. */
interface WithheldValue {
  readonly entry: PreservedValue
  readonly why: string
}

const holds = (digests: Digests, { id }: PreservedValue): string | undefined =>
  'why' in digests ? undefined : digests.get(id)

/** They leave rows whose prints are others. */
const renamesRows: ReadonlySet<OperationKind> = new Set<OperationKind>([
  ...(['renameTable', 'setSchema', 'renameColumn', 'dropColumn'] as const),
])

/** Whether what the rows are tells something of other programs. */
function isComparable({ done }: JudgementContext, { ref }: PreservedGroup): boolean {
  return done === undefined || (!mayWrite(done, ref) && !done.some(({ kind }) => renamesRows.has(kind)))
}

async function judge(context: JudgementContext, below: DigestContext, group: PreservedGroup): Promise<WithheldValue[]> {
  const { entries } = group
  const of = (kind: string): readonly PreservedValue[] => entries.filter(({ base }) => base?.startsWith(kind))
  const held: WithheldValue[] = of(baseText.unknown('')).map((entry) => ({
    entry,
    why: `${entry.base?.slice(baseText.unknown('').length)}, so the preserved value is not restored`,
  }))
  const rows = entries.filter(({ base }) => (printOf(base) ?? noRow) !== noRow)
  if (rows.length > 0 && isComparable(context, group)) {
    const prints = await rowPrints(below, rows)
    for (const entry of rows) {
      const now = holds(prints, entry) ?? noRow
      if (now === noRow) held.push({ entry, why: rowMissing })
      else if (!isSameRow(printOf(entry.base) ?? '', now) && context.isProven?.(entry.id) !== true)
        held.push({ entry, why: anotherRow })
    }
  }
  const computed = context.done === undefined ? of(baseText.sources('')) : []
  if (computed.length > 0) {
    const base = basesOf(context.dialect, context.upgrade, undefined)(group.ref, group.column)
    const digests = base.kind === 'sources' ? await sourceDigests(below, base.sources, computed) : { why: '' }
    for (const entry of computed) {
      const now = holds(digests, entry)
      if (now === undefined || entry.base !== baseText.sources(now)) held.push({ entry, why: changed })
    }
  }
  return held
}

/**
 * What of the values of a revision its upgrade would not restore, before its first operation has run.
 *
 * @param onProven takes the number of values that nothing holds back, as the server itself has found; they are in no group
 */
export async function judgeBases(
  context: JudgementContext,
  use: (held: readonly WithheldValue[], group: PreservedGroup) => Promise<void>,
  onProven: (values: number) => void = () => undefined,
): Promise<void> {
  const { preserved, owner, upgrade } = context
  const tables = await preserved.tables(owner, downgradeStep)
  if (tables.length === 0) return
  const below = await readBelow(context, upgrade, tables)
  for (const of of await preserved.preservedColumns(owner, { step: downgradeStep })) {
    for await (const { ids, values, isProven } of provenRanges(context, below, { ...of, step: downgradeStep })) {
      if (isProven) onProven(values)
      else await eachGroup(context, async (group) => use(await judge(context, below, group), group), { ...of, ids })
    }
  }
}

/** The beginning of an upgrade: sets aside what newer data has overtaken since the downgrade, and reports it. */
export async function holdChanged(context: JudgementContext & Pick<RestoreContext, 'report'>): Promise<void> {
  await judgeBases(context, async (held) => {
    const reasons = new Map(held.map(({ entry, why }) => [entry, why]))
    await setAside(context, [...reasons.keys()], (entry) => reasons.get(entry) ?? '')
  })
}
