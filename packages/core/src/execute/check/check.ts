import { createRevisionGraph } from '../../graph/create-revision-graph.ts'
import type { CheckFinding, CheckOptions, CheckReport } from '../check-types.ts'
import type { Settled } from '../options.ts'
import type { TierGraph } from '../route.ts'
import { withSession } from '../with-session.ts'
import { databaseFindings, readStanding } from './database.ts'
import { fileFindings, recordTier } from './files.ts'

/** The tiers as their files alone have them. */
export function graphsOfFiles({ tiers }: Settled): Promise<readonly TierGraph[]> {
  return Promise.all(
    tiers.map(async (tier): Promise<TierGraph> => {
      const headers = await tier.source.headers()
      const names = headers.map(({ revision }) => revision).sort()
      return { tier, graph: createRevisionGraph(headers), names, applied: [], unknown: [] }
    }),
  )
}

/**
 * Compares the files with themselves and with the database. Every file is recorded; nothing is written, made or locked.
 *
 * Throws what the graph, the folder and the connection throw: where they cannot be read there is nothing to compare.
 */
export async function check(settled: Settled, options: CheckOptions, waitMs: number): Promise<CheckReport> {
  const { dialect } = settled
  const standing =
    (options.database ?? true)
      ? await withSession(settled, { purpose: 'look', waitMs }, (session, here) => readStanding(here, session))
      : undefined
  const graphs = standing?.graphs ?? (await graphsOfFiles(settled))
  const recorded = await Promise.all(graphs.map((each) => recordTier(dialect, each)))
  const files = (tier: string, revision: string) =>
    recorded.find((each) => each.tier.name === tier)?.files.get(revision)
  const findings: readonly CheckFinding[] = [
    ...(standing === undefined ? [] : databaseFindings(standing, files)),
    ...fileFindings(dialect, recorded),
  ]
  const problems = findings.filter(({ level }) => level === 'problem')
  return {
    ok: problems.length === 0,
    database: dialect.database,
    looked: standing === undefined ? ['files'] : ['files', 'database'],
    findings: [...problems, ...findings.filter(({ level }) => level === 'information')],
  }
}
