import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { emptySchema } from '../model/edit.ts'
import { planStamp } from '../plan/plan-stamp.ts'
import { historyRow } from './bookkeeping/history.ts'
import { historyTable } from './bookkeeping/tables.ts'
import { look } from './look.ts'
import { type Settled, toolVersion } from './options.ts'
import { readTierGraphs, refuseForeign } from './planning.ts'
import { recordingHash, recordUpgrade } from './prepare.ts'
import type { TierGraph } from './route.ts'

export interface StampRequest {
  readonly target: string
  readonly tier?: string
  readonly purge?: boolean
  readonly acceptEdit?: boolean
}

interface Stamped {
  readonly heads: readonly string[]
  readonly changed: boolean
}

function addressedTier(tiers: readonly TierGraph[], name: string | undefined): TierGraph {
  const found = name === undefined ? tiers.at(-1) : tiers.find((each) => each.tier.name === name)
  if (found?.tier.kind === 'graph') return found
  const why = name === undefined ? 'there is no graph tier' : `${name} is not a graph tier`
  throw new MigrateError('INVALID_OPTION', { option: 'tier', why }, `Only the graph tier can be stamped: ${why}.`)
}

/** Sets the recorded heads without running anything; or, with `acceptEdit`, records the present text of an applied file. */
export async function stamp(settled: Settled, session: Session, request: StampRequest): Promise<Stamped> {
  const { dialect, names } = settled
  const found = await look(settled, session)
  refuseForeign(found)
  const each = addressedTier(await readTierGraphs(settled, session, found), request.tier)
  const purge = request.purge === true
  const plan = request.acceptEdit ? undefined : planStamp(each.graph, each.applied, request.target, { purge })
  const revisions = request.acceptEdit ? [each.graph.get(request.target).revision] : (plan?.to ?? [])
  if (request.acceptEdit && !each.graph.ancestorsOf(each.applied).has(request.target)) {
    throw new MigrateError(
      'INVALID_DOWNGRADE_TARGET',
      { target: request.target, applied: each.applied },
      `Revision ${request.target} is not applied, so no edit of it can be accepted.`,
    )
  }
  const hashes = new Map<string, string>()
  for (const revision of revisions) hashes.set(revision, recordingHash(await recordUpgrade(dialect, each, revision)))
  const scope = await session.begin({ waitMs: settled.waitMs })
  try {
    for (const table of [each.tier.store.table, historyTable(names)]) {
      if (found.present.has(table.ref.name)) continue
      const operation = { kind: 'createTable', table } as const
      const after = dialect.advance(emptySchema, operation)
      for (const statement of dialect.compile.createTable({ operation, before: emptySchema, after })) {
        await session.execute(statement.sql, statement.params)
      }
    }
    const now = new Date()
    if (plan !== undefined) {
      const target = new Set(plan.to)
      const removed = each.applied.filter((head) => !target.has(head))
      const added = plan.to.filter((head) => !each.applied.includes(head))
      const move = { revision: plan.to[0] ?? '', direction: 'up' as const, removed, added }
      for (const statement of each.tier.store.move(move, now.toISOString()))
        await session.execute(statement.sql, statement.params)
    }
    for (const revision of revisions) {
      const operationsHash = hashes.get(revision)
      const row = historyRow(dialect, names, {
        tier: each.tier.name,
        header: each.graph.get(revision),
        direction: request.acceptEdit ? 'edit' : 'stamp',
        ...(operationsHash === undefined ? {} : { operationsHash }),
        effective: [],
        startedAt: now,
        finishedAt: now,
        ...settled.recordedBy(),
        tool: toolVersion,
      })
      await session.execute(row.sql, row.params)
    }
    await scope.commit()
  } catch (error) {
    await scope.rollback().catch(() => undefined)
    throw error
  }
  return { heads: plan?.to ?? each.applied, changed: revisions.length > 0 }
}
