import { MigrateError } from '../../errors/migrate-error.ts'
import { planStamp } from '../../plan/plan-stamp.ts'
import { historyRow } from '../bookkeeping/history.ts'
import { byScript, type Settled } from '../options.ts'
import { recordingHash, recordUpgrade } from '../prepare.ts'
import type { TierGraph } from '../route.ts'
import { printAround, printChecked } from './print.ts'
import { whenItRuns } from './sheet.ts'
import { scriptTransaction } from './transaction.ts'

/** A script that records a position and changes no table, with the rows of an online stamp. */
export async function printStamp(
  settled: Settled,
  tiers: readonly TierGraph[],
  target: string | readonly string[],
  tier: string | undefined,
): Promise<string> {
  const each = tier === undefined ? tiers.at(-1) : tiers.find((one) => one.tier.name === tier)
  if (each?.tier.kind !== 'graph') {
    const why = tier === undefined ? 'there is no graph tier' : `${tier} is not a graph tier`
    throw new MigrateError('INVALID_OPTION', { option: 'tier', why }, `Only the graph tier can be stamped: ${why}.`)
  }
  const { dialect, names } = settled
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
        tiers: settled.tiers.map((one) => one.name),
        direction: 'stamp',
        operationsHash: recordingHash(await recordUpgrade(dialect, each, revision)),
        effective: [],
        startedAt: whenItRuns,
        finishedAt: whenItRuns,
        ...byScript,
      }),
    ),
  )
  const opening = { title, tiers: [each], steps: [], journal: false }
  return printChecked(settled, (on, server) =>
    printAround(on, opening, server, async (sheet) => {
      const transaction = scriptTransaction(on.dialect, sheet, undefined)
      transaction.begin()
      const move = { revision: to[0] ?? '', direction: 'up' as const, removed, added }
      for (const statement of each.tier.store.move(move, whenItRuns.toISOString())) sheet.statement(statement)
      for (const row of rows) sheet.statement(row)
      transaction.end()
    }),
  )
}
