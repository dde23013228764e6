import type { RunRecord } from '../state/runs.ts'

/** A run that ended before a worker began may be followed by another one, which is about to begin: it is waited for so long. */
const nextRunMs = 2 * 60_000

/** Whether the run that a worker is to help with has ended, by what the state has of the last runs. */
export class RunWatch {
  readonly #release: string
  readonly #now: () => number
  readonly #startedAt: number
  #isWatched = false
  /** The newest run of these revisions when the worker began, or none; undefined: it has not been read yet. */
  #earlier: { readonly run: string | undefined } | undefined

  constructor(release: string, now = (): number => performance.now()) {
    this.#release = release
    this.#now = now
    this.#startedAt = now()
  }

  /** The worker has a job of the run. */
  joined(): void {
    this.#isWatched = true
  }

  /** The newest first. */
  hasEnded(runs: readonly RunRecord[]): boolean {
    const at = runs.findIndex(({ release }) => release === this.#release)
    const newest = runs[at]
    this.#earlier ??= { run: newest?.run }
    if (newest === undefined) return false
    // A later run, with other revisions, has removed the jobs of one that was killed.
    const isFollowed = at > 0
    const isOver = newest.finishedAt !== undefined || (newest.isDead && isFollowed)
    this.#isWatched ||= !isOver || newest.run !== this.#earlier.run
    if (!isOver) return false
    if (this.#isWatched) return true
    const isDone = newest.stopped === undefined && newest.stages.every(({ failed }) => failed === 0)
    return (isDone || isFollowed) && this.#now() - this.#startedAt >= nextRunMs
  }
}
