import { historySource } from '../../bookkeeping/history.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import { isMigrateError, locate, MigrateError } from '../../errors/migrate-error.ts'
import { thrownMessage } from '../../errors/thrown-value.ts'
import type { RevisionModule } from '../../graph/revision.ts'
import { checksum } from '../../model/canonical.ts'
import { operationsOf, type Recording } from '../../operations/recording.ts'
import type { TierGraph } from '../route.ts'
import { recordModule } from './record-module.ts'
import { hasDowngradeStatements } from './record-sql.ts'

/** Hash of a recording on one dialect: equal for an edit that changes no operation. */
export const recordingHash = ({ operations }: Pick<Recording, 'operations'>): string =>
  checksum(operationsOf(operations))

export function fileNeeded(revision: string, why: string, consequence: string): MigrateError<'REVISION_FILE_NEEDED'> {
  const message = `The file of revision ${revision} is gone${consequence}.`
  return new MigrateError('REVISION_FILE_NEEDED', { revision, why }, message)
}

export async function recordUpgrade(dialect: Dialect, each: TierGraph, revision: string): Promise<Recording> {
  if (each.graph.has(revision) && each.graph.get(revision).source === historySource) {
    const why = 'what it did has to be recorded from it'
    throw fileNeeded(revision, why, `: ${why}`)
  }
  const module = await each.tier.source.module(revision)
  return inRevision(each, revision, () => recordModule(dialect, each.tier.source, revision, module, 'upgrade'))
}

export const writesDowngrade = (dialect: Dialect, { downgrade, sql }: RevisionModule): boolean =>
  downgrade !== undefined && (sql === undefined || hasDowngradeStatements(dialect, sql))

/** Whether it does something that no hash of operations tells. */
export const hasFunctions = (dialect: Dialect, module: RevisionModule, operations: Recording['operations']): boolean =>
  writesDowngrade(dialect, module) || operations.some(({ operation }) => operation.kind === 'run')

/** The downgrade of the file, recorded; undefined where it has none. */
export async function recordDowngrade(
  dialect: Dialect,
  each: TierGraph,
  revision: string,
): Promise<Recording | undefined> {
  const module = await each.tier.source.module(revision)
  if (!writesDowngrade(dialect, module)) return undefined
  return inRevision(each, revision, () => recordModule(dialect, each.tier.source, revision, module, 'downgrade'))
}

export function inRevision<T>(each: TierGraph, revision: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const location = { tier: each.tier.name, revision }
    if (isMigrateError(error)) throw locate(error, location)
    const why = thrownMessage(error)
    const file = each.graph.get(revision).source
    const message = `Revision ${revision} cannot be recorded: ${why}`
    throw new MigrateError('REVISION_IMPORT_FAILED', { file, why }, message, { cause: error, location })
  }
}
