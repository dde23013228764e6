import { isMigrateError, type Migrator, type PlannedLoss } from '@org/migrate-core'
import type { Dialect, HeldLock, ServerSession, UnloadedDialect } from '@org/migrate-core/dialect'
import { contextOf, isOpaque, ownTables, withDialectSession } from '@org/migrate-core/internal'
import { type Conversions, conversionsOf, type WalkedRevision } from './route.ts'
import { type AnnouncedLosses, readSnapshot, type Snapshot } from './snapshot.ts'
import type { StairwayStep } from './types.ts'

export interface RunStep {
  readonly step: StairwayStep
  /** What its plan announces. */
  readonly losses: readonly PlannedLoss[]
  /** SQL of the author is a part of it, of which no plan tells what it takes away. */
  readonly hasOpaqueSql: boolean
}

/** The shadow database of a stairway. */
export interface StairwayDatabase {
  readonly dialect: Dialect
  /** Of the test; each run has its own. */
  readonly session: ServerSession
  readonly conversions: Conversions
  up(revision: WalkedRevision): Promise<RunStep>
  /** Throws IRREVERSIBLE where the revision has no downgrade. */
  down(revision: WalkedRevision): Promise<RunStep>
  read(): Promise<Snapshot>
  /** The queries that have to give no row before the revision goes up. */
  expectations(revision: WalkedRevision): Promise<readonly string[]>
}

/** What the plans of these steps announce that no run gives back. */
export function announcedBy(...steps: readonly RunStep[]): AnnouncedLosses {
  return new Set(steps.flatMap(({ losses }) => losses.flatMap(({ preserved, object }) => (preserved ? [] : [object]))))
}

interface ObservedLocks {
  readonly migrator: Migrator
  /** Those of the last step; undefined: not known. */
  last(): readonly HeldLock[] | undefined
}

/** A migrator on the shadow database which observes the locks of each step right before it commits. */
function observingLocks(migrator: Migrator, dialect: UnloadedDialect): ObservedLocks {
  const { heldLocks } = dialect.introspection
  let observed: readonly HeldLock[] | undefined
  const { onDatabase } = contextOf('stairway', migrator)
  const hooks = heldLocks === undefined ? {} : { afterRevision: observe(heldLocks) }
  function observe(
    read: NonNullable<typeof heldLocks>,
  ): NonNullable<Parameters<typeof onDatabase>[1]['afterRevision']> {
    return async ({ db }) => {
      observed = await read((sql) => db.query(sql))
    }
  }
  return {
    migrator: onDatabase(dialect, hooks),
    last() {
      const locks = observed
      observed = undefined
      return locks
    },
  }
}

/** Works with a session on the shadow database, and closes it. */
export async function withStairwayDatabase<T>(
  original: Migrator,
  empty: UnloadedDialect,
  signal: AbortSignal | undefined,
  work: (database: StairwayDatabase) => Promise<T>,
): Promise<T> {
  const { migrator, last } = observingLocks(original, empty)
  const { resolved } = contextOf('stairway', migrator)
  const own = new Set(ownTables(resolved).map(({ ref }) => ref.name))
  const signalled = signal === undefined ? {} : { signal }
  const move = async (direction: 'up' | 'down', target: string, tier: string): Promise<RunStep> => {
    const options = { tier, allowDataLoss: true }
    const { steps } = await migrator.plan(target, { ...options, direction })
    const method = direction === 'up' ? migrator.upgrade : migrator.downgrade
    const { ms } = await method(target, { ...options, ...signalled })
    const locks = last()
    // What was committed before the last part held locks that are gone.
    const isOnePart = steps.every(({ parts }) => parts === undefined)
    const step = { direction, ms, ...(locks === undefined || !isOnePart ? {} : { locks }) }
    const hasOpaqueSql = steps.some(({ operations }) => operations.some(({ operation }) => isOpaque(operation)))
    return { step, losses: steps.flatMap(({ losses }) => losses), hasOpaqueSql }
  }
  return withDialectSession(empty, { purpose: 'run', ...signalled }, async (session, server) => {
    const dialect = await server.load()
    return work({
      dialect,
      session,
      conversions: await conversionsOf(dialect, resolved),
      up: ({ revision, tier }) => move('up', revision, tier),
      down: ({ downTarget, tier }) => move('down', downTarget, tier),
      read: () => readSnapshot(dialect, session, own),
      async expectations({ revision, tier }) {
        const plan = await migrator.plan(revision, { tier, direction: 'up' }).catch((error: unknown) => {
          // It has failed for that, and expects nothing that could be filled.
          if (!isMigrateError(error)) throw error
          return undefined
        })
        const operations = (plan?.steps ?? []).flatMap((step) => step.operations.map(({ operation }) => operation))
        return operations.flatMap((each) => {
          if (each.kind !== 'expectNone') return []
          return typeof each.query === 'string' ? [each.query] : Object.values(each.query)
        })
      },
    })
  })
}
