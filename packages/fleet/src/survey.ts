import type { Migrator } from '@org/migrate-core'
import { contextOf, createSharedPlans, readingAhead, stateName } from '@org/migrate-core/internal'
import type {
  FindingGroup,
  FleetCheck,
  FleetGroup,
  FleetPlan,
  FleetReadOptions,
  FleetStatus,
  MemberExamination,
  PlannedGroup,
} from './fleet-types.ts'
import { eachMember, type FleetMember, type FleetMemberSource } from './members/member.ts'
import { unprovenStatements } from './members/own-sql.ts'
import { FailureGroups, failureOf } from './run/failures.ts'
import { inParallel } from './run/in-parallel.ts'

export interface Survey {
  readonly members: FleetMemberSource
  readonly parallel: number
  readonly on: (member: FleetMember) => Promise<Migrator>
}

/** Members that are named of a group. */
const named = 10

/** Groups with the members that were counted for each. */
class Groups<T> {
  readonly #groups = new Map<unknown, { readonly value: T; count: number; readonly members: string[] }>()

  add(key: unknown, id: string, value: () => T): void {
    const group = this.#groups.get(key) ?? { value: value(), count: 0, members: [] }
    this.#groups.set(key, group)
    group.count += 1
    if (group.members.length < named) group.members.push(id)
  }

  list(): readonly (T & { readonly count: number; readonly members: readonly string[] })[] {
    return [...this.#groups.values()]
      .map(({ value, count, members }) => ({ ...value, count, members }))
      .sort((a, b) => b.count - a.count)
  }
}

/** Reads each member. What can't be read is a failure. Throws the reason of the signal. */
async function readMembers(
  { members, parallel, on }: Survey,
  signal: AbortSignal | undefined,
  read: (member: FleetMember, migrator: Migrator) => Promise<void>,
): Promise<{ readonly members: number; readonly failures: FailureGroups }> {
  const failures = new FailureGroups()
  let count = 0
  const work = async (member: FleetMember): Promise<void> => {
    signal?.throwIfAborted()
    count += 1
    try {
      await read(member, await on(member))
    } catch (error) {
      failures.add(failureOf(member, error))
    }
  }
  await inParallel(eachMember(members), parallel, work)
  return { members: count, failures }
}

export async function readFleetStatus(
  survey: Survey,
  { signal }: Pick<FleetReadOptions, 'signal'>,
): Promise<FleetStatus> {
  const groups = new Groups<Omit<FleetGroup, 'count' | 'members'>>()
  const { members, failures } = await readMembers(survey, signal, async ({ id }, migrator) => {
    const { state, revision, pending } = await migrator.status({ files: false })
    groups.add(JSON.stringify([state, revision, pending]), id, () => ({ state, heads: revision, pending }))
  })
  return { members, groups: groups.list(), failures: failures.list() }
}

export async function checkFleet(
  survey: Survey,
  examine: MemberExamination,
  { signal }: Pick<FleetReadOptions, 'signal'>,
): Promise<FleetCheck> {
  const groups = new Groups<Pick<FindingGroup, 'finding'>>()
  let ok = 0
  const { members, failures } = await readMembers(survey, signal, async (member, migrator) => {
    const findings = new Set(await examine(migrator, member))
    if (findings.size === 0) ok += 1
    for (const finding of findings) groups.add(finding, member.id, () => ({ finding }))
  })
  return { members, ok, findings: groups.list(), failures: failures.list() }
}

export async function planFleet(
  survey: Survey,
  target: string | undefined,
  { signal, ...options }: FleetReadOptions,
): Promise<FleetPlan> {
  const shared = createSharedPlans()
  const groups = new Groups<Omit<PlannedGroup, 'count' | 'members'>>()
  const { members, failures } = await readMembers(survey, signal, async ({ id, schema }, migrator) => {
    const planned = await contextOf('plan', migrator).withReadOnlySession((session, here) =>
      shared.plan(here, readingAhead(session), target, { ...options, direction: 'up' }),
    )
    if (planned?.state !== 'planned') return
    // Members that share a plan share its steps.
    groups.add(planned.steps, id, () => ({
      fingerprint: stateName(planned),
      plan: planned.plan,
      unproven: schema === undefined ? [] : unprovenStatements(planned.plan),
    }))
  })
  return { members, groups: groups.list(), failures: failures.list(), plans: shared.planCount }
}
