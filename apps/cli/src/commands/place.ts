import {
  createRevisionGraph,
  isMigrateError,
  type RevisionGraph,
  type RevisionHeader,
  type TierPosition,
} from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import { oneLine } from '../reporters/words.ts'
import type { Opened, OpenedFiles } from '../wiring.ts'

/** The graph that a command shows, with where the database stands in it as far as it could be asked. */
export interface Place {
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

/** From the files alone: no database is asked. Throws what is wrong with the files. */
export async function filesOnly({ tier }: OpenedFiles): Promise<Place> {
  return { graph: createRevisionGraph(await tier.source.headers()), current: [], unknown: [], missing: new Set() }
}

/** The files, and the database where it can be reached: that it cannot is told in one line, and is no failure of a command that shows files. */
export async function placeOf(context: CommandContext, opened: Opened): Promise<Place> {
  try {
    return placeIn(await opened.migrator.position(opened.tier.name))
  } catch (error) {
    if (!isMigrateError(error)) throw error
    const place = await filesOnly(opened)
    context.report.note(`where the database stands is not known: ${oneLine(error.message)}`)
    return place
  }
}

export function placeIn({ graph, heads, missing, applied }: TierPosition): Place {
  return {
    graph,
    current: heads.filter((revision) => graph.has(revision)),
    unknown: heads.filter((revision) => !graph.has(revision)),
    missing: new Set(missing),
    applied,
  }
}
