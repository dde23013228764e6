import { assign, emptySchema, findTable, refText, tableKey } from '../../model/edit.ts'
import type { SchemaModel, TableModel } from '../../model/schema-model.ts'
import type { Change } from '../change.ts'
import { creationsOf } from '../creations.ts'
import { isEqual, type TableDifference } from '../table-difference.ts'
import {
  detours,
  dropConstraint,
  foreignKeyOf,
  goesEarly,
  inKeyOrder,
  isForeignKey,
  stillThere,
  underNewName,
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
import { emit, isStrict, tableNow, type Work } from './work.ts'

/** Everything in which two schemas differ, before it has an order. */
export interface Found {
  readonly fresh: readonly TableModel[]
  readonly views: readonly ViewDifference[]
  /** Sequences that come with a column of their own. */
  readonly implied: ReadonlySet<string>
  readonly saysSequenceTypes: boolean
  readonly compare: Compare
}

function schemas(work: Work): void {
  for (const schema of work.to.schemas) {
    if (!work.model.schemas.includes(schema)) emit(work, { kind: 'createSchema', schema })
  }
}

function dropSchemas(work: Work): void {
  for (const schema of work.model.schemas) {
    if (!work.to.schemas.includes(schema)) emit(work, { kind: 'dropSchema', schema })
  }
}

/** Foreign keys whose turn comes before that of their table. */
function dropEarly(work: Work): void {
  for (const difference of work.differences.values()) {
    for (const part of difference.partsGone) {
      const key = foreignKeyOf(part)
      if (key !== undefined && goesEarly(work, difference.ref, key)) dropConstraint(work, difference.ref, key)
    }
  }
}

/** Gives the foreign keys that wait for what they refer to. */
function createTables(work: Work, fresh: readonly TableModel[]): Waiting {
  const waiting: Waiting = []
  const part: SchemaModel = {
    ...emptySchema,
    tables: new Map(fresh.map((table) => [tableKey(table.ref), assign(table, 'policies', undefined)])),
  }
  // On every server alike, also where a key that is added later is a rebuild: one revision can serve several databases then, and each
  // step has an inverse. A table that refers to one that is not there yet could be made, and not be taken away again.
  for (const operation of creationsOf(part)) {
    if (operation.kind === 'createTable') {
      const own = withKeysThatCanBe(work, operation.table, waiting)
      const { source: _, ...table } = own
      emit(work, { kind: 'createTable', table })
    } else if (operation.kind === 'addConstraint' && isForeignKey(operation.constraint)) {
      waiting.push({ table: operation.table, key: operation.constraint })
    }
  }
  return waiting
}

/** A new table without the foreign keys that stand on something an existing table gets only later. */
function withKeysThatCanBe(work: Work, table: TableModel, waiting: Waiting): TableModel {
  const later = table.constraints.filter(isForeignKey).filter((key) => {
    if (!isStrict(work) || tableKey(key.references.table) === tableKey(table.ref)) return false
    return work.differences.has(refText(key.references.table))
  })
  waiting.push(...later.map((key) => ({ table: table.ref, key })))
  if (later.length === 0) return table
  return { ...table, constraints: table.constraints.filter((one) => !isForeignKey(one) || !later.includes(one)) }
}

function changedTables(work: Work): readonly TableDifference[] {
  const tables = [...work.differences.values()].flatMap(({ ref }) => findTable(work.to, ref) ?? [])
  return inKeyOrder(tables).flatMap(({ ref }) => work.differences.get(refText(ref)) ?? [])
}

/** Drops the foreign keys that close a circle among tables that go: no order of dropping would do otherwise. */
function openCircles(work: Work, order: readonly TableModel[]): void {
  const places = new Map(order.map(({ ref }, at) => [tableKey(ref), at]))
  for (const [at, { ref, constraints }] of order.entries()) {
    for (const key of constraints.filter(isForeignKey)) {
      const target = places.get(tableKey(key.references.table))
      if (target !== undefined && target < at && stillThere(work, ref, key)) dropConstraint(work, ref, key)
    }
  }
}

function dropTables(work: Work): void {
  const gone = [...work.model.tables.values()].filter(({ ref }) => !work.to.tables.has(tableKey(ref)))
  const order = [...inKeyOrder(gone)].reverse()
  openCircles(work, order)
  for (const { ref } of order) dropTable(work, ref)
}

/** How often what one round of changes brought about is changed again. */
const rounds = 3

/**
 * What the changes brought about besides, and the declaration does not say: on MySQL a column keeps the collation that it had through
 * its table or its key.
 */
function settleRest(work: Work, compare: Compare): void {
  for (let round = 0; round < rounds; round++) {
    let isSettled = true
    for (const { ref } of work.differences.values()) {
      const rest = compare(tableNow(work, ref))
      if (rest === undefined || isEqual(rest)) continue
      isSettled = false
      changeTable(work, rest, [], compare)
    }
    if (isSettled) return
  }
}

/**
 * Puts differences in an order in which every server takes them: what stands on something goes before it and comes after it, all
 * changes of one table stand together, checks of the rows that are there come first, and what loses data last.
 */
export function compose(work: Work, found: Found): readonly Change[] {
  const renames = work.changes.splice(0)
  const broken = dropBrokenViews(work, found.views, renames)
  const before = work.changes.splice(0)
  schemas(work)
  createExtensions(work)
  dropTriggers(work)
  const unclear = dropPolicies(work)
  const back = [...broken, ...dropViews(work, found.views)]
  const around = detours(work)
  for (const { table, key } of around) dropConstraint(work, table, key)
  dropEarly(work)
  freeNames(work, found.fresh)
  enums(work)
  createSequences(work, found.implied)
  const waiting = createTables(work, found.fresh)
  secureRows(work)
  for (const difference of changedTables(work)) changeTable(work, difference, waiting, found.compare)
  const kept = around.filter(
    ({ table, key }) => work.to.tables.has(tableKey(table)) && work.to.tables.has(tableKey(key.references.table)),
  )
  for (const { table, key } of waiting) addForeignKey(work, table, key)
  for (const { table, key } of kept)
    emit(work, { kind: 'addConstraint', table, constraint: underNewName(work, table, key) })
  settleRest(work, found.compare)
  alterSequences(work, found.saysSequenceTypes)
  dropTables(work)
  dropSequences(work)
  dropEnums(work)
  makeViews(work, found.views, back)
  createPolicies(work, found.fresh, unclear)
  createTriggers(work)
  dropExtensions(work)
  dropSchemas(work)
  return [...work.checks, ...before, ...renames, ...work.changes]
}
