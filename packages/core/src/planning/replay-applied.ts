import type { RecordedInverse } from '../bookkeeping/history.ts'
import { type Compiled, compileOperations } from '../compile/compile.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { emptySchema, tableKey } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { isOpaque, type Operation } from '../operations/operation.ts'
import { operationsOf, type RecordedOperation } from '../operations/recording.ts'
import { recordUpgrade } from './recording/record-file.ts'
import type { TierGraph } from './route.ts'
import { rulesOf } from './tier-rules.ts'

export interface ReplayResult {
  readonly schema: SchemaModel
  /** Revisions with SQL that does not say what it does: what they made of it is not in the schema. */
  readonly opaque: readonly string[]
}

/** What the upgrade of a revision records, and what it makes of a model. */
export async function replayRevision(
  dialect: Dialect,
  each: TierGraph,
  revision: string,
  before: SchemaModel,
): Promise<{ readonly operations: readonly Operation[]; readonly after: SchemaModel }> {
  const { operations } = await recordUpgrade(dialect, each, revision)
  let after = before
  // The model that comes out of compiling: what the compiler remembers of it, such as its names, serves the next revision.
  for (const compiled of compiledParts(dialect, before, operations)) after = compiled.after
  return { operations: operationsOf(operations), after }
}

/** A recording compiled from a model, one part after the other. */
function* compiledParts(
  dialect: Dialect,
  before: SchemaModel,
  operations: readonly RecordedOperation[],
): Generator<Compiled> {
  let model = before
  for (let at = 0; at < operations.length; ) {
    const compiled = compileOperations(dialect, model, operations, at)
    yield compiled
    model = compiled.after
    at += compiled.taken
  }
}

/** The effective operations of a recording over a model, each with its inverse, without guarded creates. */
export function compiledFrom(
  dialect: Dialect,
  before: SchemaModel,
  operations: readonly RecordedOperation[],
): readonly RecordedInverse[] {
  const resolvedOperations: RecordedInverse[] = []
  // Whether the object existed before is not known: dropping it could drop what is not ours.
  const sequences = new Set(
    operations.flatMap(({ operation }) =>
      operation.kind === 'createSequence' && operation.ifNotExists ? [tableKey(operation.sequence.ref)] : [],
    ),
  )
  const guarded = (index: number): boolean => {
    const operation = operations[index]?.operation
    if (operation === undefined) return false
    // Part of making the sequence: its owner is set once the owner's table is there.
    if (operation.kind === 'alterSequence') return sequences.has(tableKey(operation.sequence))
    return 'ifNotExists' in operation && operation.ifNotExists === true
  }
  let index = 0
  for (const { groups } of compiledParts(dialect, before, operations)) {
    for (const group of groups) {
      for (const { operation, inverse, skipped } of group.operations) {
        if (skipped === undefined && !guarded(index)) resolvedOperations.push({ operation, inverse })
        index += 1
      }
    }
  }
  return resolvedOperations
}

/** What some revisions make of an empty database, from their files alone. */
async function replayRevisions(
  dialect: Dialect,
  tiers: readonly TierGraph[],
  isMeant: (each: TierGraph, revision: string) => boolean,
): Promise<ReplayResult> {
  let schema = emptySchema
  const opaque: string[] = []
  for (const each of tiers) {
    for (const revision of rulesOf(each).order(each)) {
      if (!isMeant(each, revision)) continue
      const { operations, after } = await replayRevision(dialect, each, revision, schema)
      if (operations.some(isOpaque)) opaque.push(revision)
      schema = after
    }
  }
  return { schema, opaque }
}

/** What the applied revisions make of an empty database. */
export function replayApplied(dialect: Dialect, tiers: readonly TierGraph[]): Promise<ReplayResult> {
  const applied = new Map(
    tiers.map((each) => [
      each,
      each.tier.kind === 'graph' ? each.graph.ancestorsOf(each.applied) : new Set(each.applied),
    ]),
  )
  return replayRevisions(dialect, tiers, (each, revision) => applied.get(each)?.has(revision) ?? false)
}

/** What all revisions make of an empty database. */
export function replayAll(dialect: Dialect, tiers: readonly TierGraph[]): Promise<ReplayResult> {
  return replayRevisions(dialect, tiers, () => true)
}

/** What a revision of the graph (null: none) and all before it make of an empty database; the earlier tiers have gone their whole way. */
export function replayUpTo(
  dialect: Dialect,
  tiers: readonly TierGraph[],
  revision: string | null,
): Promise<ReplayResult> {
  const ancestorsByTier = new Map(
    tiers.map(({ tier, graph }) => [
      tier.name,
      revision !== null && graph.has(revision) ? graph.ancestorsOf([revision]) : undefined,
    ]),
  )
  return replayRevisions(
    dialect,
    tiers,
    ({ tier }, id) => ancestorsByTier.get(tier.name)?.has(id) ?? tier.kind === 'sequential',
  )
}
