import { setTimeout as sleep } from 'node:timers/promises'
import type { Direction } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import type { FleetEvent, StageResult } from '../fleet-events.ts'
import type { FleetResult, FleetRunOptions } from '../fleet-types.ts'
import { eachMember, type FleetMember, type FleetMemberSource } from '../members/member.ts'
import { rowChanges } from '../row-changes.ts'
import { whyClosed } from '../stages/gate.ts'
import { type FleetStage, membersOfStage, stageChooser } from '../stages/stage.ts'
import { FleetState, type MemberOutcome } from '../state/store.ts'
import { FailureGroups, type MemberFailure } from './failures.ts'
import { inParallel } from './in-parallel.ts'
import { MemberMessages } from './messages.ts'
import { RunProgress } from './progress.ts'
import { type MemberReport, recordOf } from './take-member.ts'

export interface Rollout {
  readonly members: FleetMemberSource
  readonly stages: readonly FleetStage[]
  readonly parallel: number
  readonly state: UnloadedDialect | undefined
  readonly run: string
  readonly direction: Direction
  readonly target: string | undefined
  readonly release: string
  /** Migrates one member, here or on another machine. Undefined: the run was stopped before it was taken. */
  readonly take: (
    member: FleetMember,
    stage: FleetStage,
    onRetry: (attempt: number, failure: MemberFailure) => void,
  ) => Promise<MemberReport | undefined>
  /** Workers on other machines take the members, and record their outcomes: then so many are handed to them at a time. */
  readonly handedOut?: number
  /** Called once where the run ends before every member was taken. */
  readonly onStop?: () => void
  /** Whether a member has something to run. */
  readonly isDue: (member: FleetMember) => Promise<boolean>
  /** Where the commands of gates run. */
  readonly baseDirectory: string | undefined
  /** How many plans were made so far. */
  readonly plans: () => number
}

type Counts = { -readonly [K in keyof Omit<StageResult, 'name'>]: number }

interface Limit {
  /** Whether that many failures are too many. */
  exceeded(failed: number): boolean
}

class RolloutRun {
  readonly #rollout: Rollout
  readonly #options: FleetRunOptions
  readonly #state: FleetState | undefined
  readonly #startedAt = performance.now()
  readonly #failures = new FailureGroups()
  readonly #messages = new MemberMessages()
  readonly #stages: StageResult[] = []
  readonly #progress: RunProgress | undefined
  readonly #taken = new Set<string>()
  /** Members that the last whole pass listed and that were not taken. Undefined: that pass was cut off. */
  #left: number | undefined
  #tooManyFailures = false
  #gate: FleetResult['gate']

  constructor(rollout: Rollout, options: FleetRunOptions, state: FleetState | undefined) {
    this.#rollout = rollout
    this.#options = options
    this.#state = state
    this.#progress = state === undefined ? undefined : new RunProgress(state, factsOf(rollout), rollout.stages)
  }

  async result(): Promise<FleetResult> {
    const { stages, members } = this.#rollout
    const stageOf = await stageChooser(stages, () => eachMember(members))
    await this.#listMembers(stageOf)
    for (const [at, stage] of stages.entries()) {
      if (!this.#mayTake()) break
      if (at > 0) await this.#pause(stages[at - 1]?.pauseBetween ?? 0)
      if (!this.#mayTake()) break
      // The list may have changed since an earlier stage took the member, and put it into this one.
      const isOfStage = (member: FleetMember): boolean => !this.#taken.has(member.id) && stageOf(member) === at
      if (await this.#isGateOpen(stage, isOfStage)) await this.#runStage(at, stage, isOfStage)
    }
    const left = this.#left ?? (await sizeOf(this.#untaken(eachMember(members))))
    const total = (of: keyof Counts): number => this.#stages.reduce((sum, stage) => sum + stage[of], 0)
    const stopped = this.#whyStopped()
    if (left === 0) this.#progress?.countTaken()
    return {
      run: this.#rollout.run,
      members: this.#taken.size,
      migrated: total('migrated'),
      upToDate: total('upToDate'),
      failed: total('failed'),
      left,
      ...(stopped === undefined ? {} : { stopped }),
      ...(this.#gate === undefined ? {} : { gate: this.#gate }),
      stages: this.#stages,
      failures: this.#failures.list(),
      ...this.#messages.list(),
      plans: this.#rollout.plans(),
      ms: Math.round(performance.now() - this.#startedAt),
    }
  }

  /** The end of the run, also of one that failed, is written to the state. */
  finish(error?: unknown): void {
    this.#progress?.finish(error === undefined ? this.#whyStopped() : 'error')
  }

  /** A pass over the fleet, so that the state knows how far the run is. */
  async #listMembers(stageOf: (member: FleetMember) => number): Promise<void> {
    if (this.#progress === undefined) return
    for await (const member of eachMember(this.#rollout.members)) this.#progress.list(stageOf(member))
    this.#progress.begin()
  }

  #emit(event: FleetEvent): void {
    this.#options.onEvent?.(event)
  }

  #mayTake(): boolean {
    return this.#whyStopped() === undefined
  }

  #whyStopped(): FleetResult['stopped'] {
    if (this.#tooManyFailures) return 'failures'
    if (this.#options.signal?.aborted) return 'signal'
    return this.#gate === undefined ? undefined : 'gate'
  }

  /** A gate is asked only where a member has something to run. */
  async #isGateOpen({ name, gate }: FleetStage, isOfStage: (member: FleetMember) => boolean): Promise<boolean> {
    const { openGates = [], signal } = this.#options
    if (gate === undefined || openGates.includes(name)) return true
    if (!(await this.#isAnyDue(name, isOfStage))) return true
    const why = await whyClosed(gate, { cwd: this.#rollout.baseDirectory, signal }).catch((error: unknown) => {
      if (signal?.aborted !== true) throw error
      return 'the run was stopped'
    })
    this.#emit({ type: 'gateChecked', stage: name, isOpen: why === undefined, ...(why === undefined ? {} : { why }) })
    if (why !== undefined) this.#gate = { stage: name, why }
    return why === undefined
  }

  /** A member that can't be read may have something to run. */
  async #isAnyDue(name: string, isOfStage: (member: FleetMember) => boolean): Promise<boolean> {
    const { members, parallel, isDue } = this.#rollout
    let isFound = false
    await inParallel(
      membersOfStage(eachMember(members), { name }, isOfStage),
      parallel,
      async (member) => {
        if (isFound || !this.#mayTake()) return
        if (await isDue(member).catch(() => true)) isFound = true
      },
      () => !isFound && this.#mayTake(),
    )
    return isFound
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#options
    if (ms === 0) return
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
      if (signal?.aborted !== true) throw error
    })
  }

  async #runStage(at: number, stage: FleetStage, isOfStage: (member: FleetMember) => boolean): Promise<void> {
    const { parallel, handedOut } = this.#rollout
    const limit = await this.#limitOf(stage, isOfStage)
    const counts: Counts = { migrated: 0, upToDate: 0, failed: 0 }
    const pass = { untaken: 0, isWhole: false }
    this.#emit({ type: 'stageStarted', stage: stage.name })
    await inParallel(
      membersOfStage(this.#countedMembers(pass), stage, isOfStage),
      handedOut ?? stage.parallel ?? parallel,
      async (member) => {
        // It waited for its turn, and a failure of another one may have ended the run meanwhile.
        if (!this.#mayTake()) return
        const outcome = await this.#take(member, stage)
        if (outcome === undefined) return
        this.#taken.add(member.id)
        counts[outcome] += 1
        this.#progress?.count(at, outcome)
        if (outcome !== 'failed' || !limit.exceeded(counts.failed) || this.#tooManyFailures) return
        this.#tooManyFailures = true
        this.#rollout.onStop?.()
      },
      () => this.#mayTake(),
    )
    this.#left = pass.isWhole ? pass.untaken - counts.migrated - counts.upToDate - counts.failed : undefined
    const result = { name: stage.name, ...counts }
    this.#stages.push(result)
    this.#emit({ type: 'stageFinished', ...result })
  }

  /** A pass to the end counts those that no earlier stage has taken: the list may differ from pass to pass. */
  async *#countedMembers(pass: { untaken: number; isWhole: boolean }): AsyncGenerator<FleetMember> {
    for await (const member of eachMember(this.#rollout.members)) {
      if (!this.#taken.has(member.id)) pass.untaken += 1
      yield member
    }
    pass.isWhole = true
  }

  async *#untaken(members: AsyncIterable<FleetMember>): AsyncGenerator<FleetMember> {
    for await (const member of members) if (!this.#taken.has(member.id)) yield member
  }

  async #limitOf(
    { name, onError = 'continue', maxFailures }: FleetStage,
    isOfStage: (member: FleetMember) => boolean,
  ): Promise<Limit> {
    if (onError === 'stop' && maxFailures === undefined) return { exceeded: () => true }
    if (maxFailures === undefined) return { exceeded: () => false }
    if (typeof maxFailures === 'number') return { exceeded: (failed) => failed > maxFailures }
    const size = await sizeOf(membersOfStage(eachMember(this.#rollout.members), { name }, isOfStage))
    const most = (size * Number.parseFloat(maxFailures)) / 100
    return { exceeded: (failed) => failed > most }
  }

  async #take(member: FleetMember, stage: FleetStage): Promise<MemberOutcome | undefined> {
    const { id } = member
    if (this.#rollout.handedOut === undefined) this.#emit({ type: 'memberStarted', id, stage: stage.name })
    const report = await this.#rollout.take(member, stage, (attempt, failure) =>
      this.#emit({ type: 'memberRetried', id, attempt, failure }),
    )
    if (report === undefined) return undefined
    const { outcome, ms, failure, applied, losses = [], reports = [] } = report
    const changes = rowChanges(losses, reports)
    this.#messages.add(report)
    if (this.#rollout.handedOut === undefined)
      this.#state?.add(recordOf(report, { run: this.#rollout.run, stage: stage.name }))
    if (failure === undefined) {
      this.#emit({ type: 'memberFinished', id, stage: stage.name, applied, ...changes, ms })
      return outcome
    }
    this.#failures.add(failure)
    this.#emit({ type: 'memberFailed', stage: stage.name, failure, ...changes, ms })
    return outcome
  }
}

async function sizeOf(members: AsyncIterable<FleetMember>): Promise<number> {
  let size = 0
  for await (const _ of members) size += 1
  return size
}

function factsOf({ run, direction, target, release }: Rollout) {
  return { run, direction, release, ...(target === undefined ? {} : { target }) }
}

/** Takes every member through its stage. Throws what reading the members, or writing the state, throws. */
export async function rollOut(rollout: Rollout, options: FleetRunOptions): Promise<FleetResult> {
  const state = rollout.state === undefined ? undefined : await FleetState.open(rollout.state)
  const run = new RolloutRun(rollout, options, state)
  const { onStop } = rollout
  if (onStop !== undefined) options.signal?.addEventListener('abort', onStop, { once: true })
  try {
    const result = await run.result()
    run.finish()
    await state?.close()
    return result
  } catch (error) {
    // The error of the run is the one to report.
    try {
      run.finish(error)
      await state?.close()
    } catch {}
    throw error
  } finally {
    if (onStop !== undefined) options.signal?.removeEventListener('abort', onStop)
  }
}
