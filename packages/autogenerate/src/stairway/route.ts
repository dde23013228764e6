import { isMigrateError, MigrateError, type TestRows } from '@org/migrate-core'
import { type ColumnType, type Dialect, tableKey } from '@org/migrate-core/dialect'
import { graphsOfFiles, recordUpgrade, type TierGraph, type UnloadedOptions } from '@org/migrate-core/internal'
import type { StairwayOptions } from './types.ts'

/** A revision of the upgrade. */
export interface WalkedRevision {
  readonly tier: string
  readonly revision: string
  readonly message: string
  readonly source: string
  readonly isTested: boolean
  /** What has to be applied before it, of its own tier. */
  readonly below: readonly string[]
  /** The target of the downgrade that reverts it alone, where nothing follows it. */
  readonly downTarget: string
  readonly testRows: TestRows
}

function unknown(option: string, revision: string): MigrateError {
  const why = `no tier has a revision ${revision}`
  return new MigrateError('INVALID_OPTION', { option, why }, `stairway: \`${option}\`: ${why}`)
}

/** The names of a tier in the order of an empty database; what each needs; how it alone is reverted. */
function ladder({
  tier,
  graph,
  names,
}: TierGraph): readonly Pick<WalkedRevision, 'revision' | 'below' | 'downTarget'>[] {
  if (tier.kind === 'sequential') {
    return names.map((revision, at) => ({
      revision,
      below: names.slice(Math.max(0, at - 1), at),
      downTarget: names[at - 1] ?? 'base',
    }))
  }
  return graph.order.map((revision) => ({
    revision,
    below: graph.beforeOf(revision),
    downTarget: `${revision}@${graph.parentsOf(revision)[0] ?? 'base'}`,
  }))
}

/** Every revision that is tested, and those that they need, in the order to run. Throws INVALID_OPTION and what reading files throws. */
export async function routeOf(
  resolved: UnloadedOptions,
  { revisions, fixtures = {} }: Pick<StairwayOptions, 'revisions' | 'fixtures'>,
): Promise<readonly WalkedRevision[]> {
  const graphs = await graphsOfFiles(resolved)
  const all = new Set(graphs.flatMap(({ names }) => names))
  for (const each of revisions ?? []) if (!all.has(each)) throw unknown('revisions', each)
  for (const each of Object.keys(fixtures)) if (!all.has(each)) throw unknown('fixtures', each)
  const tested = new Set(revisions ?? all)
  // Of an earlier tier everything is needed: the graph may change its tables.
  const last = graphs.findLastIndex(({ names }) => names.some((name) => tested.has(name)))
  const walked: WalkedRevision[] = []
  for (const [at, each] of graphs.slice(0, last + 1).entries()) {
    const { tier, graph, names } = each
    const own = names.filter((name) => tested.has(name))
    const needed =
      tier.kind === 'sequential' && at === last
        ? new Set(names.slice(0, names.indexOf(own.at(-1) ?? '') + 1))
        : undefined
    const below = at < last ? new Set(names) : (needed ?? graph.ancestorsOf(own))
    for (const step of ladder(each)) {
      if (!below.has(step.revision)) continue
      const { message, source } = graph.get(step.revision)
      const { testRows = {} } = await tier.source.module(step.revision)
      const isTested = tested.has(step.revision)
      walked.push({
        ...step,
        tier: tier.name,
        message,
        source,
        isTested,
        testRows: fixtures[step.revision] ?? testRows,
      })
    }
  }
  return walked
}

/** The first type that a revision converts each column to, by `tableKey` and column. Rows that are there before have to take it. */
export type Conversions = ReadonlyMap<string, ReadonlyMap<string, ColumnType>>

export async function conversionsOf(dialect: Dialect, resolved: UnloadedOptions): Promise<Conversions> {
  const conversions = new Map<string, Map<string, ColumnType>>()
  for (const each of await graphsOfFiles(resolved)) {
    for (const revision of each.names) {
      const recorded = await recordUpgrade(dialect, each, revision).catch((error: unknown) => {
        // The test of the revision finds it.
        if (isMigrateError(error)) return { operations: [] }
        throw error
      })
      for (const { operation } of recorded.operations) {
        if (operation.kind !== 'alterColumn' || operation.change.type === undefined) continue
        const key = tableKey(operation.table)
        const types = conversions.get(key) ?? new Map<string, ColumnType>()
        if (!types.has(operation.column)) types.set(operation.column, operation.change.type)
        conversions.set(key, types)
      }
    }
  }
  return conversions
}
