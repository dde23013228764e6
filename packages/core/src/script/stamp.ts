import { historyRow } from '../bookkeeping/history.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { planStamp } from '../graph/selection/plan-stamp.ts'
import { byScript, type ResolvedOptions } from '../options/resolve-options.ts'
import { recordingHash, recordUpgrade } from '../planning/prepare.ts'
import type { TierGraph } from '../planning/route.ts'
import { printAround, printChecked } from './print.ts'
import { scriptTransaction, whenItRuns } from './script-writer.ts'

/** A script that records a position and changes no table, with the rows of an online stamp. */
export async function printStamp(
  resolved: ResolvedOptions,
  tiers: readonly TierGraph[],
  target: string | readonly string[],
  tier: string | undefined,
): Promise<string> {
  const each = tier === undefined ? tiers.at(-1) : tiers.find((one) => one.tier.name === tier)
  if (each?.tier.kind !== 'graph') {
    const why = tier === undefined ? 'there is no graph tier' : `${tier} is not a graph tier`
    throw new MigrateError('INVALID_OPTION', { option: 'tier', why }, `Only the graph tier can be stamped: ${why}.`)
  }
  const { dialect, names } = resolved
  const { to } = planStamp(each.graph, each.applied, target)
  const removed = each.applied.filter((head) => !to.includes(head))
  const added = to.filter((head) => !each.applied.includes(head))
  const shown = (heads: readonly string[]): string => heads.join(', ') || 'base'
  const title = [`stamp ${each.tier.name} from ${shown(each.applied)} to ${shown(to)}: no table is changed`]
  const rows = await Promise.all(
    to.map(async (revision) =>
      historyRow(dialect, names, {
        tier: each.tier.name,
        header: each.graph.get(revision),
        tiers: resolved.tiers.map((one) => one.name),
        direction: 'stamp',
        operationsHash: recordingHash(await recordUpgrade(dialect, each, revision)),
        resolvedOperations: [],
        startedAt: whenItRuns,
        finishedAt: whenItRuns,
        ...byScript,
      }),
    ),
  )
  const opening = { title, tiers: [each], steps: [], journal: false }
  return printChecked(resolved, (on, server) =>
    printAround(on, opening, server, async (writer) => {
      const transaction = scriptTransaction(on.dialect, writer, undefined)
      transaction.begin()
      const move = { revision: to[0] ?? '', direction: 'up' as const, removed, added }
      for (const statement of each.tier.store.move(move, whenItRuns.toISOString())) writer.statement(statement)
      for (const row of rows) writer.statement(row)
      transaction.end()
    }),
  )
}
