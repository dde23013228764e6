import { type StampPushedResult, stampPushed } from '@org/migrate-autogenerate'
import { isMigrateError } from '@org/migrate-core'
import { guarded } from '../autogenerate/guard-callbacks.ts'
import type { CommandContext } from '../context.ts'
import type { Project } from '../wiring.ts'

/** Records the pending revisions where they were refused because the database was pushed. Throws any other error, and what `stampPushed` throws. */
export async function recordPushed(
  { report, signal }: CommandContext,
  { migrator, tier, loaded }: Project,
  error: unknown,
  target: string | undefined,
): Promise<StampPushedResult> {
  if (!isMigrateError(error, 'NOT_AT_HEAD') || error.details.state !== 'pushed') throw error
  const { autogenerate } = loaded.config
  const { include, exclude } = autogenerate === undefined ? {} : guarded(autogenerate, loaded.file)
  const result = await stampPushed(migrator, {
    tier: tier.name,
    signal,
    onEvent: report.event,
    ...(target === undefined ? {} : { target }),
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
  })
  for (const each of result.stamped) report.note(`recorded ${each}: the database was pushed, and has what it makes`)
  return result
}
