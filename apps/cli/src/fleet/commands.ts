import type { FleetEvent } from '@org/migrate-fleet'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { oneLine, plural } from '../reporters/formatting.ts'
import { planLines } from '../reporters/plan-text.ts'
import { findMember } from './find-member.ts'
import { type OpenFleet, openFleet } from './open-fleet.ts'
import { planText, resultText, statusText } from './report.ts'

/** Where the members are. */
export async function fleetStatus(
  context: CommandContext,
  { exitCode }: { readonly exitCode?: true },
): Promise<ExitCode> {
  const { fleet } = await openFleet(context)
  const status = await fleet.status({ signal: context.signal })
  context.report.answer(status, () => statusText(status))
  const isAtHead = status.failures.length === 0 && status.groups.every(({ state }) => state === 'atHead')
  return exitCode && !isAtHead ? exitCodes.todo : exitCodes.done
}

function acceptedBy({ settings, signal }: CommandContext, { tier }: OpenFleet) {
  const { allowDataLoss, acceptDrift, strict } = settings
  return { tier: tier.name, allowDataLoss, acceptDrift, strict, signal }
}

/** What would run, once for each state that members are in. Exits with 3 where a member can't be planned. */
export async function fleetPlan(context: CommandContext, target: string | undefined): Promise<ExitCode> {
  const open = await openFleet(context)
  const planned = await open.fleet.plan(target, acceptedBy(context, open))
  context.report.answer(planned, () => planText(planned, planLines))
  return planned.failures.length > 0 ? exitCodes.todo : exitCodes.done
}

/** The name that its span, or its line in a log, has. */
const spanOf = ({ type }: FleetEvent): string =>
  type.startsWith('member') ? 'migrate.member' : type.startsWith('stage') ? 'migrate.stage' : 'migrate.fleet'

function eventText(event: FleetEvent): string | undefined {
  if (event.type === 'stageStarted') return `stage ${event.stage}`
  if (event.type === 'note') return event.message
  if (event.type === 'memberFailed')
    return `${oneLine(event.failure.id)}: ${event.failure.code}: ${oneLine(event.failure.message)}`
  if (event.type === 'memberRetried')
    return `${oneLine(event.failure.id)}: tried again after ${oneLine(event.failure.message)}`
  return undefined
}

/** Migrates the members. Exits with 3 where some failed, or were not taken. */
export async function fleetUpgrade(context: CommandContext, target: string | undefined): Promise<ExitCode> {
  const open = await openFleet(context)
  const result = await open.fleet.upgrade(target, {
    ...acceptedBy(context, open),
    onEvent: (event) => context.report.fact(spanOf(event), event, eventText(event)),
  })
  const isDone = result.failed + result.left === 0
  const exitCode = result.stopped === 'signal' ? exitCodes.interrupted : isDone ? exitCodes.done : exitCodes.todo
  context.report.result({ command: 'fleet upgrade', ok: isDone, exitCode, ...result }, () => resultText(result))
  return exitCode
}

/** Makes the schema, the database or the file of a member, and brings it to the head. */
export async function fleetCreate(context: CommandContext, id: string): Promise<ExitCode> {
  const open = await openFleet(context)
  const { applied } = await open.fleet.create(await findMember(open, id))
  const done = applied.length === 0 ? 'up to date' : `${plural(applied.length, 'revision')} applied`
  context.report.result({ command: 'fleet create', id, applied }, () => `${oneLine(id)}: ${done}`)
  return exitCodes.done
}
