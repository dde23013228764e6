import { MigrateError } from '@org/migrate-core'
import {
  isAnything,
  isFunction,
  isRecord,
  isSignal,
  type OptionChecks,
  requireOptions,
} from '@org/migrate-core/dialect'
import { contextOf, isAbort, isTexts } from '@org/migrate-core/internal'
import { useDatabaseOf } from '../sources/use-database.ts'
import { type StairwayDatabase, withStairwayDatabase } from './database.ts'
import type { Counter } from './generate.ts'
import { climbPast, proveRevision } from './prove-revision.ts'
import { routeOf, type WalkedRevision } from './route.ts'
import type { RevisionTest, StairwayOptions, StairwayReport } from './types.ts'

const optionChecks: OptionChecks<StairwayOptions> = {
  migrator: isAnything,
  revisions: isTexts,
  fixtures: isRecord,
  signal: isSignal,
  onRevision: isFunction,
}

/** Numbers of generated rows begin beyond those that fixtures usually have. */
const firstNumber = 1_001

const unreached = ({ tier, revision, message, source }: WalkedRevision): RevisionTest => ({
  tier,
  revision,
  message,
  source,
  outcome: 'not reached',
  findings: [],
  losses: [],
  unfilled: [],
  steps: [],
})

/** Everything that a revision needs, of its own tier and of those before. */
function needs(route: readonly WalkedRevision[], of: WalkedRevision, blocked: ReadonlySet<string>): boolean {
  const keyOf = (tier: string, revision: string): string => `${tier}:${revision}`
  const earlier = route.slice(0, route.indexOf(of)).filter(({ tier }) => tier !== of.tier)
  return (
    earlier.some(({ tier, revision }) => blocked.has(keyOf(tier, revision))) ||
    of.below.some((revision) => blocked.has(keyOf(of.tier, revision)))
  )
}

/**
 * Tests revisions on a shadow database of the migrator's server: each goes up, down and up again, with test rows, and the schema and the
 * rows are compared. A migrator's own database is not opened, except to make the shadow database beside it, which is dropped at the end.
 *
 * Throws INVALID_OPTION; ABORTED; SHADOW_REFUSED where this user may make no shadow database; what reading the files throws. What is wrong with a
 * revision is a finding of the report.
 *
 * ```ts
 * for (const { revision, findings } of (await stairway({ migrator })).revisions) {
 *   test(`${revision} goes up, down and up again`, () => expect(findings).toEqual([]))
 * }
 * ```
 */
export async function stairway(options: StairwayOptions): Promise<StairwayReport> {
  const { migrator, signal, onRevision } = requireOptions('stairway', options, optionChecks, ['migrator'])
  const { resolved } = contextOf('stairway', migrator)
  const { dialect } = resolved
  const useDatabase = useDatabaseOf(dialect, 'The revisions cannot be tested')
  const route = await routeOf(resolved, options)
  const results: RevisionTest[] = []
  const blocked = new Set<string>()
  const record = (result: RevisionTest): void => {
    if (result.outcome === 'not reached' || result.findings.some(({ kind }) => kind === 'upgrade failed'))
      blocked.add(`${result.tier}:${result.revision}`)
    results.push(result)
    onRevision?.(result)
  }
  const counter: Counter = { next: firstNumber }
  /** Goes on from here until a finding leaves a database that is no longer what the revisions make. Gives the place of the next one. */
  const walk = async (database: StairwayDatabase, start: number): Promise<number> => {
    for (const [at, walked] of route.entries()) {
      signal?.throwIfAborted()
      if (needs(route, walked, blocked) || blocked.has(`${walked.tier}:${walked.revision}`)) {
        if (at >= start && walked.isTested) record(unreached(walked))
        continue
      }
      if (at < start || !walked.isTested) {
        await climbPast(database, walked)
        continue
      }
      const result = await proveRevision(database, walked, counter)
      record(result)
      if (result.findings.length > 0) return at + 1
    }
    return route.length
  }
  try {
    let next = 0
    while (next < route.length) {
      next = await useDatabase(
        ({ dialect: empty }) => withStairwayDatabase(migrator, empty, signal, (database) => walk(database, next)),
        signal === undefined ? {} : { signal },
      )
    }
  } catch (error) {
    if (!isAbort(error, signal)) throw error
    const message = 'The test was stopped; the database that it was made on is dropped.'
    throw new MigrateError('ABORTED', { applied: [] }, message, { cause: error, remedy: 'Run it again.' })
  }
  return { ok: results.every(({ findings }) => findings.length === 0), dialect: dialect.name, revisions: results }
}
