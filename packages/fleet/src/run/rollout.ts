import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunResult } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import type { FleetEvent, FleetResult, FleetRunOptions, StageResult } from '../fleet-types.ts'
import { eachMember, type FleetMember, type FleetMemberSource } from '../members/member.ts'
import { whyClosed } from '../stages/gate.ts'
import { type FleetStage, membersOfStage, stageChooser } from '../stages/stage.ts'
import { FleetState, type MemberRecord } from '../state/store.ts'
import { FailureGroups, failureOf } from './failures.ts'
import { inParallel } from './in-parallel.ts'
import { type RetryOptions, withRetries } from './transient.ts'

export interface Rollout {
  readonly members: FleetMemberSource
  readonly stages: readonly FleetStage[]
  readonly parallel: number
  readonly retry: RetryOptions
  readonly state: UnloadedDialect | undefined
  /** Migrates one member. */
  readonly migrate: (member: FleetMember) => Promise<RunResult>
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

/** Different texts that are held: those of members may name them. */
const maxWarnings = 100

class RolloutRun {
  readonly #rollout: Rollout
  readonly #options: FleetRunOptions
  readonly #state: FleetState | undefined
  readonly #run = randomUUID()
  readonly #startedAt = performance.now()
  readonly #failures = new FailureGroups()
  readonly #warnings = new Map<string, { count: number; first: string }>()
  readonly #stages: StageResult[] = []
  #taken = 0
  #listed: number | undefined
  #tooManyFailures = false
  #gate: FleetResult['gate']

  constructor(rollout: Rollout, options: FleetRunOptions, state: FleetState | undefined) {
    this.#rollout = rollout
    this.#options = options
    this.#state = state
  }

  async result(): Promise<FleetResult> {
    const { stages, members } = this.#rollout
    const stageOf = stageChooser(stages)
    for (const [at, stage] of stages.entries()) {
      if (!this.#mayTake()) break
      if (at > 0) await this.#pause(stages[at - 1]?.pauseBetween ?? 0)
      if (!this.#mayTake()) break
      const isOfStage = (member: FleetMember): boolean => stageOf(member) === at
      if (await this.#isGateOpen(stage, isOfStage)) await this.#runStage(stage, isOfStage)
    }
    const listed = this.#listed ?? (await sizeOf(eachMember(members)))
    const total = (of: keyof Counts): number => this.#stages.reduce((sum, stage) => sum + stage[of], 0)
    const stopped = this.#whyStopped()
    return {
      run: this.#run,
      members: this.#taken,
      migrated: total('migrated'),
      upToDate: total('upToDate'),
      failed: total('failed'),
      left: listed - this.#taken,
      ...(stopped === undefined ? {} : { stopped }),
      ...(this.#gate === undefined ? {} : { gate: this.#gate }),
      stages: this.#stages,
      failures: this.#failures.list(),
      warnings: [...this.#warnings].map(([text, { count, first }]) => ({ text, count, first })),
      plans: this.#rollout.plans(),
      ms: Math.round(performance.now() - this.#startedAt),
    }
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

  async #runStage(stage: FleetStage, isOfStage: (member: FleetMember) => boolean): Promise<void> {
    const { parallel } = this.#rollout
    const limit = await this.#limitOf(stage, isOfStage)
    const counts: Counts = { migrated: 0, upToDate: 0, failed: 0 }
    this.#emit({ type: 'stageStarted', stage: stage.name })
    await inParallel(
      membersOfStage(this.#countedMembers(), stage, isOfStage),
      stage.parallel ?? parallel,
      async (member) => {
        // It waited for its turn, and a failure of another one may have ended the run meanwhile.
        if (!this.#mayTake()) return
        this.#taken += 1
        const outcome = await this.#take(member, stage)
        counts[outcome] += 1
        if (outcome === 'failed' && limit.exceeded(counts.failed)) this.#tooManyFailures = true
      },
      () => this.#mayTake(),
    )
    const result = { name: stage.name, ...counts }
    this.#stages.push(result)
    this.#emit({ type: 'stageFinished', ...result })
  }

  /** A pass to the end counts all of them. */
  async *#countedMembers(): AsyncGenerator<FleetMember> {
    let size = 0
    for await (const member of eachMember(this.#rollout.members)) {
      size += 1
      yield member
    }
    this.#listed = size
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

  async #take(member: FleetMember, stage: FleetStage): Promise<MemberRecord['outcome']> {
    const { id } = member
    const startedAt = performance.now()
    this.#emit({ type: 'memberStarted', id, stage: stage.name })
    let attempts = 1
    const onRetry = (attempt: number, error: unknown): void => {
      attempts = attempt + 1
      this.#emit({ type: 'memberRetried', id, attempt, failure: failureOf(member, error) })
    }
    const record = (ended: Pick<MemberRecord, 'outcome' | 'heads' | 'code' | 'message'>, ms: number): void =>
      this.#state?.add({
        id,
        stage: stage.name,
        run: this.#run,
        attempts,
        finishedAt: new Date().toISOString(),
        durationMs: ms,
        ...ended,
      })
    const elapsed = (): number => Math.round(performance.now() - startedAt)
    try {
      const result = await withRetries(this.#rollout.retry, onRetry, () => this.#rollout.migrate(member))
      const ms = elapsed()
      for (const text of result.warnings) this.#warn(id, text)
      const outcome = result.applied.length > 0 ? 'migrated' : 'upToDate'
      record({ outcome, heads: result.heads.flatMap(({ heads }) => heads) }, ms)
      this.#emit({ type: 'memberFinished', id, stage: stage.name, applied: result.applied, ms })
      return outcome
    } catch (error) {
      const ms = elapsed()
      const failure = failureOf(member, error)
      this.#failures.add(failure)
      record({ outcome: 'failed', heads: [], code: failure.code, message: failure.message }, ms)
      this.#emit({ type: 'memberFailed', stage: stage.name, failure, ms })
      return 'failed'
    }
  }

  #warn(id: string, text: string): void {
    const known = this.#warnings.get(text)
    if (known !== undefined) known.count += 1
    else if (this.#warnings.size < maxWarnings) this.#warnings.set(text, { count: 1, first: id })
  }
}

async function sizeOf(members: AsyncIterable<FleetMember>): Promise<number> {
  let size = 0
  for await (const _ of members) size += 1
  return size
}

/** Takes every member through its stage. Throws what reading the members, or writing the state, throws. */
export async function rollOut(rollout: Rollout, options: FleetRunOptions): Promise<FleetResult> {
  const state = rollout.state === undefined ? undefined : await FleetState.open(rollout.state)
  const run = new RolloutRun(rollout, options, state)
  const ended = await run.result().then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  )
  if ('error' in ended) {
    // The error of the run is the one to report.
    await state?.close().catch(() => undefined)
    throw ended.error
  }
  await state?.close()
  return ended.result
}
