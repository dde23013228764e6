import {
  createRevisionGraph,
  type ErrorCode,
  isMigrateError,
  type RevisionGraph,
  type RevisionHeader,
  type Tier,
  type TierPosition,
} from '@org/migrate-core'
import { present } from '@org/migrate-core/dialect'
import { countsFromRows, currentNodes, readTierPosition } from '@org/migrate-core/internal'
import type { CommandContext } from '../context.ts'
import { oneLine } from '../reporters/formatting.ts'
import { usage } from '../usage.ts'
import type { LoadedProject, Project } from '../wiring.ts'

/** The graph that a command shows, with where the database stands in it as far as it could be asked. */
export interface GraphState {
  readonly graph: RevisionGraph<RevisionHeader>
  /** Of the heads of the database those that are in the graph. */
  readonly current: readonly string[]
  /** Heads of the database that neither a file nor the history describes. */
  readonly unknown: readonly string[]
  /** Applied, and no file has them. */
  readonly missing: ReadonlySet<string>
  /** Absent where the database could not be asked. */
  readonly applied?: ReadonlySet<string>
}

/** Message and hash are read from the file when they are asked for: a copy would ask for all of them. */
export function plainNode({ revision, parents, dependsOn, branchLabels, source, replaces = [] }: RevisionHeader) {
  return { revision, parents, dependsOn, branchLabels, source, replaces }
}

/** From the files alone: no database is asked. Throws what is wrong with the files. */
export async function filesOnly({ tier }: LoadedProject): Promise<GraphState> {
  return {
    graph: createRevisionGraph(await currentNodes(await tier.source.headers())),
    current: [],
    unknown: [],
    missing: new Set(),
  }
}

interface Inspected {
  readonly tier: Tier
  readonly state: GraphState
  /** When the database was pushed; absent: it was not, or a revision was recorded since. */
  readonly pushedAt?: string
  /** When a load of a snapshot began, which was interrupted. */
  readonly interruptedLoadAt?: string
  /** The history of the database; empty where it could not be asked. */
  history(): ReturnType<Project['migrator']['history']>
}

/**
 * The files, and the database where one is named and can be reached: without it a command that shows files notes that in one line,
 * unless what it was asked for is counted from the database (`isRequired`).
 */
export async function inspect(context: CommandContext, isRequired: boolean): Promise<Inspected> {
  const files = await context.openFiles()
  try {
    const { migrator, tier } = await context.open()
    const position = await readTierPosition(migrator, tier.name)
    const { pushedAt, interruptedLoadAt } = position
    return {
      tier,
      state: graphStateOf(position),
      ...present({ pushedAt, interruptedLoadAt }),
      history: () => migrator.history(),
    }
  } catch (error) {
    if (isRequired || !isMigrateError(error) || notOfDatabase.has(error.code)) throw error
    const state = await filesOnly(files)
    context.report.note(`the current revisions of the database are not known: ${oneLine(error.message)}`)
    return { tier: files.tier, state, history: async () => [] }
  }
}

/**
 * Where the database stands, for a command that works on files and has a target which is counted from there; no database is opened for
 * others. Throws USAGE where it stands at what no file describes.
 */
export async function rowsFor(
  context: CommandContext,
  graph: RevisionGraph,
  targets: readonly string[],
): Promise<{ readonly current?: readonly string[] }> {
  if (!targets.some(countsFromRows)) return {}
  const { migrator, tier, database } = await context.open()
  const { heads } = await readTierPosition(migrator, tier.name)
  const undescribed = heads.filter((revision) => !graph.has(revision))
  if (undescribed.length === 0) return { current: heads }
  throw usage(
    `${database} is at ${undescribed.join(', ')}, and no file describes that`,
    'Bring the file back, or name a revision that has one.',
  )
}

/** What is wrong with the call itself. */
const notOfDatabase: ReadonlySet<ErrorCode> = new Set([
  'USAGE',
  'INVALID_OPTION',
  'INVALID_URL',
  'DIALECT_NOT_INSTALLED',
])

export function graphStateOf({ graph, heads, missing, applied }: TierPosition): GraphState {
  return {
    graph,
    current: heads.filter((revision) => graph.has(revision)),
    unknown: heads.filter((revision) => !graph.has(revision)),
    missing: new Set(missing),
    applied,
  }
}
