import { historySource } from '../../bookkeeping/history.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import { isMigrateError, locate, MigrateError } from '../../errors/migrate-error.ts'
import { thrownMessage } from '../../errors/thrown-value.ts'
import type { RevisionModule } from '../../graph/revision.ts'
import { checksum } from '../../model/canonical.ts'
import { recordRepeatable } from '../../operations/record-repeatable.ts'
import { operationsOf, type Recording } from '../../operations/recording.ts'
import type { TierGraph } from '../route.ts'
import { hasDowngradeStatements, recordSql } from './record-sql.ts'

/** Hash of a recording on one dialect: equal for an edit that changes no operation. */
export const recordingHash = ({ operations }: Pick<Recording, 'operations'>): string =>
  checksum(operationsOf(operations))

export function fileNeeded(revision: string, why: string, consequence: string): MigrateError<'REVISION_FILE_NEEDED'> {
  const message = `The file of revision ${revision} is gone${consequence}.`
  return new MigrateError('REVISION_FILE_NEEDED', { revision, why }, message)
}

/** What a part of a revision's file records. Throws REVISION_IMPORT_FAILED, and with its place what the recording throws. */
export function recordPart(
  dialect: Dialect,
  each: TierGraph,
  revision: string,
  module: RevisionModule,
  part: 'upgrade' | 'downgrade',
): Recording {
  const { sql } = module
  const file = part === 'upgrade' ? sql?.up : sql?.down
  return inRevision(each, revision, () => {
    if (file !== undefined) return recordSql(dialect, revision, file, part === 'upgrade' ? sql?.effects : undefined)
    const build = module[part] ?? (() => undefined)
    return recordRepeatable({ revision, dialect: dialect.name, build }, each.tier.source.originalLocation)
  })
}

export async function recordUpgrade(dialect: Dialect, each: TierGraph, revision: string): Promise<Recording> {
  if (each.graph.has(revision) && each.graph.get(revision).source === historySource) {
    const why = 'what it did has to be recorded from it'
    throw fileNeeded(revision, why, `: ${why}`)
  }
  return recordPart(dialect, each, revision, await each.tier.source.module(revision), 'upgrade')
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
  return recordPart(dialect, each, revision, module, 'downgrade')
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
