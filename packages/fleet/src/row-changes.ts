import { isMigrateError, type MigrationEvent, type RunResult, type StepLoss, type StepReport } from '@org/migrate-core'

/** What a run took from rows, and what its steps reported of them: absent where it is nothing. */
export interface RowChanges {
  readonly losses?: readonly StepLoss[]
  readonly reports?: readonly StepReport[]
}

type ChangeEvent = Extract<MigrationEvent, { readonly type: 'loss' | 'report' }>

/** What ran, with its changes. */
export interface AppliedChanges extends RowChanges {
  /** `tier:revision`. */
  readonly applied: readonly string[]
  readonly warnings: readonly string[]
}

/** Without empty lists. */
export function rowChanges(losses: readonly StepLoss[], reports: readonly StepReport[]): RowChanges {
  return { ...(losses.length === 0 ? {} : { losses }), ...(reports.length === 0 ? {} : { reports }) }
}

const stepOf = (error: unknown): string => {
  const { tier, revision } = isMigrateError(error) ? error.location : {}
  return `${tier}:${revision}`
}

/**
 * What the attempts at one member did to its rows. The result of a run has that only where it ends well: steps that were committed before
 * the one that failed are known by the events.
 */
export class AttemptChanges {
  readonly #failed: ChangeEvent[] = []
  readonly #warnings = new Set<string>()
  /** Of attempts that failed. */
  readonly #applied = new Set<string>()
  /** What those did whose commit got no answer. They were applied where the next attempt does not run them. */
  readonly #uncertain = new Map<string, readonly ChangeEvent[]>()
  #ran: string[] = []
  #finished: ChangeEvent[] = []
  #running: ChangeEvent[] = []

  readonly onEvent = (event: MigrationEvent): void => {
    if (event.type === 'warning') this.#warnings.add(event.message)
    if (event.type === 'loss' || event.type === 'report') this.#running.push(event)
    if (event.type !== 'stepFinished') return
    this.#finished.push(...this.#running.splice(0))
    this.#ran.push(`${event.tier}:${event.revision}`)
  }

  /** What was rolled back took nothing. */
  fail(error: unknown): void {
    const outcome = isMigrateError(error) ? error.outcome : undefined
    if (outcome !== 'rolledBack') {
      this.#failed.push(...this.#finished)
      for (const name of this.#ran) this.#applied.add(name)
    }
    this.#ran = []
    if (outcome === 'unknown') this.#uncertain.set(stepOf(error), [...this.#running])
    else if (outcome !== 'rolledBack' && outcome !== 'unchanged') this.#failed.push(...this.#running)
    this.#finished = []
    this.#running = []
  }

  /** Of a run that ended well, by its events: where its result has no changes. */
  ended(): AppliedChanges {
    this.#failed.push(...this.#finished.splice(0), ...this.#running.splice(0))
    return this.of()
  }

  /** Of all attempts; `result`: of the last one, where it ended well. */
  of(result?: RunResult): AppliedChanges {
    const losses: StepLoss[] = []
    const reports: StepReport[] = []
    const ran = result?.applied ?? []
    const uncertain = [...this.#uncertain].filter(([name]) => !ran.includes(name))
    const certain = result === undefined ? [] : uncertain.map(([name]) => name)
    for (const event of [...this.#failed, ...uncertain.flatMap(([, events]) => events)]) {
      if (event.type === 'loss') {
        const { type: _, ...loss } = event
        losses.push(loss)
      } else {
        const { type: _, ...report } = event
        reports.push(report)
      }
    }
    const { losses: last = [], reports: reported = [], warnings = [] } = result ?? {}
    return {
      applied: [...new Set([...this.#applied, ...certain, ...ran])],
      ...rowChanges([...losses, ...last], [...reports, ...reported]),
      warnings: [...new Set([...this.#warnings, ...warnings])],
    }
  }
}
