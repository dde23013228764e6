import { isDeepStrictEqual } from 'node:util'
import { presentRead } from '../bookkeeping/history.ts'
import { namesOwnSchema } from '../compile/named-schemas.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { ReadStatement, Session } from '../dialect/session.ts'
import { type BookkeepingInspection, inspectBookkeeping, usualReads } from '../history/inspect-bookkeeping.ts'
import { canonicalJson, checksum } from '../model/canonical.ts'
import type { Row } from '../model/sql-value.ts'
import { loadParts, type UnloadedOptions } from '../options/resolve-options.ts'
import {
  type DueRoute,
  type ExecutablePlan,
  type PlanningOptions,
  type PlanSharing,
  planUnlessDeferred,
  planUnlessMoved,
} from './plan-route.ts'
import type { Route } from './route.ts'
import { Conclusions, givesSame, type RecordedRead, recordingAnswers, textOfRows } from './same-answers.ts'

interface SharedPlan {
  readonly planned: ExecutablePlan
  /** What the steps were concluded from besides the bookkeeping and the tables. */
  readonly answers: readonly RecordedRead[]
  /** What was read of the rows that the steps change: how many there are differs from database to database. */
  readonly rows: readonly RecordedRead[]
  /** The own schema that the statements name. Absent: they name none, and run in any. */
  readonly schema?: string
}

type PlanRequest = Parameters<PlanSharing['plan']>

/** Databases with the same bookkeeping. */
interface SharedState {
  readonly route: Route
  readonly plans: SharedPlan[]
}

export interface SharedPlans extends PlanSharing {
  /** How many plans were made, each compiled once. */
  readonly planCount: number
  /** How often one of them was taken for another database. */
  readonly reuseCount: number
}

/** Different tables with the same bookkeeping whose plans are held. */
const mostPlans = 50
const mostHistories = 50

/** What a plan depends on besides the database and the target. */
function choicesOf({ tier, direction, allowDataLoss, acceptDrift, strict }: PlanningOptions): readonly unknown[] {
  return [tier, direction, allowDataLoss, acceptDrift, strict]
}

/** A run compares its files with the history when it has its plan. */
const readsAfter = (
  { dialect, names }: UnloadedOptions,
  { present }: BookkeepingInspection,
): readonly ReadStatement[] => (present.has(names.history) ? [presentRead(dialect, names)] : [])

const hasSteps = (plan: ExecutablePlan | DueRoute): boolean => plan.state === 'planned' && plan.steps.length > 0

const isForOne = ({ onlyInterrupted, revert, assume }: PlanningOptions): boolean =>
  onlyInterrupted === true || revert === true || assume !== undefined

class PlansByState implements SharedPlans {
  readonly #states = new Map<string, SharedState>()
  /** By what is asked for. */
  readonly #conclusions = new Map<string, Conclusions<ExecutablePlan | DueRoute>>()
  /** By the rows of the history. */
  readonly #histories = new WeakMap<Route, Map<string, Promise<unknown>>>()
  /** Of rows that are those of another database. */
  readonly #texts = new WeakMap<readonly Row[], string>()
  /** By state: ends when the plan that is being made is there. */
  readonly #making = new Map<string, Promise<void>>()
  readonly #numbers = new WeakMap<UnloadedDialect, number>()
  #dialects = 0
  isDue = false
  planCount = 0
  reuseCount = 0

  /** Only runs ask, each for the same. */
  ofHistory<T>(route: Route, rows: readonly Row[], conclude: () => Promise<T>): Promise<T> {
    const known = this.#histories.get(route) ?? new Map<string, Promise<unknown>>()
    this.#histories.set(route, known)
    const key = this.#texts.get(rows) ?? textOfRows(rows)
    this.#texts.set(rows, key)
    const concluded = (known.get(key) as Promise<T> | undefined) ?? conclude()
    if (known.size < mostHistories) known.set(key, concluded)
    return concluded
  }

  async plan(...request: PlanRequest): ReturnType<PlanSharing['plan']> {
    const [resolved, session, target, options] = request
    const conclusions = this.#conclusionsOf(...request)
    for (;;) {
      // Texts are of one moment, which is not before the token; and only steps are run by it.
      const hasTexts = session.textsOf !== undefined
      const isTokenFirst = !hasTexts || conclusions?.some(hasSteps) !== false
      const before = isTokenFirst ? await session.schemaToken?.() : undefined
      const concluded = await conclusions?.for(session, () => usualReads(resolved, session))
      if (concluded?.state === 'due' && options.unlessDue?.(concluded.inspection)) return concluded
      if (concluded?.state === 'planned' && (hasTexts || (await session.schemaToken?.()) === before)) {
        this.reuseCount += 1
        return { ...(await planFor(resolved, concluded, concluded.inspection)), token: before }
      }
      const token = isTokenFirst ? before : await session.schemaToken?.()
      const reads: RecordedRead[] = []
      const reading = conclusions === undefined ? session : recordingAnswers(session, reads)
      const inspection = await inspectBookkeeping(resolved, reading)
      const key = this.#keyOf(resolved, inspection, target, options)
      if (key === undefined) return planUnlessDeferred(...request)
      const ofInspection = reads.length
      const note = async (value: ExecutablePlan | DueRoute): Promise<void> =>
        conclusions?.note(session, reads, value, () => readsAfter(resolved, inspection))
      for (;;) {
        const state = this.#states.get(key)
        const newest = state?.plans.at(-1)
        if (state !== undefined && state.route.steps.length > 0 && options.unlessDue?.(inspection)) {
          const due: DueRoute = { state: 'due', inspection, route: state.route }
          await note(due)
          return due
        }
        const shared = await takeFrom(state?.plans ?? [], resolved, reading, inspection)
        if (shared !== undefined) {
          const { planned, hasSameRows, isConclusive } = shared
          // What it does to the rows of this database.
          const own = hasSameRows ? planned : await planUnlessMoved(resolved, session, options, planned)
          // The bookkeeping and the tables are of one moment, as in a plan that is made.
          if (own === undefined || (await session.schemaToken?.()) !== token) break
          this.reuseCount += 1
          const isOfAny = own.steps.length === 0 || (await loadParts(resolved)).dialect.model.ownSchema === undefined
          if (isOfAny && isConclusive) await note(own)
          return { ...own, token }
        }
        reads.length = ofInspection
        const making = this.#making.get(key)
        // Another one may have been made while the tables were compared.
        const isNewest = this.#states.get(key)?.plans.at(-1) === newest
        if (making === undefined && isNewest) return this.#make(key, ...request)
        await making
      }
    }
  }

  async #make(key: string, ...[resolved, session, target, options]: PlanRequest): ReturnType<PlanSharing['plan']> {
    const answers: { readonly [of in 'steps' | 'rows']: RecordedRead[] } = { steps: [], rows: [] }
    const work = planUnlessDeferred(resolved, session, target, {
      ...options,
      reading: (own, of) => recordingAnswers(own, answers[of], of === 'rows'),
    })
    const ended = work.then(
      () => undefined,
      () => undefined,
    )
    // A plan that is deferred is made later, under the lock of its database: what is waited for then is the route alone.
    this.#making.set(key, ended)
    try {
      const planned = await work
      if (planned === undefined) return undefined
      // The database may have moved since its key was made.
      const actual = this.#keyOf(resolved, planned.inspection, target, options)
      if (actual === undefined) return planned
      const state = this.#states.get(actual) ?? { route: planned.route, plans: [] }
      this.#states.set(actual, state)
      this.isDue ||= planned.route.steps.length > 0
      // Where nothing is due, several databases may have found so at once.
      if (planned.state === 'due' || (planned.steps.length === 0 && state.plans.length > 0)) return planned
      this.planCount += 1
      const hasSchema = planned.steps.length > 0 && namesOwnSchema(planned.plan, (await loadParts(resolved)).dialect)
      const schema = hasSchema ? (await loadParts(resolved)).dialect.model.ownSchema : undefined
      const own = schema === undefined ? {} : { schema }
      state.plans.push({ planned, answers: answers.steps, rows: answers.rows, ...own })
      // Where each database differs from all others, plans are neither held nor compared without end. The first is that of the most.
      if (state.plans.length > mostPlans) state.plans.splice(1, 1)
      return planned
    } finally {
      if (this.#making.get(key) === ended) this.#making.delete(key)
    }
  }

  /** Undefined where the reads are sent together as they are, and where databases are not known to be asked the same. */
  #conclusionsOf(
    ...[{ dialect }, session, target, options]: PlanRequest
  ): Conclusions<ExecutablePlan | DueRoute> | undefined {
    if (session.queryTogether !== undefined && session.queryAll === undefined) return undefined
    if (dialect.variant === undefined || isForOne(options)) return undefined
    const question = canonicalJson([dialect.variant, target, options.unlessDue !== undefined, ...choicesOf(options)])
    const conclusions = this.#conclusions.get(question) ?? new Conclusions<ExecutablePlan | DueRoute>()
    this.#conclusions.set(question, conclusions)
    return conclusions
  }

  /** Undefined: what such a database needs is planned for it alone. */
  #keyOf(
    { dialect }: UnloadedOptions,
    { applied, present, outdated, empty, without, interrupted, foreign, pushed }: BookkeepingInspection,
    target: string | undefined,
    options: PlanningOptions,
  ): string | undefined {
    if (interrupted.length > 0 || foreign !== undefined || pushed !== undefined || outdated.size > 0) return undefined
    if (isForOne(options)) return undefined
    const variant = dialect.variant ?? this.#numberOf(dialect)
    const position = [[...applied], [...present].sort(), [...without].sort(), empty]
    return canonicalJson([dialect.name, variant, position, target, ...choicesOf(options)])
  }

  #numberOf(dialect: UnloadedDialect): number {
    const known = this.#numbers.get(dialect)
    if (known !== undefined) return known
    this.#dialects += 1
    this.#numbers.set(dialect, this.#dialects)
    return this.#dialects
  }
}

interface SharedWith {
  readonly planned: ExecutablePlan
  readonly hasSameRows: boolean
  /** Where all reads give the same again, the plan is the same. */
  readonly isConclusive: boolean
}

/**
 * The plan of another database, for this one: where the tables are the same, and everything else that decides over the steps. What they
 * do to the rows may have to be counted here.
 */
async function takeFrom(
  plans: readonly SharedPlan[],
  resolved: UnloadedOptions,
  session: Session,
  inspection: BookkeepingInspection,
): Promise<SharedWith | undefined> {
  const [first] = plans
  if (first === undefined) return undefined
  // What is applied decides over the steps, and the steps over the tables that are read.
  const live = await first.planned.introspect(session)
  for (const { planned, answers, rows, schema } of plans) {
    if (!isDeepStrictEqual(planned.live, live)) continue
    if (schema !== undefined && schema !== (await loadParts(resolved)).dialect.model.ownSchema) continue
    if (!(await givesSame(session, answers))) continue
    const hasSameRows = await givesSame(session, rows)
    const isConclusive = hasSameRows && rows.every((read) => read.rows !== undefined)
    return { planned: await planFor(resolved, planned, inspection), hasSameRows, isConclusive }
  }
  return undefined
}

/** The plan as that of this database. The model stays the same object: what was compiled for it is found by it. */
async function planFor(
  resolved: UnloadedOptions,
  planned: ExecutablePlan,
  inspection: BookkeepingInspection,
): Promise<ExecutablePlan> {
  const { dialect } = planned.steps.length === 0 ? resolved : await loadParts(resolved)
  const { database } = resolved.dialect.connection
  return { ...planned, inspection, dialect, plan: Object.freeze({ ...planned.plan, database }) }
}

/** Names the state that a plan is for: the bookkeeping, the tables that its steps name, and what is to be done. */
export function stateName({ plan, inspection, live }: ExecutablePlan): string {
  const statements = plan.steps.map((step) => step.operations.map((each) => each.statements))
  return checksum([[...inspection.applied], live, statements]).slice(0, 12)
}

/**
 * Plans for many databases with one history: each is made once for all databases in the same state. It is taken for another one only where
 * its bookkeeping, its tables and everything else that decides over its steps are the same. What is read of rows is read of each database.
 */
export function createSharedPlans(): SharedPlans {
  return new PlansByState()
}
