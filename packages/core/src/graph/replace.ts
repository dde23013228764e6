import { MigrateError } from '../errors/migrate-error.ts'
import { isSquashed } from './current-nodes.ts'
import type { GraphNode } from './revision-graph.ts'

/** What a squashed revision is recorded for in a database that has applied everything that it replaces. */
export interface Replacement {
  readonly revision: string
  /** The rows of the version table whose place it takes; empty where a later revision is applied. */
  readonly removed: readonly string[]
}

/** A database that has applied a part of what a squashed revision replaces. */
export interface InsideSquash {
  readonly squash: string
  /** In order; the last one is the head of the range. */
  readonly replaced: readonly string[]
  /** Of these: the rows of the version table, and revisions that are interrupted. */
  readonly at: readonly string[]
  /** Those of `at` that are interrupted. */
  readonly interrupted: readonly string[]
  /** Revisions of the range whose files are gone. */
  readonly missing: readonly string[]
}

/** What a database says of its position. */
export interface ReplacedPosition {
  /** The rows of the version table. */
  readonly rows: readonly string[]
  /** Revisions that are interrupted. */
  readonly interrupted?: readonly string[]
}

/** The revisions as one database has to see them. */
export interface ReplacedNodes<N extends GraphNode> {
  /** Either the squashed revision, or what it replaces. */
  readonly nodes: readonly N[]
  /** The rows, with squashed revisions in place of the heads of their ranges. */
  readonly rows: readonly string[]
  readonly unrecorded: readonly Replacement[]
  readonly inside: readonly InsideSquash[]
  /** A revision that is read later, with its parents renamed in the same way. */
  rename(node: N): N
}

const headOf = (replaces: readonly string[]): string => replaces.at(-1) ?? ''

/** Squashed revisions, those that another one replaces first. */
function innermostFirst<N extends GraphNode>(nodes: readonly N[]): readonly N[] {
  const squashes = nodes.filter(isSquashed)
  const ids = new Set(squashes.map(({ revision }) => revision))
  const sorted: N[] = []
  const visited = new Set<string>()
  const visit = (node: N): void => {
    if (visited.has(node.revision)) return
    visited.add(node.revision)
    for (const id of node.replaces ?? []) {
      const inner = ids.has(id) ? squashes.find(({ revision }) => revision === id) : undefined
      if (inner !== undefined) visit(inner)
    }
    sorted.push(node)
  }
  for (const each of squashes) visit(each)
  return sorted
}

/** Throws SQUASH_CROSSED where two squashed revisions replace the same one. */
function requireReplacedOnce<N extends GraphNode>(squashes: readonly N[]): void {
  const owner = new Map<string, string>()
  for (const { revision, replaces = [] } of squashes) {
    for (const id of replaces) {
      const other = owner.get(id)
      if (other !== undefined || id === revision) {
        const why = other === undefined ? 'it replaces itself' : `${other} replaces ${id}, too`
        throw crossed(revision, [id], why)
      }
      owner.set(id, revision)
    }
  }
}

export function crossed(squash: string, revisions: readonly string[], why: string): MigrateError<'SQUASH_CROSSED'> {
  return new MigrateError('SQUASH_CROSSED', { squash, revisions, why }, `${squash} cannot replace its range: ${why}.`)
}

/** The properties of a header may read its file: they are copied, not read. */
function withEdges<N extends GraphNode>(node: N, parents: readonly string[], dependsOn: readonly string[]): N {
  const copy = Object.create(null) as object
  return Object.defineProperties(copy, {
    ...Object.getOwnPropertyDescriptors(node),
    parents: { value: parents, enumerable: true },
    dependsOn: { value: dependsOn, enumerable: true },
  }) as N
}

/** Who refers to the head of a range refers to the squashed revision; the rest of the range is not there any more. */
function renaming<N extends GraphNode>(
  heads: ReadonlyMap<string, string>,
  replacedBy: ReadonlyMap<string, string>,
): (node: N) => N {
  return (node) => {
    const renamed = (name: string): string => {
      const squash = heads.get(name)
      if (squash !== undefined) return renamed(squash)
      const other = replacedBy.get(name)
      if (other === undefined) return name
      throw crossed(other, [node.revision, name], `${node.revision} follows ${name}, which is inside the range`)
    }
    const isTouched = [...node.parents, ...node.dependsOn].some((name) => heads.has(name) || replacedBy.has(name))
    return isTouched ? withEdges(node, node.parents.map(renamed), node.dependsOn.map(renamed)) : node
  }
}

/**
 * Chooses between each squashed revision and what it replaces. A database that has applied none of the range, or all of it, sees the
 * squashed revision. One that is inside the range sees the revisions of the range, as far as their files exist.
 *
 * Throws SQUASH_CROSSED where a revision follows another one than the head of a range.
 *
 * ```ts
 * replaceNodes([a, b, { ...s, replaces: ['a', 'b'] }], { rows: ['b'] }).unrecorded // [{ revision: 's', removed: ['b'] }]
 * ```
 */
export function replaceNodes<N extends GraphNode>(
  nodes: readonly N[],
  { rows: actual, interrupted = [] }: ReplacedPosition,
): ReplacedNodes<N> {
  const squashes = innermostFirst(nodes)
  const byId = new Map(nodes.map((node) => [node.revision, node]))
  // An id that is there twice is refused by the graph.
  if (squashes.length === 0 || byId.size < nodes.length)
    return { nodes, rows: actual, unrecorded: [], inside: [], rename: (node) => node }
  requireReplacedOnce(squashes)
  const removed = new Set<string>()
  const heads = new Map<string, string>()
  const replacedBy = new Map<string, string>()
  const unrecorded: Replacement[] = []
  const inside: InsideSquash[] = []
  let rows = actual
  for (const { revision, replaces = [] } of squashes) {
    const head = headOf(replaces)
    const before = new Set(replaces.slice(0, -1))
    const open = interrupted.filter((id) => before.has(id) || id === head)
    const at = [
      ...rows.filter((row) => before.has(row)),
      ...open,
      ...replaces.filter((id) => inside.some(({ squash }) => squash === id)),
    ]
    const missing = replaces.filter((id) => !byId.has(id))
    if (at.length > 0)
      inside.push({ squash: revision, replaced: replaces, at: [...new Set(at)], interrupted: open, missing })
    if (at.length > 0 && missing.length === 0) {
      removed.add(revision)
      // What was made since follows the squashed revision.
      heads.set(revision, head)
      continue
    }
    for (const id of replaces) {
      removed.add(id)
      if (id === head) heads.set(id, revision)
      else replacedBy.set(id, revision)
    }
    if (!rows.includes(head)) continue
    rows = rows.map((row) => (row === head ? revision : row))
    // One that another squashed revision replaces leaves a row of its own behind only until that one is recorded.
    const inner = unrecorded.findIndex((each) => each.revision === head)
    const [replaced] = inner === -1 ? [] : unrecorded.splice(inner, 1)
    unrecorded.push({ revision, removed: replaced?.removed ?? [head] })
  }
  const rename = renaming<N>(heads, replacedBy)
  // Of a database inside a range whose files are gone, the history knows the revisions of the range.
  const renameHeads = renaming<N>(heads, new Map())
  return {
    nodes: nodes.filter(({ revision }) => !removed.has(revision)).map(rename),
    rows,
    unrecorded,
    inside,
    rename: (node) => (removed.has(node.revision) ? node : renameHeads(node)),
  }
}

/** What a database inside the range has to do. */
export function refuseInside(
  { squash, replaced, at, interrupted, missing }: InsideSquash,
  database = 'The database',
): never {
  const applied = at.filter((id) => !interrupted.includes(id))
  const position = [
    ...(applied.length > 0 ? [`at ${applied.join(', ')}`] : []),
    ...(interrupted.length > 0 ? [`in the middle of ${interrupted.join(', ')}`] : []),
  ].join(' and ')
  const head = headOf(replaced)
  const rest = `\`migrate upgrade ${head}\`, which ends the range, then \`migrate upgrade\`, which records ${squash}`
  throw new MigrateError(
    'INSIDE_SQUASH',
    { squash, at, head, missing },
    `${database} is ${position}, inside the range that ${squash} replaces.`,
    {
      remedy:
        missing.length === 0
          ? `Run ${rest}.`
          : `Bring back the files of ${missing.join(', ')}, for example with the release before them; then run ${rest}.`,
    },
  )
}

/** Whether a target names a revision of the range, with which a database leaves it. */
export function isOfRange({ replaced }: InsideSquash, target: string | undefined): boolean {
  const shortest = 4
  return replaced.some(
    (id) => id === target || (target !== undefined && target.length >= shortest && id.startsWith(target)),
  )
}
