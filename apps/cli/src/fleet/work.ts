import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { plural } from '../reporters/formatting.ts'
import { eventText, spanOf } from './event-text.ts'
import { openFleet } from './open-fleet.ts'

/** Takes jobs of the fleet's queue until it is stopped. What is left of a job then goes back. */
export async function fleetWork(context: CommandContext, { once }: { readonly once?: true }): Promise<ExitCode> {
  const open = await openFleet(context)
  const result = await open.fleet.work({
    signal: context.signal,
    once: once === true,
    onEvent: (event) => context.report.fact(spanOf(event), event, eventText(event, open)),
  })
  const { jobs, members, failed } = result
  context.report.result(
    { command: 'fleet work', ...result },
    () => `${plural(jobs, 'job')} with ${plural(members, 'member')}, ${failed} failed`,
  )
  return exitCodes.done
}
