import { resolve } from 'node:path'
import { present } from '@org/migrate-core/dialect'
import type { FleetResult, FleetRunOptions } from '@org/migrate-fleet'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { isJunit } from '../reporters/junit.ts'
import { planLines } from '../reporters/plan-text.ts'
import { eventText, spanOf } from './event-text.ts'
import { findNewMember } from './find-member.ts'
import { type OpenFleet, openFleet } from './open-fleet.ts'
import { checkText, createdText, planText, resultText, statusText } from './report.ts'

/** Where the members are. With `exitCode` exits with 3 unless all are at the head, and each was compared and does not differ. */
export async function fleetStatus(
  context: CommandContext,
  { exitCode, drift }: { readonly exitCode?: true; readonly drift?: true },
): Promise<ExitCode> {
  const { fleet } = await openFleet(context)
  const status = await fleet.status({ signal: context.signal, drift: drift === true })
  context.report.answer(status, () => statusText(status))
  const states = [...status.groups, ...(status.shared === undefined ? [] : [status.shared])]
  const isAtHead = status.failures.length === 0 && states.every(({ state }) => state === 'atHead')
  const { drifted, notCompared, shared } = status.drift ?? { drifted: 0, notCompared: 0 }
  const isSharedEqual = shared === undefined || (shared.differences.length === 0 && shared.notCompared === undefined)
  return exitCode && !(isAtHead && isSharedEqual && drifted + notCompared === 0) ? exitCodes.todo : exitCodes.done
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

export interface FleetRunSettings {
  /** A file for the outcome of each member, as JUnit has it. */
  readonly junit?: string
  readonly openGate?: readonly string[]
}

/** Migrates the members. Exits with 3 where some failed, or were not taken. */
async function fleetRun(
  context: CommandContext,
  command: 'fleet upgrade' | 'fleet downgrade',
  { junit, openGate }: FleetRunSettings,
  work: (open: OpenFleet, options: FleetRunOptions) => Promise<FleetResult>,
): Promise<ExitCode> {
  const { report, settings } = context
  const open = await openFleet(context)
  const { requireReplaceable, writeOutput } = await import('../running/output-file.ts')
  if (junit !== undefined) await requireReplaceable(resolve(context.caller.folder, junit), isJunit)
  const cases = junit === undefined ? undefined : (await import('./member-cases.ts')).memberCases()
  const result = await work(open, {
    ...acceptedBy(context, open),
    ...(openGate === undefined ? {} : { openGates: openGate }),
    onEvent: (event) => {
      cases?.add(event)
      if (settings.json) report.answer(event, () => '')
      report.fact(spanOf(event), event, eventText(event, open))
    },
  })
  if (junit !== undefined && cases !== undefined) {
    await cases.addLeft(result, open.members)
    await writeOutput(context, junit, context.scrub(cases.text(`migrate ${command}`)), isJunit)
  }
  const isDone = result.failed + result.left === 0
  const exitCode = result.stopped === 'signal' ? exitCodes.interrupted : isDone ? exitCodes.done : exitCodes.todo
  report.result({ command, ok: isDone, exitCode, ...result }, () => resultText(result, command))
  return exitCode
}

export const fleetUpgrade = (
  context: CommandContext,
  target: string | undefined,
  settings: FleetRunSettings,
): Promise<ExitCode> =>
  fleetRun(context, 'fleet upgrade', settings, ({ fleet }, options) => fleet.upgrade(target, options))

export const fleetDowngrade = (
  context: CommandContext,
  target: string,
  settings: FleetRunSettings,
): Promise<ExitCode> =>
  fleetRun(context, 'fleet downgrade', settings, ({ fleet }, options) => fleet.downgrade(target, options))

/** Whether files and members belong together. Exits with 3 where a member has a finding, or can't be read. */
export async function fleetCheck(context: CommandContext): Promise<ExitCode> {
  const [{ check }, open] = await Promise.all([import('@org/migrate-autogenerate'), openFleet(context)])
  const { fleet } = open
  const unknown = new Map<string, string[]>()
  let sharedNotCompared: string | undefined
  // The shared tier comes first, and a member may be called as it is.
  let isShared = open.hasShared
  const checked = await fleet.check(
    async (migrator, { id }) => {
      const ofShared = isShared
      isShared = false
      const { findings } = await check(migrator, { database: true })
      // No finding of theirs, and yet not known to be right.
      for (const { kind, level, what } of findings)
        if (kind === 'drift not compared' && level !== 'problem') {
          if (ofShared) sharedNotCompared = what
          else unknown.set(what, [...(unknown.get(what) ?? []), id])
        }
      return findings.flatMap(({ level, kind, what, differences = [] }) =>
        level === 'problem' ? [[`${kind}: ${what}`, ...differences].join('\n')] : [],
      )
    },
    { signal: context.signal },
  )
  const notCompared = [...unknown].map(([why, members]) => ({ why, count: members.length, members: members.sort() }))
  const uncompared = { notCompared, ...present({ sharedNotCompared }) }
  context.report.answer({ ...checked, ...uncompared }, () => checkText(checked, uncompared))
  const { ok, members, shared = [] } = checked
  return ok === members && shared.length === 0 ? exitCodes.done : exitCodes.todo
}

/** Makes the schema, the database or the file of a member, and brings it to the head. */
export async function fleetCreate(context: CommandContext, id: string): Promise<ExitCode> {
  const open = await openFleet(context)
  const { member, withdraw, requirePresent } = await findNewMember(open, id)
  const {
    applied,
    loaded = [],
    ...further
  } = await open.fleet.create(member, { signal: context.signal }).catch(async (error: unknown) => {
    await withdraw().catch(() => undefined)
    throw error
  })
  await requirePresent()
  const created = { applied, loaded, ...further }
  context.report.result({ command: 'fleet create', id, ...created }, () => createdText(id, created))
  return exitCodes.done
}
