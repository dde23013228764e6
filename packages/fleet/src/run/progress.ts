import type { RunState } from '../state/runs.ts'
import type { FleetState, MemberOutcome } from '../state/store.ts'

/** How often a run gives a sign of life while no member ends. */
const aliveMs = 10_000

type RunFacts = Pick<RunState, 'run' | 'direction' | 'target' | 'release'>

/** Keeps the row of a run in the state: other processes read there how far it is. */
export class RunProgress {
  readonly #state: FleetState
  readonly #facts: RunFacts
  readonly #startedAt = new Date().toISOString()
  readonly #stages: { readonly name: string; members: number; migrated: number; upToDate: number; failed: number }[]
  readonly #alive: NodeJS.Timeout

  constructor(state: FleetState, facts: RunFacts, stages: readonly { readonly name: string }[]) {
    this.#state = state
    this.#facts = facts
    this.#stages = stages.map(({ name }) => ({ name, members: 0, migrated: 0, upToDate: 0, failed: 0 }))
    // Where the state can't be written any more, the next outcome reports it.
    this.#alive = setInterval(() => this.#write({}, () => undefined), aliveMs)
  }

  /** A member that was found to be of a stage. */
  list(stage: number): void {
    const counts = this.#stages[stage]
    if (counts !== undefined) counts.members += 1
  }

  begin(): void {
    this.#write({})
  }

  count(stage: number, outcome: MemberOutcome): void {
    const counts = this.#stages[stage]
    if (counts !== undefined) counts[outcome] += 1
    this.#write({})
  }

  /** No member is left: those that were listed at the beginning and are gone are none, and those that came since are some. */
  countTaken(): void {
    for (const counts of this.#stages) counts.members = counts.migrated + counts.upToDate + counts.failed
  }

  finish(stopped: RunState['stopped']): void {
    clearInterval(this.#alive)
    const end = stopped === undefined ? {} : { stopped }
    this.#write({ finishedAt: new Date().toISOString(), ...end })
  }

  #write(end: Pick<RunState, 'finishedAt' | 'stopped'>, failed?: (error: unknown) => void): void {
    const updatedAt = new Date().toISOString()
    const stages = this.#stages.map((counts) => ({ ...counts }))
    try {
      this.#state.progress({ ...this.#facts, startedAt: this.#startedAt, updatedAt, stages, ...end })
    } catch (error) {
      if (failed === undefined) throw error
      failed(error)
    }
  }
}
