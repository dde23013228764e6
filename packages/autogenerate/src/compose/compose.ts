import type { Operation } from '@org/migrate-core'
import { findTable, type SchemaModel, type TableModel, tableKey, type ViewModel } from '@org/migrate-core/dialect'
import { isSame, securityImpact } from '@org/migrate-core/internal'
import type { Change, OperationChange } from '../differences/change.ts'
import { isEqual } from '../differences/table-difference.ts'
import { type Compare, type Composition, type Steps, tableNow } from './composition.ts'
import { detours } from './detours.ts'
import { dropConstraint, dropEarly, renamedKey } from './keys.ts'
import { freeNames } from './names.ts'
import {
  alterSequences,
  createExtensions,
  createSequences,
  createTriggers,
  dropEnums,
  dropExtensions,
  dropSequences,
  dropTriggers,
  enums,
} from './objects.ts'
import { createPolicies, dropPolicies, secureRows } from './policies.ts'
import { addForeignKey, changedTables, changeTable, createTables, dropTables, leftOf } from './tables.ts'
import { dropBrokenViews, dropViews, makeViews, type ViewDifference } from './views.ts'

/** Everything in which two schemas differ, before it has an order. */
interface UnorderedDifferences {
  readonly added: readonly TableModel[]
  readonly views: readonly ViewDifference[]
  /** Sequences that come with a column of their own. */
  readonly implied: ReadonlySet<string>
  readonly supportsSequenceTypes: boolean
  readonly compare: Compare
}

function* schemas(composition: Composition): Steps {
  for (const schema of composition.to.schemas) {
    if (!composition.model.schemas.includes(schema)) yield { kind: 'createSchema', schema }
  }
}

function* dropSchemas(composition: Composition): Steps {
  for (const schema of composition.model.schemas) {
    if (!composition.to.schemas.includes(schema)) yield { kind: 'dropSchema', schema }
  }
}

/** How often what one round of changes brought about is changed again. */
const rounds = 3

/**
 * What the changes brought about besides, and the declaration does not say: on MySQL a column keeps the collation that it had through
 * its table or its key.
 */
function* applyRemainingDifferences(composition: Composition, compare: Compare): Steps {
  for (let round = 0; round < rounds; round++) {
    let isStable = true
    for (const { ref } of composition.differences.values()) {
      const rest = compare(tableNow(composition, ref))
      if (rest === undefined || isEqual(rest)) continue
      isStable = false
      yield* changeTable(composition, rest, [], compare)
    }
    if (isStable) return
  }
}

/**
 * A change that leaves the column as the model has it already is none: what the server shows otherwise then comes with another operation,
 * as the type and the collation that a key gives its columns on MySQL.
 */
function isNoChange(before: SchemaModel, after: SchemaModel, operation: Operation): boolean {
  if (operation.kind !== 'alterColumn') return false
  // The place of a column is known only once something was done to its table.
  const [columnsBefore, columnsAfter] = [before, after].map((model) =>
    findTable(model, operation.table)?.columns.map(({ after: _, ...column }) => column),
  )
  return isSame(columnsBefore, columnsAfter)
}

interface FoldedSteps<T> {
  readonly checks: readonly Change[]
  readonly changes: readonly Change[]
  /** What the steps ended with. */
  readonly result: T
}

/** Folds each step into the schema before the next is asked for, so that what cannot be run is never written. */
function foldSteps<T>(composition: Composition, steps: Steps<T>): FoldedSteps<T> {
  const checks: Change[] = []
  const changes: Change[] = []
  let next = steps.next()
  for (; next.done !== true; next = steps.next()) {
    const step = next.value
    if (step.kind === 'fill') changes.push(step)
    else if (step.kind === 'rowCheck') checks.push({ kind: 'operation', operation: step.operation })
    else {
      const change: OperationChange = step.kind === 'operation' ? step : { kind: 'operation', operation: step }
      const before = composition.model
      const after = composition.dialect.model.apply(before, change.operation)
      if (isNoChange(before, after, change.operation)) continue
      const security = securityImpact(before, change.operation)
      composition.model = after
      changes.push(security === undefined ? change : { ...change, security })
    }
  }
  return { checks, changes, result: next.value }
}

/** All changes but renames and what breaks views by them, in an order in which every server takes them. */
function* changeSchema(
  composition: Composition,
  differences: UnorderedDifferences,
  broken: readonly ViewModel[],
): Steps {
  yield* schemas(composition)
  yield* createExtensions(composition)
  yield* dropTriggers(composition)
  const unclear = yield* dropPolicies(composition)
  const back = [...broken, ...(yield* dropViews(composition, differences.views))]
  const around = detours(composition)
  for (const { table, key } of around) yield* dropConstraint(table, key)
  yield* dropEarly(composition)
  yield* freeNames(composition, differences.added)
  yield* enums(composition)
  yield* createSequences(composition, differences.implied)
  const waiting = yield* createTables(composition, differences.added)
  yield* secureRows(composition)
  for (const difference of changedTables(composition))
    yield* changeTable(composition, leftOf(composition, difference, differences.compare), waiting, differences.compare)
  const remaining = around.filter(
    ({ table, key }) =>
      composition.to.tables.has(tableKey(table)) && composition.to.tables.has(tableKey(key.references.table)),
  )
  for (const { table, key } of waiting) yield* addForeignKey(composition, table, key)
  for (const { table, key } of remaining)
    yield { kind: 'addConstraint', table, constraint: renamedKey(composition, table, key) }
  yield* applyRemainingDifferences(composition, differences.compare)
  yield* alterSequences(composition, differences.supportsSequenceTypes)
  yield* dropTables(composition)
  yield* dropSequences(composition)
  yield* dropEnums(composition)
  yield* makeViews(composition, differences.views, back)
  yield* createPolicies(composition, differences.added, unclear)
  yield* createTriggers(composition)
  yield* dropExtensions(composition)
  yield* dropSchemas(composition)
}

/**
 * Puts differences in an order in which every server takes them: what stands on something goes before it and comes after it, all
 * changes of one table stand together, checks of the rows that are there come first, and what loses data last.
 */
export function compose(
  composition: Composition,
  renames: readonly Change[],
  differences: UnorderedDifferences,
): readonly Change[] {
  const broken = foldSteps(composition, dropBrokenViews(composition, differences.views, renames))
  const { checks, changes } = foldSteps(composition, changeSchema(composition, differences, broken.result))
  return [...checks, ...broken.changes, ...renames, ...changes]
}
