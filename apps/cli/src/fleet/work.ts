import type { FleetWorkEvent } from '@org/migrate-fleet'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { oneLine, plural } from '../reporters/formatting.ts'
import { openFleet } from './open-fleet.ts'

function eventText(event: FleetWorkEvent): string | undefined {
  switch (event.type) {
    case 'jobStarted':
      return `job of the stage ${oneLine(event.stage)}: ${plural(event.members, 'member')}`
    case 'jobReturned':
      return `a job goes to another worker: ${oneLine(event.message)}`
    case 'memberFailed':
      return `${oneLine(event.failure.id)}: ${event.failure.code}: ${oneLine(event.failure.message)}`
    case 'memberRetried':
      return `${oneLine(event.failure.id)}: tried again after ${oneLine(event.failure.message)}`
    case 'runRefused':
      return `the run ${event.run} has other revisions (${event.release}) than this worker (${event.own}): none of its jobs is taken`
    case 'queueLost':
      return `${oneLine(event.message)}; trying again`
    case 'queueBack':
      return 'the queue can be reached again'
    default:
      return undefined
  }
}

/** Takes jobs of the fleet's queue until it is stopped. What is left of a job then goes back. */
export async function fleetWork(context: CommandContext, { once }: { readonly once?: true }): Promise<ExitCode> {
  const { fleet } = await openFleet(context)
  const result = await fleet.work({
    signal: context.signal,
    once: once === true,
    onEvent: (event) =>
      context.report.fact(
        event.type.startsWith('member') ? 'migrate.member' : 'migrate.fleet',
        event,
        eventText(event),
      ),
  })
  const { jobs, members, failed } = result
  context.report.result(
    { command: 'fleet work', ...result },
    () => `${plural(jobs, 'job')} with ${plural(members, 'member')}, ${failed} failed`,
  )
  return exitCodes.done
}
