import { isMigrateError, type Migrator } from '@org/migrate-core'
import { checksum, requireOptions } from '@org/migrate-core/dialect'
import { contextOf, inOwnSchema, replayApplied } from '@org/migrate-core/internal'
import { liveSchema, partOfRevisions } from '../compare/sources.ts'
import { filterChecks, filterSchema, type SchemaFilter } from '../differences/filter.ts'
import { readDatabaseStatus } from './database.ts'
import { driftFindings, type ReadLive } from './schema.ts'

/** What a database differs in from what its applied revisions make. */
export interface Drift {
  /** A line each; empty: in nothing. */
  readonly differences: readonly string[]
  /** Why it was not compared: in the middle of a revision, before it is taken over, or with SQL whose effect is not declared. */
  readonly notCompared?: string
}

/** Different states whose comparison is held. */
const mostStates = 50

/**
 * Gives a function that compares what takes part of databases with their applied revisions. Throws INVALID_OPTION. Of several databases in the same state one is compared.
 *
 * ```ts
 * const readDrift = createDriftReader()
 * const { differences } = await readDrift(migrator)
 * ```
 */
export function createDriftReader(filter: SchemaFilter = {}): (migrator: Migrator) => Promise<Drift> {
  requireOptions('createDriftReader', filter, filterChecks)
  const states = new Map<string, Promise<Drift>>()
  return (migrator) =>
    contextOf('readDrift', migrator).withReadOnlySession(async (session, resolved): Promise<Drift> => {
      const { graphs, inspection } = await readDatabaseStatus(resolved, session)
      const { interrupted, foreign, pushed, empty, applied } = inspection
      if (interrupted.length > 0) return { differences: [], notCompared: 'a revision was interrupted' }
      if (pushed?.isLoad === true) return { differences: [], notCompared: 'the load of a snapshot was interrupted' }
      if (foreign !== undefined || pushed !== undefined)
        return { differences: [], notCompared: 'its schema comes from no revision' }
      if (empty) return { differences: [] }
      const { dialect } = resolved
      const replayed = await replayApplied(dialect, graphs).catch((error: unknown) => {
        if (isMigrateError(error)) return undefined
        throw error
      })
      // Why there is no replay is a finding.
      if (replayed === undefined) return compare(() => liveSchema(resolved, session))
      const { schema } = replayed
      const { schemas, keep } = partOfRevisions(resolved, filter, inOwnSchema(schema, dialect.model.ownSchema))
      // A server of a thousand members would be read a thousand times.
      const live = await liveSchema(resolved, session, schemas)
      const state = checksum([dialect.variant ?? dialect.name, [...applied], filterSchema(live.schema, keep)])
      const drift = states.get(state) ?? compare(async () => live)
      states.set(state, drift)
      if (states.size > mostStates) states.delete([...states.keys()][1] ?? '')
      return drift

      async function compare(readLive: ReadLive): Promise<Drift> {
        const findings = await driftFindings(resolved, readLive, graphs, filter)
        const differences = findings.find(({ kind }) => kind === 'drift')?.differences ?? []
        const why = findings.find(({ kind }) => kind === 'drift not compared')?.what
        return { differences, ...(why === undefined ? {} : { notCompared: why }) }
      }
    })
}
