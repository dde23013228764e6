import { refOfKey } from '../../model/edit.ts'
import type { Operation } from '../../operations/operation.ts'
import { baseText } from './base-text.ts'
import { type Base, type BaseOf, basesOf, writersOf } from './bases.ts'
import { type Digests, readBelow, rowPrints, sourceDigests } from './digests.ts'
import { eachGroup, type PreservedGroup } from './groups.ts'
import { recordRowPrints } from './in-server/row-prints.ts'
import type { RestoreContext } from './pages/restore-context.ts'
import { keyText } from './restore/cells.ts'
import { downgradeStep } from './store.ts'

export interface RecordBasesOptions extends RestoreContext {
  readonly upgrade: readonly Operation[]
  /** What was done of the upgrade, where one that was interrupted is taken back. */
  readonly done?: readonly Operation[]
  /** Why the upgrade cannot be computed and taken back here; undefined: it can. */
  readonly noReplay: string | undefined
  /** Runs the upgrade, calls the body and takes everything back; gives why it could not. */
  readonly replay: (body: () => Promise<void>) => Promise<string | undefined>
}

const notByItself = (why: string): string => `values that the next upgrade does not restore by itself: ${why}`

function withReasons(
  { report }: RecordBasesOptions,
  digests: Digests,
  { entries }: PreservedGroup,
  text: (digest: string) => string,
): Map<bigint, string> {
  if (!('why' in digests)) return new Map([...digests].map(([id, digest]) => [id, text(digest)]))
  for (const { key } of entries) report(notByItself(digests.why), keyText(key))
  return new Map(entries.map(({ id }) => [id, baseText.unknown(digests.why)]))
}

/** What a step had not written yet when its upgrade was interrupted is no value of it. */
function baseOfAll({ dialect, upgrade, done, noReplay }: RecordBasesOptions): BaseOf {
  const baseOf = basesOf(dialect, upgrade, noReplay)
  if (done === undefined) return baseOf
  const [before, all] = [writersOf(dialect, done), writersOf(dialect, upgrade)]
  const why = 'the upgrade was interrupted before its data steps had written it'
  return (table, column) =>
    before(table, column) < all(table, column) ? { kind: 'unknown', why } : baseOf(table, column)
}

/**
 * The end of a downgrade, in its transaction: beside each value that it preserved goes what decides whether the next upgrade restores it.
 * Reports those that no upgrade will restore.
 */
export async function recordBases(context: RecordBasesOptions): Promise<void> {
  const { preserved, owner, upgrade } = context
  const tables = await preserved.tables(owner, downgradeStep)
  if (tables.length === 0) return
  // What waits for an interrupted upgrade that is taken back has one already.
  const eachUndecided = (work: (group: PreservedGroup) => Promise<void>): Promise<void> =>
    eachGroup(context, work, { undecided: true })
  const below = await readBelow(context, upgrade, tables)
  const baseOf = baseOfAll(context)
  let replays = false
  for (const of of await preserved.preservedColumns(owner, { step: downgradeStep })) {
    const base = baseOf(refOfKey(of.table), of.column)
    const select = { ...of, step: downgradeStep }
    if (base.kind === 'none') await preserved.setBase(owner, select, baseText.none)
    else if (base.kind === 'unknown') await preserved.setBase(owner, select, baseText.unknown(base.why))
    else if (base.kind === 'row') await recordRowPrints(context, below, select)
  }
  const textsOf = async (base: Base, group: PreservedGroup): Promise<ReadonlyMap<bigint, string>> => {
    switch (base.kind) {
      case 'none':
      case 'unknown':
        return new Map()
      case 'row':
        return withReasons(context, await rowPrints(below, group.entries), group, baseText.row)
      case 'sources':
        return withReasons(context, await sourceDigests(below, base.sources, group.entries), group, baseText.sources)
      case 'replay':
        replays = true
        return new Map()
    }
  }
  await eachUndecided(async (group) => {
    await preserved.setBases(await textsOf(baseOf(group.ref, group.column), group))
  })
  if (replays) await recordReplayed(context, baseOf, eachUndecided)
}

async function recordReplayed(
  context: RecordBasesOptions,
  baseOf: BaseOf,
  eachUndecided: (work: (group: PreservedGroup) => Promise<void>) => Promise<void>,
): Promise<void> {
  const { preserved, owner } = context
  const bases = new Map<bigint, string>()
  const { upgradeDigests } = await import('./upgrade-digests.ts')
  const each = (work: (group: PreservedGroup) => Promise<void>): Promise<void> =>
    eachUndecided(async (group) => {
      if (baseOf(group.ref, group.column).kind === 'replay') await work(group)
    })
  const failed = await context.replay(async () => {
    const tables = (await preserved.tables(owner, downgradeStep)).map(refOfKey)
    const model = await context.dialect.introspection.schema(context.session, { tables, only: 'tables' })
    await each(async (group) => {
      for (const [id, digest] of await upgradeDigests({ ...context, model }, group))
        bases.set(id, baseText.replay(digest))
    })
  })
  if (failed === undefined) return preserved.setBases(bases)
  const why = `its SQL could not be run once more after the downgrade (${failed})`
  await each(async ({ entries }) => {
    for (const { key } of entries) context.report(notByItself(why), keyText(key))
    await preserved.setBases(new Map(entries.map(({ id }) => [id, baseText.unknown(why)])))
  })
}
