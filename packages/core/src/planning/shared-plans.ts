import { isDeepStrictEqual } from 'node:util'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { type BookkeepingInspection, inspectBookkeeping } from '../history/inspect-bookkeeping.ts'
import { canonicalJson, checksum } from '../model/canonical.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { Row, SqlValue } from '../model/sql-value.ts'
import { loadParts, type ResolvedOptions, type UnloadedOptions } from '../options/resolve-options.ts'
import { type ExecutablePlan, type PlanningOptions, type PlanSharing, planUnlessDeferred } from './plan-route.ts'
import type { Route } from './route.ts'

/** A read besides the bookkeeping and the tables, with its answer. */
interface RecordedRead {
  readonly sql: string
  readonly params: readonly SqlValue[]
  readonly rows: readonly Row[]
}

interface SharedPlan {
  readonly planned: ExecutablePlan
  /** What the plan was concluded from besides the bookkeeping and the tables. */
  readonly answers: readonly RecordedRead[]
  /** The own schema that the statements name. Absent: they name none, and run in any. */
  readonly schema?: string
}

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

/** What was asked through the session is noted with its answers. */
function recordingAnswers(session: Session, answers: RecordedRead[]): Session {
  const query: Session['query'] = async (sql, params = []) => {
    const rows = await session.query(sql, params)
    answers.push({ sql, params, rows })
    return rows
  }
  return new Proxy(session, {
    get(target, name) {
      if (name === 'query') return query
      // Read one by one, each is noted.
      if (name === 'queryTogether') return undefined
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

async function givesSame(session: Session, answers: readonly RecordedRead[]): Promise<boolean> {
  for (const { sql, params, rows } of answers) {
    if (!isDeepStrictEqual(await session.query(sql, params), rows)) return false
  }
  return true
}

/** Whether the statements of a plan hold for one own schema only. */
function namesSchema({ plan }: ExecutablePlan, { dialect }: ResolvedOptions): boolean {
  const { ownSchema } = dialect.model
  if (ownSchema === undefined) return false
  const qualifier = `${dialect.sql.quote.identifier(ownSchema).text}.`
  return plan.steps.some((step) =>
    step.operations.some(
      ({ operation, statements }) =>
        operation.kind === 'setSchema' || statements.some(({ sql }) => sql.includes(qualifier)),
    ),
  )
}

/** Which other schemas there are says nothing of a plan that names none: those of other members come and go. */
function isSameLive({ plan, live }: ExecutablePlan, other: SchemaModel): boolean {
  const operations = plan.steps.flatMap((step) => step.operations.map(({ operation }) => operation))
  if (canonicalJson(operations).includes('chema"')) return isDeepStrictEqual(live, other)
  return isDeepStrictEqual({ ...live, schemas: [] }, { ...other, schemas: [] })
}

class PlansByState implements SharedPlans {
  readonly #states = new Map<string, SharedState>()
  /** By state: ends when the plan that is being made is there. */
  readonly #making = new Map<string, Promise<void>>()
  readonly #numbers = new WeakMap<UnloadedDialect, number>()
  #dialects = 0
  isDue = false
  planCount = 0
  reuseCount = 0

  async plan(
    resolved: UnloadedOptions,
    session: Session,
    target: string | undefined,
    options: PlanningOptions,
  ): ReturnType<PlanSharing['plan']> {
    for (;;) {
      const token = await session.schemaToken?.()
      const inspection = await inspectBookkeeping(resolved, session)
      const key = this.#keyOf(resolved, inspection, target, options)
      if (key === undefined) return planUnlessDeferred(resolved, session, target, options)
      for (;;) {
        const state = this.#states.get(key)
        if (state !== undefined && state.route.steps.length > 0 && options.unlessDue?.(inspection))
          return { state: 'due', inspection, route: state.route }
        const shared = await takeFrom(state?.plans ?? [], resolved, session, inspection)
        if (shared !== undefined) {
          // The bookkeeping and the tables are of one moment, as in a plan that is made.
          if ((await session.schemaToken?.()) !== token) break
          this.reuseCount += 1
          return { ...shared, token }
        }
        const making = this.#making.get(key)
        if (making === undefined) return this.#make(key, resolved, session, target, options)
        await making
      }
    }
  }

  async #make(
    key: string,
    resolved: UnloadedOptions,
    session: Session,
    target: string | undefined,
    options: PlanningOptions,
  ): ReturnType<PlanSharing['plan']> {
    const answers: RecordedRead[] = []
    const work = planUnlessDeferred(resolved, session, target, {
      ...options,
      reading: (own) => recordingAnswers(own, answers),
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
      const hasSchema = planned.steps.length > 0 && namesSchema(planned, await loadParts(resolved))
      const schema = hasSchema ? (await loadParts(resolved)).dialect.model.ownSchema : undefined
      state.plans.push({ planned, answers, ...(schema === undefined ? {} : { schema }) })
      // Where each database differs from all others, plans are neither held nor compared without end. The first is that of the most.
      if (state.plans.length > mostPlans) state.plans.splice(1, 1)
      return planned
    } finally {
      if (this.#making.get(key) === ended) this.#making.delete(key)
    }
  }

  /** Undefined: what such a database needs is planned for it alone. */
  #keyOf(
    { dialect }: UnloadedOptions,
    { applied, present, outdated, empty, without, interrupted, foreign, pushed }: BookkeepingInspection,
    target: string | undefined,
    { tier, direction, allowDataLoss, acceptDrift, strict, onlyInterrupted, revert, assume }: PlanningOptions,
  ): string | undefined {
    if (interrupted.length > 0 || foreign !== undefined || pushed !== undefined || outdated.size > 0) return undefined
    if (onlyInterrupted || revert || assume !== undefined) return undefined
    const variant = dialect.variant ?? this.#numberOf(dialect)
    const position = [[...applied], [...present].sort(), [...without].sort(), empty]
    return canonicalJson([dialect.name, variant, position, target, tier, direction, allowDataLoss, acceptDrift, strict])
  }

  #numberOf(dialect: UnloadedDialect): number {
    const known = this.#numbers.get(dialect)
    if (known !== undefined) return known
    this.#dialects += 1
    this.#numbers.set(dialect, this.#dialects)
    return this.#dialects
  }
}

/** The plan of another database, for this one: where the tables are the same, and everything else that was read for it. */
async function takeFrom(
  plans: readonly SharedPlan[],
  resolved: UnloadedOptions,
  session: Session,
  inspection: BookkeepingInspection,
): Promise<ExecutablePlan | undefined> {
  const [first] = plans
  if (first === undefined) return undefined
  // What is applied decides over the steps, and the steps over the tables that are read.
  const live = await first.planned.introspect(session)
  for (const { planned, answers, schema } of plans) {
    if (!isSameLive(planned, live)) continue
    const { dialect } = planned.steps.length === 0 ? resolved : await loadParts(resolved)
    if (schema !== undefined && schema !== (await dialect.load()).model.ownSchema) continue
    if (!(await givesSame(session, answers))) continue
    const { database } = resolved.dialect.connection
    // The model stays the same object: what was compiled for it is found by it.
    return { ...planned, inspection, dialect, plan: Object.freeze({ ...planned.plan, database }) }
  }
  return undefined
}

/** Names the state that a plan is for: the bookkeeping, the tables that its steps name, and what is to be done. */
export function stateName({ plan, inspection, live }: ExecutablePlan): string {
  const statements = plan.steps.map((step) => step.operations.map((each) => each.statements))
  return checksum([[...inspection.applied], { ...live, schemas: [] }, statements]).slice(0, 12)
}

/**
 * Plans for many databases with one history: each is made once for all databases in the same state. It is taken for another one only where
 * its bookkeeping, its tables and everything else that was read for it are the same.
 */
export function createSharedPlans(): SharedPlans {
  return new PlansByState()
}
