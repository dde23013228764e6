import type { Conflict, Migrator, Operation, RevisionGraph } from '@org/migrate-core'
import {
  type Dialect,
  describe,
  isFunction,
  isText,
  optional,
  refText,
  requireArgument,
  requireArguments,
  requireOptions,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import {
  conflicts,
  contextOf,
  graphsOfFiles,
  isBarrier,
  isGraph,
  isTexts,
  maximalOf,
  recordUpgrade,
  requireSeparateTargets,
  resolveTargets,
  selectTier,
} from '@org/migrate-core/internal'

import { nameKeyOf } from '../compose/names.ts'
import { partsOf, type TablePart } from '../differences/table-difference.ts'

/** Two operations, one of each side, that speak of the same thing. */
export interface BranchConflict {
  readonly left: { readonly revision: string; readonly operation: string }
  readonly right: { readonly revision: string; readonly operation: string }
  /** Where they meet: paths such as `table:users/column:email`. */
  readonly footprints: readonly string[]
}

/** An operation whose footprint is not known: SQL without declared effects, a data step. */
export interface UnknownFootprint {
  readonly revision: string
  readonly operation: string
}

export interface BranchSide {
  readonly head: string
  /** Those that the other side does not have, in the order in which they run. */
  readonly revisions: readonly string[]
  readonly unknown: readonly UnknownFootprint[]
}

export interface BranchPair {
  readonly left: BranchSide
  readonly right: BranchSide
  /** Where they part: the last revisions that both stand on; empty where they have nothing in common. */
  readonly ancestors: readonly string[]
  /**
   * `conflict`: both speak of the same thing, so that their order matters. `unknown`: neither is seen to, but one of them
   * has an operation whose footprint is not known.
   */
  readonly verdict: 'independent' | 'conflict' | 'unknown'
  readonly conflicts: readonly BranchConflict[]
}

/** Gives what the upgrade of a revision records. */
export type OperationsOf = (revision: string) => readonly Operation[]

/** A head, and what it stands on in the order in which it runs. */
interface Lineage {
  readonly head: string
  readonly revisions: readonly string[]
  readonly has: (revision: string) => boolean
}

function lineageOf(graph: RevisionGraph, head: string): Lineage {
  const own = graph.ancestorsOf([head])
  return { head, revisions: graph.order.filter((revision) => own.has(revision)), has: (revision) => own.has(revision) }
}

function sideOf(operationsOf: OperationsOf, { head, revisions: own }: Lineage, other: Lineage): BranchSide {
  const revisions = own.filter((revision) => !other.has(revision))
  const unknown = revisions.flatMap((revision) =>
    operationsOf(revision)
      .filter(isBarrier)
      .map((operation) => ({ revision, operation: describe(operation) })),
  )
  return { head, revisions, unknown }
}

/** What an operation gives a name that whole schemas have once, by the place that the name takes. */
type NamesOf = (operation: Operation) => ReadonlyMap<string, { readonly table: TableRef; readonly path: string }>

/** Parts of two tables that get one name, where the server has it once: of one table the paths meet already. */
function sameNames(one: readonly Operation[], other: readonly Operation[], namesOf: NamesOf): readonly Conflict[] {
  const theirs = other.map((right) => ({ right, names: namesOf(right) }))
  return one.flatMap((left) => {
    const own = [...namesOf(left)]
    return theirs.flatMap(({ right, names }): Conflict[] => {
      const footprints = own.flatMap(([key, { table, path }]) => {
        const taken = names.get(key)
        return taken === undefined || tableKey(taken.table) === tableKey(table) ? [] : [path, taken.path]
      })
      return footprints.length === 0 ? [] : [{ left, right, footprints: footprints.sort() }]
    })
  })
}

/** Names that are given to indexes and constraints of tables. What a renamed constraint is, only the schema tells. */
function namesOn(dialect: Dialect): NamesOf {
  const given = (table: TableRef, parts: readonly TablePart[]) =>
    new Map(
      parts.flatMap((part) => {
        const key = nameKeyOf({ dialect }, table, part)
        const path = `table:${refText(table)}/${part.kind}:${part.kind === 'index' ? part.index.name : part.constraint.name}`
        return key === undefined ? [] : [[key, { table, path }] as const]
      }),
    )
  return (operation) => {
    if (operation.kind === 'createTable') return given(operation.table.ref, partsOf(operation.table))
    if (operation.kind === 'createIndex') return given(operation.table, [{ kind: 'index', index: operation.index }])
    if (operation.kind === 'addConstraint')
      return given(operation.table, [{ kind: 'constraint', constraint: operation.constraint }])
    if (operation.kind !== 'renameIndex') return new Map()
    return given(operation.table, [{ kind: 'index', index: { name: operation.to, unique: false, elements: [] } }])
  }
}

/** The known conflicts of both sides; operations without a known footprint decide the verdict. */
function findBranchConflicts(
  left: BranchSide,
  right: BranchSide,
  operationsOf: OperationsOf,
  namesOf: NamesOf,
): readonly BranchConflict[] {
  const operationsWithFootprint = (revision: string): readonly Operation[] =>
    operationsOf(revision).filter((each) => !isBarrier(each))
  return left.revisions.flatMap((mine) =>
    right.revisions.flatMap((theirs) =>
      [
        ...conflicts(operationsWithFootprint(mine), operationsWithFootprint(theirs)),
        ...sameNames(operationsWithFootprint(mine), operationsWithFootprint(theirs), namesOf),
      ].map((conflict: Conflict) => ({
        left: { revision: mine, operation: describe(conflict.left) },
        right: { revision: theirs, operation: describe(conflict.right) },
        footprints: conflict.footprints,
      })),
    ),
  )
}

/**
 * Whether branches touch the same things since they parted, each with each. For a check before they are merged: what meets has to
 * be looked at by a person, because it depends on the order in which the two run.
 *
 * Throws UNKNOWN_REVISION, and OVERLAPPING_TARGETS where one of them stands on another.
 *
 * @param heads default: all heads that nothing depends on
 *
 * ```ts
 * const [pair] = compareBranches(graph, (revision) => recorded.get(revision) ?? [])
 * if (pair?.verdict === 'conflict') console.log(pair.conflicts)
 * ```
 */
export function compareBranches(
  graph: RevisionGraph,
  operationsOf: OperationsOf,
  heads?: readonly string[],
): readonly BranchPair[] {
  return comparePairs(graph, operationsOf, heads, () => new Map())
}

function comparePairs(
  graph: RevisionGraph,
  operationsOf: OperationsOf,
  heads: readonly string[] | undefined,
  namesOf: NamesOf,
): readonly BranchPair[] {
  const checks = { graph: isGraph, operationsOf: isFunction, heads: optional(isTexts) }
  requireArguments('compareBranches', { graph, operationsOf, heads }, checks)
  const separate = [...new Set(heads ?? graph.effectiveHeads)]
  requireSeparateTargets(graph, separate)
  const lineages = separate.map((head) => lineageOf(graph, head))
  return lineages.flatMap((one, at) =>
    lineages.slice(at + 1).map((other): BranchPair => {
      const left = sideOf(operationsOf, one, other)
      const right = sideOf(operationsOf, other, one)
      const ancestors = maximalOf(graph, one.revisions.filter(other.has))
      const branchConflicts = findBranchConflicts(left, right, operationsOf, namesOf)
      const hidden = left.unknown.length + right.unknown.length > 0
      return {
        left,
        right,
        ancestors,
        verdict: branchConflicts.length > 0 ? 'conflict' : hidden ? 'unknown' : 'independent',
        conflicts: branchConflicts,
      }
    }),
  )
}

/**
 * Whether the branches of a tier touch the same things since they parted, from the files alone; default: all its heads. Only the files
 * of their sides are imported.
 *
 * Throws INVALID_OPTION, TIER_UNKNOWN, and what resolving the heads and recording the files throws.
 */
export async function checkBranches(
  migrator: Migrator,
  names: readonly string[] = [],
  options: { readonly tier?: string } = {},
): Promise<readonly BranchPair[]> {
  const { resolved } = contextOf('checkBranches', migrator)
  requireArgument('checkBranches', 'heads', names, isTexts)
  const { tier } = requireOptions('checkBranches', options, { tier: isText })
  const each = selectTier(await graphsOfFiles(resolved), tier)
  const { graph } = each
  // A line has no branches.
  if (each.tier.kind === 'sequential') return []
  const heads = names.length === 0 ? graph.effectiveHeads : resolveTargets(graph, names)
  const lineages = heads.map((head) => graph.ancestorsOf([head]))
  const dialect = await resolved.dialect.load()
  const recorded = new Map<string, readonly Operation[]>()
  for (const revision of graph.order) {
    const on = lineages.filter((lineage) => lineage.has(revision)).length
    if (on === 0 || on === lineages.length) continue
    const { operations } = await recordUpgrade(dialect, each, revision)
    recorded.set(
      revision,
      operations.map(({ operation }) => operation),
    )
  }
  return comparePairs(graph, (revision) => recorded.get(revision) ?? [], heads, namesOn(dialect))
}
