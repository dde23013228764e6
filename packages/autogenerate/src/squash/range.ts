import { createRevisionGraph, MigrateError, type RevisionGraph, type RevisionHeader } from '@org/migrate-core'
import { isText, requireArguments } from '@org/migrate-core/dialect'
import { crossed, isGraph } from '@org/migrate-core/internal'

/** A part of a graph with one base and one head. */
export interface SquashRange {
  readonly from: string
  readonly to: string
  /** In the order to run, the head last. */
  readonly revisions: readonly string[]
  /** What the range stands on. */
  readonly parents: readonly string[]
  readonly branchLabels: readonly string[]
}

type Graph = RevisionGraph<RevisionHeader>

function usage(problem: string, remedy: string): MigrateError<'USAGE'> {
  return new MigrateError('USAGE', { problem }, problem, { remedy })
}

/** Each edge that crosses the edge of the range anywhere but at its base and its head, by name. */
function crossings(graph: Graph, inside: ReadonlySet<string>, from: string, to: string): readonly string[] {
  return [...inside].flatMap((id) => [
    ...(id === from ? [] : graph.parentsOf(id))
      .filter((parent) => !inside.has(parent))
      .map((parent) => `${id} follows ${parent}, which is outside`),
    ...graph
      .dependenciesOf(id)
      .flatMap((other) => (inside.has(other) ? [] : [`${id} depends on ${other}, which is outside`])),
    ...(id === to ? [] : graph.childrenOf(id))
      .filter((child) => !inside.has(child))
      .map((child) => `${child}, which is outside, follows ${id}`),
    ...(id === to ? [] : graph.dependantsOf(id))
      .filter((other) => !inside.has(other))
      .map((other) => `${other}, which is outside, depends on ${id}`),
  ])
}

/** Labels that name other revisions outside of the range than before, if the squashed revision carries those of the range. */
function movedLabels(graph: Graph, { to, revisions, parents, branchLabels }: SquashRange): readonly string[] {
  if (branchLabels.length === 0) return []
  const inside = new Set(revisions)
  const rest = graph.ids
    .filter((id) => !inside.has(id))
    .map((id) => {
      const { revision, dependsOn, branchLabels: labels } = graph.get(id)
      const own = graph.parentsOf(id).map((parent) => (inside.has(parent) ? to : parent))
      return {
        revision,
        parents: own,
        dependsOn: dependsOn.map((name) => (inside.has(name) ? to : name)),
        branchLabels: labels,
      }
    })
  const squashed = createRevisionGraph([...rest, { revision: to, parents, dependsOn: [], branchLabels }])
  return rest.flatMap(({ revision }) => {
    const [before, after] = [graph.labelsOf(revision), squashed.labelsOf(revision)]
    return branchLabels
      .filter((label) => before.includes(label) !== after.includes(label))
      .map((label) =>
        after.includes(label)
          ? `the label ${label} would name ${revision}, too`
          : `the label ${label} would not name ${revision} any more`,
      )
  })
}

/**
 * The range from one revision to another, both included. Throws USAGE where it has not two revisions, SQUASH_CROSSED where a branch, a
 * label or a `dependsOn` crosses its edge.
 */
export function squashRange(graph: Graph, from: string, to: string): SquashRange {
  requireArguments('squashRange', { graph, from, to }, { graph: isGraph, from: isText, to: isText })
  const above = graph.descendantsOf([from], 'parents')
  const revisions = graph.order.filter((id) => above.has(id) && graph.ancestorsOf([to], 'parents').has(id))
  const name = `${from}:${to}`
  if (!revisions.includes(to)) throw usage(`${to} does not follow ${from}`, 'Name a range with one base and one head.')
  if (revisions.length < 2) throw usage(`${name} is one revision`, 'Name a range of at least two revisions.')
  const inside = new Set(revisions)
  const branchLabels = [...new Set(revisions.flatMap((id) => graph.get(id).branchLabels))]
  const range = {
    from,
    to,
    revisions: [...revisions.filter((id) => id !== to), to],
    parents: graph.parentsOf(from),
    branchLabels,
  }
  const why = [...crossings(graph, inside, from, to), ...movedLabels(graph, range)]
  if (why.length > 0) throw crossed(name, revisions, why.join('; '))
  return range
}
