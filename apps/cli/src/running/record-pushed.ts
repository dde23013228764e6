import { type StampPushedResult, stampPushed } from '@org/migrate-autogenerate'
import { configuredFilter } from '../autogenerate/guard-callbacks.ts'
import type { CommandContext } from '../context.ts'
import type { Project } from '../wiring.ts'

/** Records the pending revisions of a database that was pushed. Throws what `stampPushed` throws. */
export async function recordPushed(
  { report, signal }: CommandContext,
  { migrator, tier, loaded }: Project,
  target: string | undefined,
): Promise<StampPushedResult> {
  const result = await stampPushed(migrator, {
    tier: tier.name,
    signal,
    onEvent: report.event,
    ...(target === undefined ? {} : { target }),
    ...configuredFilter(loaded),
  })
  for (const each of result.stamped) report.note(`recorded ${each}: the database was pushed, and has what it makes`)
  return result
}
