import { check, stairway } from '@org/migrate-autogenerate'
import { type HistoryRow, isMigrateError, type MigrateError, type Plan, type TierHeads } from '@org/migrate-core'
import { present, thrownMessage } from '@org/migrate-core/dialect'
import { listHistory } from '@org/migrate-core/internal'
import type { CommandContext } from '../../context.ts'
import { layOut } from '../../drawing/lanes.ts'
import { filesOnly, type GraphState, inspect } from '../../graph/graph-state.ts'
import { lastApplied, revisionFacts } from '../../graph/revision-facts.ts'
import type { Project } from '../../wiring.ts'
import { declaredOf } from '../check/check.ts'
import { edges, markOf } from '../graph.ts'
import type { ReportedGraph, ReportProblem } from './data.ts'
import { firstOf, most } from './page/limits.ts'

const problemOf = (part: string, { code, message, remedy }: MigrateError): ReportProblem => ({
  part,
  code,
  message,
  remedy,
})

/** Makes a part of a report; where it fails, the report says why. */
type Attempt = <T>(part: string, make: () => Promise<T>) => Promise<T | undefined>

export function attempts(problems: ReportProblem[]): Attempt {
  return async (part, make) => {
    try {
      return await make()
    } catch (error) {
      if (!isMigrateError(error)) throw error
      problems.push(problemOf(part, error))
      return undefined
    }
  }
}

/** The latest revisions, as `migrate graph` draws them. */
function graphOf(state: GraphState, applied: ReadonlyMap<string, HistoryRow>): ReportedGraph {
  const listed = listHistory(state.graph, ':', state.current)
  const { shown, omitted } = firstOf(listed, most.revisions, 'revision', 'migrate graph')
  const facts = shown.map((revision) => revisionFacts(state, revision, applied.get(revision)))
  const marked = facts.map((each) => {
    const mark = markOf(state, each.revision)
    return [each.revision, mark === undefined ? each : { ...each, mark }] as const
  })
  return {
    rows: layOut(edges(state, facts)),
    revisions: new Map(marked),
    unknown: state.unknown,
    ...present({ omitted }),
  }
}

/** What is read of the database: status, history, the graph, drift. */
export async function readDatabase(context: CommandContext, project: Project, attempt: Attempt) {
  const { migrator, tier, loaded } = project
  const status = await attempt('State', () => migrator.status())
  const isRead = status !== undefined
  const history = isRead ? await attempt('History', () => migrator.history()) : undefined
  const graph = await attempt('Graph', async () => {
    const state = isRead ? (await inspect(context, false)).state : await filesOnly(project)
    return graphOf(state, lastApplied(history ?? [], tier.name))
  })
  const edits = loaded.config.check?.edits
  const checked = isRead
    ? await attempt('Drift and checks', async () =>
        check(migrator, { ...present({ edits }), ...(await declaredOf(context, project, true)) }),
      )
    : undefined
  return { status, history, graph, check: checked }
}

/** The same from the files alone. */
export async function readFiles(context: CommandContext, project: Project, attempt: Attempt) {
  const graph = await attempt('Graph', async () => graphOf(await filesOnly(project), new Map()))
  const checked = await attempt('Checks', async () =>
    check(project.migrator, { database: false, ...(await declaredOf(context, project, false)) }),
  )
  return { status: undefined, history: undefined, graph, check: checked }
}

/** Tries the steps of a plan on a shadow database, which tells locks and durations. */
export async function testPlan({ signal }: CommandContext, { migrator }: Project, { steps }: Plan) {
  return stairway({ migrator, signal, revisions: steps.map(({ revision }) => revision) })
}

/** The heads of all tiers for people. */
export function positionText(heads: readonly TierHeads[]): string {
  return heads.flatMap((each) => each.heads).length === 0 ? 'base' : (heads.at(-1)?.heads.join(', ') ?? '') || 'base'
}

/** A failure of another kind, such as of a hook. */
export function failureOf(error: unknown): ReportProblem {
  if (isMigrateError(error)) return problemOf('The run ended with an error', error)
  return { part: 'The run ended with an error', code: 'INTERNAL', message: thrownMessage(error), remedy: '' }
}
