import {
  assign,
  emptySchema,
  findTable,
  refText,
  type SchemaModel,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import type { Change } from '../differences/change.ts'
import { creationsOf } from '../differences/creations.ts'
import { isEqual, type TableDifference } from '../differences/table-difference.ts'
import { type Composition, emit, isStrict, tableNow } from './composition.ts'
import {
  currentConstraint,
  detours,
  dropConstraint,
  foreignKeyOf,
  inKeyOrder,
  isDroppedEarly,
  isForeignKey,
  renamedKey,
} from './keys.ts'
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
import { addForeignKey, type Compare, changeTable, dropTable, type Waiting } from './tables.ts'
import { dropBrokenViews, dropViews, makeViews, type ViewDifference } from './views.ts'

/** Everything in which two schemas differ, before it has an order. */
export interface UnorderedDifferences {
  readonly added: readonly TableModel[]
  readonly views: readonly ViewDifference[]
  /** Sequences that come with a column of their own. */
  readonly implied: ReadonlySet<string>
  readonly supportsSequenceTypes: boolean
  readonly compare: Compare
}

function schemas(composition: Composition): void {
  for (const schema of composition.to.schemas) {
    if (!composition.model.schemas.includes(schema)) emit(composition, { kind: 'createSchema', schema })
  }
}

function dropSchemas(composition: Composition): void {
  for (const schema of composition.model.schemas) {
    if (!composition.to.schemas.includes(schema)) emit(composition, { kind: 'dropSchema', schema })
  }
}

/** Foreign keys whose turn comes before that of their table. */
function dropEarly(composition: Composition): void {
  for (const difference of composition.differences.values()) {
    for (const part of difference.partsRemoved) {
      const key = foreignKeyOf(part)
      if (key !== undefined && isDroppedEarly(composition, difference.ref, key))
        dropConstraint(composition, difference.ref, key)
    }
  }
}

/** Gives the foreign keys that wait for what they refer to. */
function createTables(composition: Composition, added: readonly TableModel[]): Waiting {
  const waiting: Waiting = []
  const part: SchemaModel = {
    ...emptySchema,
    tables: new Map(added.map((table) => [tableKey(table.ref), assign(table, 'policies', undefined)])),
  }
  // On every server alike, also where a key that is added later is a rebuild: one revision can serve several databases then, and each
  // step has an inverse. A table that refers to one that is not there yet could be made, and not be taken away again.
  for (const operation of creationsOf(part)) {
    if (operation.kind === 'createTable') {
      const own = withKeysThatCanBe(composition, operation.table, waiting)
      const { source: _, ...table } = own
      emit(composition, { kind: 'createTable', table })
    } else if (operation.kind === 'addConstraint' && isForeignKey(operation.constraint)) {
      waiting.push({ table: operation.table, key: operation.constraint })
    }
  }
  return waiting
}

/** A new table without the foreign keys that stand on something an existing table gets only later. */
function withKeysThatCanBe(composition: Composition, table: TableModel, waiting: Waiting): TableModel {
  const later = table.constraints.filter(isForeignKey).filter((key) => {
    if (!isStrict(composition) || tableKey(key.references.table) === tableKey(table.ref)) return false
    return composition.differences.has(refText(key.references.table))
  })
  waiting.push(...later.map((key) => ({ table: table.ref, key })))
  if (later.length === 0) return table
  return { ...table, constraints: table.constraints.filter((one) => !isForeignKey(one) || !later.includes(one)) }
}

function changedTables(composition: Composition): readonly TableDifference[] {
  const tables = [...composition.differences.values()].flatMap(({ ref }) => findTable(composition.to, ref) ?? [])
  return inKeyOrder(tables).flatMap(({ ref }) => composition.differences.get(refText(ref)) ?? [])
}

/** Drops the foreign keys that close a circle among tables that go: no order of dropping would do otherwise. */
function openCircles(composition: Composition, order: readonly TableModel[]): void {
  const positions = new Map(order.map(({ ref }, at) => [tableKey(ref), at]))
  for (const [at, { ref, constraints }] of order.entries()) {
    for (const key of constraints.filter(isForeignKey)) {
      const target = positions.get(tableKey(key.references.table))
      if (target !== undefined && target < at && currentConstraint(composition, ref, key))
        dropConstraint(composition, ref, key)
    }
  }
}

function dropTables(composition: Composition): void {
  const removed = [...composition.model.tables.values()].filter(({ ref }) => !composition.to.tables.has(tableKey(ref)))
  const order = [...inKeyOrder(removed)].reverse()
  openCircles(composition, order)
  for (const { ref } of order) dropTable(composition, ref)
}

/** How often what one round of changes brought about is changed again. */
const rounds = 3

/**
 * What the changes brought about besides, and the declaration does not say: on MySQL a column keeps the collation that it had through
 * its table or its key.
 */
function applyRemainingDifferences(composition: Composition, compare: Compare): void {
  for (let round = 0; round < rounds; round++) {
    let isStable = true
    for (const { ref } of composition.differences.values()) {
      const rest = compare(tableNow(composition, ref))
      if (rest === undefined || isEqual(rest)) continue
      isStable = false
      changeTable(composition, rest, [], compare)
    }
    if (isStable) return
  }
}

/**
 * Puts differences in an order in which every server takes them: what stands on something goes before it and comes after it, all
 * changes of one table stand together, checks of the rows that are there come first, and what loses data last.
 */
export function compose(composition: Composition, differences: UnorderedDifferences): readonly Change[] {
  const renames = composition.changes.splice(0)
  const broken = dropBrokenViews(composition, differences.views, renames)
  const before = composition.changes.splice(0)
  schemas(composition)
  createExtensions(composition)
  dropTriggers(composition)
  const unclear = dropPolicies(composition)
  const back = [...broken, ...dropViews(composition, differences.views)]
  const around = detours(composition)
  for (const { table, key } of around) dropConstraint(composition, table, key)
  dropEarly(composition)
  freeNames(composition, differences.added)
  enums(composition)
  createSequences(composition, differences.implied)
  const waiting = createTables(composition, differences.added)
  secureRows(composition)
  for (const difference of changedTables(composition))
    changeTable(composition, difference, waiting, differences.compare)
  const remaining = around.filter(
    ({ table, key }) =>
      composition.to.tables.has(tableKey(table)) && composition.to.tables.has(tableKey(key.references.table)),
  )
  for (const { table, key } of waiting) addForeignKey(composition, table, key)
  for (const { table, key } of remaining)
    emit(composition, { kind: 'addConstraint', table, constraint: renamedKey(composition, table, key) })
  applyRemainingDifferences(composition, differences.compare)
  alterSequences(composition, differences.supportsSequenceTypes)
  dropTables(composition)
  dropSequences(composition)
  dropEnums(composition)
  makeViews(composition, differences.views, back)
  createPolicies(composition, differences.added, unclear)
  createTriggers(composition)
  dropExtensions(composition)
  dropSchemas(composition)
  return [...composition.checks, ...before, ...renames, ...composition.changes]
}
