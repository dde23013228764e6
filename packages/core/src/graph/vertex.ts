import { MigrateError } from '../errors/migrate-error.ts'
import type { GraphNode } from './revision-graph.ts'

/** The words that targets give a meaning to. */
const reserved = new Set(['head', 'heads', 'base', 'current'])

/** `-`, `+`, `@` and `:` are the grammar of targets (`label@head`, `+2`, `a:b`). */
const grammar = /[@\-+:]/
const invisible = /[\s\p{Cc}\p{Cf}\p{Cs}]/u
const longest = 64

function whyIllegal(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (name.length > longest) return `it has ${name.length} characters, ${longest} are allowed`
  const sign = grammar.exec(name)
  if (sign) return `"${sign[0]}" has a meaning in targets such as label@head, +2 or from:to`
  // Files are named after ids.
  if (/[\\/]/.test(name) || /^\.+$/.test(name)) return 'it would be a path'
  if (invisible.test(name)) return 'it contains white space or an invisible character'
  if (reserved.has(name)) return 'the word has a meaning of its own in targets'
  return undefined
}

/** The id of a revision, with its file where it comes from one. */
export function nameWithFile({ revision, source }: GraphNode): string {
  return source === undefined || source === '<value>' ? revision : `${revision} (${source})`
}

/** Throws ILLEGAL_REVISION_ID where the id could not be stored or not be typed as a target. */
function requireLegalId(revision: string, source?: string): void {
  const why = whyIllegal(revision)
  if (why === undefined) return
  const where = source === undefined ? '' : ` of ${source}`
  throw new MigrateError(
    'ILLEGAL_REVISION_ID',
    { revision, why },
    `The revision id ${JSON.stringify(revision)}${where} cannot be used: ${why}.`,
  )
}

/** The same rules for a branch label, which is typed in the same places. */
function requireLegalLabel(label: string, node: GraphNode): void {
  const why = whyIllegal(label)
  if (why === undefined) return
  throw new MigrateError(
    'ILLEGAL_REVISION_ID',
    { revision: label, why },
    `The branch label ${JSON.stringify(label)} of revision ${nameWithFile(node)} cannot be used: ${why}.`,
  )
}

/** A revision with its neighbours, so that walking needs no look-ups. All lists are sorted by id. */
export interface Vertex<N extends GraphNode> {
  readonly id: string
  readonly node: N
  parents: readonly Vertex<N>[]
  dependencies: readonly Vertex<N>[]
  children: readonly Vertex<N>[]
  dependants: readonly Vertex<N>[]
  /** Parents and dependencies, each once. */
  before: readonly Vertex<N>[]
  /** Children and dependants, each once. */
  after: readonly Vertex<N>[]
}

interface LinkedVertices<N extends GraphNode> {
  readonly byId: ReadonlyMap<string, Vertex<N>>
  readonly byLabel: ReadonlyMap<string, Vertex<N>>
}

/** By code unit: the same on every machine, whatever its locale. */
export function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function compareVertices(a: { readonly id: string }, b: { readonly id: string }): number {
  return compareIds(a.id, b.id)
}

function union<N extends GraphNode>(a: readonly Vertex<N>[], b: readonly Vertex<N>[]): readonly Vertex<N>[] {
  if (b.length === 0) return a
  if (a.length === 0) return b
  return [...new Set([...a, ...b])].sort(compareVertices)
}

const none: readonly never[] = Object.freeze([])

/**
 * Most revisions have one neighbour on each side: an array of that length takes a tenth of the memory of one that grows. A revision with
 * thousands of children gets one that grows.
 */
function withOne<N extends GraphNode>(list: readonly Vertex<N>[], vertex: Vertex<N>): readonly Vertex<N>[] {
  if (list.length === 0) return [vertex]
  ;(list as Vertex<N>[]).push(vertex)
  return list
}

function sorted<N extends GraphNode>(list: readonly Vertex<N>[]): readonly Vertex<N>[] {
  return list.length < 2 ? list : list.toSorted(compareVertices)
}

function collectIds<N extends GraphNode>(nodes: readonly N[]): Map<string, Vertex<N>> {
  const byId = new Map<string, Vertex<N>>()
  for (const node of nodes) {
    const id = node.revision
    requireLegalId(id, node.source)
    if (byId.has(id)) {
      const sources = nodes.flatMap((n) => (n.revision === id && n.source !== undefined ? [n.source] : []))
      const where = sources.length === 0 ? '' : `: ${sources.sort(compareIds).join(', ')}`
      throw new MigrateError(
        'DUPLICATE_REVISION',
        { revision: id, sources },
        `${sources.length > 2 ? `${sources.length} revisions have` : 'Two revisions have'} the id ${id}${where}.`,
      )
    }
    byId.set(id, {
      id,
      node,
      parents: none,
      dependencies: none,
      children: none,
      dependants: none,
      before: none,
      after: none,
    })
  }
  return byId
}

function collectLabels<N extends GraphNode>(byId: ReadonlyMap<string, Vertex<N>>): Map<string, Vertex<N>> {
  const byLabel = new Map<string, Vertex<N>>()
  for (const vertex of byId.values()) {
    for (const label of new Set(vertex.node.branchLabels)) {
      requireLegalLabel(label, vertex.node)
      const other = byLabel.get(label) ?? byId.get(label)
      if (other) {
        const clash = byId.has(label)
          ? `is also the id of ${nameWithFile(other.node)}`
          : `is already used by ${nameWithFile(other.node)}`
        throw new MigrateError(
          'DUPLICATE_LABEL',
          { label, revisions: [...new Set([other.id, vertex.id])].sort(compareIds) },
          `The branch label ${label} of revision ${nameWithFile(vertex.node)} ${clash}.`,
        )
      }
      byLabel.set(label, vertex)
    }
  }
  return byLabel
}

function linkParents<N extends GraphNode>(vertex: Vertex<N>, byId: ReadonlyMap<string, Vertex<N>>): void {
  const { id, node } = vertex
  for (const name of new Set(node.parents)) {
    if (name === id) {
      throw new MigrateError(
        'SELF_LOOP',
        { revision: id },
        `Revision ${nameWithFile(node)} names itself as its parent.`,
      )
    }
    const parent = byId.get(name)
    if (!parent) {
      throw new MigrateError(
        'MISSING_PARENT',
        { revision: id, missing: name },
        `Revision ${nameWithFile(node)} revises ${JSON.stringify(name)}, which does not exist.`,
      )
    }
    vertex.parents = withOne(vertex.parents, parent)
    parent.children = withOne(parent.children, vertex)
  }
}

function linkDependencies<N extends GraphNode>(vertex: Vertex<N>, linked: LinkedVertices<N>): void {
  const { id, node } = vertex
  if (node.dependsOn.length === 0) return
  const dependencies = new Set<Vertex<N>>()
  for (const name of node.dependsOn) {
    const dependency = linked.byId.get(name) ?? linked.byLabel.get(name)
    if (!dependency) {
      throw new MigrateError(
        'MISSING_DEPENDENCY',
        { revision: id, missing: name },
        `Revision ${nameWithFile(node)} depends on ${JSON.stringify(name)}, which is neither a revision nor a branch label.`,
      )
    }
    if (dependency === vertex) {
      throw new MigrateError(
        'DEPENDENCY_SELF_LOOP',
        { revision: id },
        `Revision ${nameWithFile(node)} depends on itself.`,
      )
    }
    dependencies.add(dependency)
  }
  for (const dependency of dependencies) {
    vertex.dependencies = withOne(vertex.dependencies, dependency)
    dependency.dependants = withOne(dependency.dependants, vertex)
  }
}

/**
 * Connects the revisions. What is wrong with one revision is found here, in the order of the ids so that the same files
 * always give the same error; cycles are found while ordering.
 */
export function linkVertices<N extends GraphNode>(nodes: readonly N[]): LinkedVertices<N> {
  const byId = collectIds([...nodes].sort((a, b) => compareIds(a.revision, b.revision)))
  const byLabel = collectLabels(byId)
  const linked = { byId, byLabel }
  for (const vertex of byId.values()) {
    linkParents(vertex, byId)
    linkDependencies(vertex, linked)
  }
  for (const vertex of byId.values()) {
    // Children and dependants arrive sorted because the vertices are walked in the order of their ids.
    vertex.parents = sorted(vertex.parents)
    vertex.dependencies = sorted(vertex.dependencies)
    vertex.before = union(vertex.parents, vertex.dependencies)
    vertex.after = union(vertex.children, vertex.dependants)
  }
  return linked
}
