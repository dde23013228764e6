import { MigrateError } from '../../errors/migrate-error.ts'
import { overlapsOf } from '../extremes.ts'
import type { RevisionGraph } from '../revision-graph.ts'
import { compareIds } from '../vertex.ts'

/**
 * The rows of the version table, sorted, each once. Throws UNKNOWN_APPLIED_REVISION where the graph does not have one.
 *
 * @param table its name, for the error
 */
export function requireRowsInGraph(
  graph: RevisionGraph,
  rows: readonly string[],
  table = 'migrate_version',
): readonly string[] {
  const sorted = [...new Set(rows)].sort(compareIds)
  const revisions = sorted.filter((id) => !graph.has(id))
  if (revisions.length === 0) return sorted
  throw new MigrateError(
    'UNKNOWN_APPLIED_REVISION',
    { table, revisions },
    `${table} names revisions that no file has: ${revisions.slice(0, 10).join(', ')}.`,
  )
}

/** Throws OVERLAPPING_TARGETS: rows of which one stands on another were not written by a migration. */
export function requireSeparateRows(graph: RevisionGraph, rows: readonly string[]): void {
  const revisions = overlapsOf(graph, rows)
  if (revisions.length === 0) return
  throw new MigrateError(
    'OVERLAPPING_TARGETS',
    { revisions },
    `The applied revisions ${revisions.join(', ')} stand on each other; only the last of them can be a row.`,
    { remedy: 'Find out which revisions are really applied, then record them with `migrate stamp --purge`.' },
  )
}
