import type { Migrator } from '@org/migrate-core'
import { type ConnectionScope, isFunction, requireArgument } from '@org/migrate-core/dialect'
import { contextOf, createSharedPlans, readingAhead, stateName, withConnectionScope } from '@org/migrate-core/internal'
import type {
  DriftGroup,
  FindingGroup,
  Fleet,
  FleetCheck,
  FleetDrift,
  FleetGroup,
  FleetPart,
  FleetPlan,
  FleetReadOptions,
  FleetStatus,
  FleetStatusOptions,
  MemberExamination,
  ObservedMember,
  PlannedGroup,
} from './fleet-types.ts'
import { eachMember, type FleetMember, type FleetMemberSource } from './members/member.ts'
import { unprovenStatements } from './members/own-sql.ts'
import { withRowsOf } from './rows-of-group.ts'
import { FailureGroups, failureOf } from './run/failures.ts'
import { inParallel } from './run/in-parallel.ts'
import { withShared } from './shared-tier.ts'
import { type FleetStage, stageChooser } from './stages/stage.ts'
import { namedTarget } from './target.ts'

interface Survey {
  readonly members: FleetMemberSource
  readonly parallel: number
  readonly on: (member: FleetMember, scope: ConnectionScope) => Promise<Migrator>
}

/** The tier that all members share, examined as one of them. */
interface SharedMigrator {
  readonly id: string
  readonly migrator: Migrator
}

/** Members that are named of a group. */
const named = 10

/** Groups with the members that were counted for each. */
class Groups<T> {
  readonly #groups = new Map<string, { value: T; count: number; readonly members: string[] }>()

  /** `value`: of the group, with what it was before this member. */
  add(key: string, id: string, value: (before: T | undefined) => T): void {
    const known = this.#groups.get(key)
    const group = known ?? { value: value(undefined), count: 0, members: [] }
    if (known !== undefined) known.value = value(known.value)
    this.#groups.set(key, group)
    group.count += 1
    if (group.members.length < named) group.members.push(id)
  }

  list(): readonly (T & { readonly count: number; readonly members: readonly string[] })[] {
    return [...this.#groups.values()]
      .map(({ value, count, members }) => ({ ...value, count, members: members.sort() }))
      .sort((a, b) => b.count - a.count)
  }
}

/** Reads each member. What can't be read is a failure. Throws the reason of the signal. */
async function readMembers(
  { members, parallel, on }: Survey,
  signal: AbortSignal | undefined,
  read: (member: FleetMember, migrator: Migrator) => Promise<void>,
  onFailure: (member: FleetMember) => void = () => undefined,
): Promise<{ readonly members: number; readonly failures: FailureGroups }> {
  const failures = new FailureGroups()
  let count = 0
  const work = async (member: FleetMember, scope: ConnectionScope): Promise<void> => {
    signal?.throwIfAborted()
    count += 1
    try {
      await read(member, await on(member, scope))
    } catch (error) {
      failures.add(failureOf(member, error))
      onFailure(member)
    }
  }
  await withConnectionScope(parallel, (scope) =>
    inParallel(eachMember(members), parallel, (member) => work(member, scope)),
  )
  return { members: count, failures }
}

/** Counts members by a name that some of them share. */
class Parts {
  readonly #parts = new Map<string, { members: number; atHead: number; unreadable: number }>()

  /** Those that are declared come first, in their order. */
  constructor(names: readonly string[]) {
    for (const name of names) this.#parts.set(name, { members: 0, atHead: 0, unreadable: 0 })
  }

  add(name: string, state: string): void {
    const part = this.#parts.get(name) ?? { members: 0, atHead: 0, unreadable: 0 }
    this.#parts.set(name, part)
    part.members += 1
    if (state === 'atHead') part.atHead += 1
    if (state === 'unreadable') part.unreadable += 1
  }

  list(): readonly FleetPart[] {
    return [...this.#parts].map(([name, counts]) => ({ name, ...counts }))
  }
}

type ReadDrift = (migrator: Migrator) => Promise<Pick<DriftGroup, 'differences' | 'notCompared'>>

/** Counts members by how they differ from their revisions. */
class DriftCounts {
  readonly #read: ReadDrift
  readonly #groups = new Groups<Pick<DriftGroup, 'differences' | 'notCompared'>>()

  constructor(read: ReadDrift) {
    this.#read = read
  }

  async add({ id }: FleetMember, migrator: Migrator): Promise<void> {
    const drift = await this.#read(migrator)
    if (drift.differences.length > 0 || drift.notCompared !== undefined)
      this.#groups.add(JSON.stringify(drift), id, (before) => before ?? drift)
  }

  list(): FleetDrift {
    const groups = this.#groups.list()
    const countOf = (isCompared: boolean): number =>
      groups.reduce(
        (sum, { notCompared, count }) => ((notCompared === undefined) === isCompared ? sum + count : sum),
        0,
      )
    return { drifted: countOf(true), notCompared: countOf(false), groups }
  }
}

async function readFleetStatus(
  survey: Survey,
  stages: readonly FleetStage[],
  { signal, onMember, drift: comparesDrift = false }: FleetStatusOptions,
  shared: SharedMigrator | undefined,
): Promise<FleetStatus> {
  const ofShared = await shared?.migrator.status({ files: false })
  const groups = new Groups<Omit<FleetGroup, 'count' | 'members'>>()
  const parts = new Parts([])
  const byStage = new Parts(stages.map(({ name }) => name))
  const stageOf = await stageChooser(stages, () => eachMember(survey.members))
  const readDrift: ReadDrift | undefined = comparesDrift
    ? (await import('@org/migrate-autogenerate')).createDriftReader()
    : undefined
  const drift = readDrift && new DriftCounts(readDrift)
  const sharedDrift = shared && (await readDrift?.(shared.migrator))
  let oldest: FleetStatus['oldest']
  const observe = (member: FleetMember, facts: Pick<ObservedMember, 'state' | 'heads' | 'pending'>): void => {
    const { id, group } = member
    const stage = stages[stageOf(member)]?.name
    parts.add(group ?? '', facts.state)
    byStage.add(stage ?? '', facts.state)
    const { heads, pending } = facts
    if (pending > (oldest?.pending ?? 0)) oldest = { id, heads, pending }
    onMember?.({
      ...{ id, ...facts },
      ...(group === undefined ? {} : { group }),
      ...(stage === undefined ? {} : { stage }),
    })
  }
  const read = async (member: FleetMember, migrator: Migrator): Promise<void> => {
    const { state, revision: heads, pending } = await migrator.status({ files: false })
    await drift?.add(member, migrator)
    groups.add(JSON.stringify([state, heads, pending]), member.id, (before) => before ?? { state, heads, pending })
    observe(member, { state, heads, pending })
  }
  const unread = (member: FleetMember): void => observe(member, { state: 'unreadable', heads: [], pending: 0 })
  const { members, failures } = await readMembers(survey, signal, read, unread)
  return withShared(ofShared, {
    members,
    groups: groups.list(),
    parts: [...parts.list()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    stages: byStage.list(),
    ...(oldest === undefined ? {} : { oldest }),
    failures: failures.list(),
    ...(drift === undefined ? {} : { drift: withShared(sharedDrift, drift.list()) }),
  })
}

async function checkFleet(
  survey: Survey,
  examine: MemberExamination,
  { signal }: Pick<FleetReadOptions, 'signal'>,
  shared: SharedMigrator | undefined,
): Promise<FleetCheck> {
  requireArgument('check', 'examine', examine, isFunction)
  const ofShared = shared && [...new Set(await examine(shared.migrator, { id: shared.id }))]
  const groups = new Groups<Pick<FindingGroup, 'finding'>>()
  let ok = 0
  const { members, failures } = await readMembers(survey, signal, async (member, migrator) => {
    const findings = new Set(await examine(migrator, member))
    if (findings.size === 0) ok += 1
    for (const finding of findings) groups.add(finding, member.id, (before) => before ?? { finding })
  })
  return withShared(ofShared, { members, ok, findings: groups.list(), failures: failures.list() })
}

async function planFleet(
  survey: Survey,
  target: string | undefined,
  { signal, ...options }: FleetReadOptions,
): Promise<FleetPlan> {
  const shared = createSharedPlans()
  const groups = new Groups<Omit<PlannedGroup, 'count' | 'members'>>()
  const numbers = new Map<unknown, number>()
  const { members, failures } = await readMembers(survey, signal, async ({ id, schema }, migrator) => {
    const planned = await contextOf('plan', migrator).withReadOnlySession((session, here) =>
      shared.plan(here, readingAhead(session), target, options),
    )
    if (planned?.state !== 'planned') return
    // Members that share a plan share its steps. What is to be said of them may still differ.
    const number = numbers.get(planned.steps) ?? numbers.size
    numbers.set(planned.steps, number)
    groups.add(JSON.stringify([number, planned.plan.steps.map(({ notes }) => notes)]), id, (before) =>
      before === undefined
        ? {
            fingerprint: stateName(planned),
            plan: planned.plan,
            unproven: schema === undefined ? [] : unprovenStatements(planned.plan),
          }
        : { ...before, plan: withRowsOf(before.plan, planned.plan) },
    )
  })
  return { members, groups: groups.list(), failures: failures.list(), plans: shared.planCount }
}

/** What reads the members, and the tier that they share. */
export function readingOf(
  survey: Survey,
  { stages, shared }: { readonly stages: readonly FleetStage[]; readonly shared: SharedMigrator | undefined },
): Pick<Fleet, 'status' | 'plan' | 'check'> {
  return {
    status: (read = {}) => readFleetStatus(survey, stages, read, shared),
    plan: async (target, read = {}) =>
      withShared(await shared?.migrator.plan(), await planFleet(survey, namedTarget(target), read)),
    check: (examine, read = {}) => checkFleet(survey, examine, read, shared),
  }
}
