import {
  assign,
  type ConstraintModel,
  emptySchema,
  findTable,
  refText,
  type SchemaModel,
  type TableModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import { findCounterpart, isSame } from '@org/migrate-core/internal'
import { creationsOf } from '../differences/creations.ts'
import { freeName } from '../differences/free-name.ts'
import type { RenamedPart, TableDifference, TablePart } from '../differences/table-difference.ts'
import { retyped } from './changed-columns.ts'
import { changeColumns } from './columns.ts'
import {
  type Compare,
  type Composition,
  isStrict,
  type Steps,
  type TableChange,
  tableChange,
  tableNow,
} from './composition.ts'
import { startCounters, stopCounters } from './counters.ts'
import {
  canRefer,
  type Detour,
  dropConstraint,
  type ForeignKey,
  foreignKeyOf,
  inKeyOrder,
  isForeignKey,
  parentsOf,
} from './keys.ts'
import { isRemoved } from './names.ts'
import { originalTable } from './originals.ts'
import { dropRetypedTexts } from './retyped-texts.ts'
import { checkConstraint, checkIndex } from './row-checks.ts'
import { dropPart } from './table-part.ts'

/** Foreign keys that wait until everything is there that they refer to. */
type Waiting = Detour[]

/** It may have gone before, so that something else could. */
function* dropRemaining({ composition, now, difference: { ref } }: TableChange, part: TablePart): Steps {
  const key = foreignKeyOf(part)
  const isThere =
    part.kind === 'index'
      ? now.indexes.some(({ name }) => name === part.index.name)
      : key === undefined
        ? !isRemoved(now, part.constraint)
        : findCounterpart(composition.model, now, key, 'either') !== undefined
  if (isThere) yield* dropPart(ref, part)
}

const validatable =
  'locks the table while its rows are checked: for a large table, validate it with `op.sql` instead, as the guide to large tables shows'

/** Apart from its validation the constraint is there: the server could check the rows without a lock, which no operation does. */
function* addConstraint(composition: Composition, table: TableRef, constraint: ConstraintModel): Steps {
  const operation = { kind: 'addConstraint', table, constraint } as const
  const isValidation = originalTable(composition, table)?.table.constraints.some((one) => {
    if (!('notValid' in one)) return false
    const { notValid: _, ...validated } = one
    return isSame(validated, constraint)
  })
  yield isValidation === true ? { kind: 'operation', operation, note: validatable } : operation
}

export function* addForeignKey(composition: Composition, table: TableRef, key: ForeignKey): Steps {
  yield* checkConstraint(composition, table, key)
  yield* addConstraint(composition, table, key)
}

function* addPart({ composition, difference }: TableChange, part: TablePart, waiting: Waiting): Steps {
  const { ref: table } = difference
  if (part.kind === 'index') {
    yield* checkIndex(composition, table, part.index)
    const { source: _, ...index } = part.index
    yield { kind: 'createIndex', table, index }
    return
  }
  const key = foreignKeyOf(part)
  if (key === undefined) {
    yield* checkConstraint(composition, table, part.constraint)
    yield* addConstraint(composition, table, part.constraint)
  } else if (canRefer(composition, key)) yield* addForeignKey(composition, table, key)
  else waiting.push({ table, key })
}

function* renamePart(
  { now: { ref: table, constraints, indexes } }: TableChange,
  { kind, from, to }: RenamedPart,
): Steps {
  // What had to be away for the time being comes back under its new name.
  if (!(kind === 'index' ? indexes : constraints).some(({ name }) => name === from)) return
  if (kind === 'index') yield { kind: 'renameIndex', table, index: from, to }
  else yield { kind: 'renameConstraint', table, constraint: from, to }
}

/** Each after the one whose name it gets. Of parts that exchange their names, one has another name meanwhile. */
function* renameParts(change: TableChange, parts: readonly RenamedPart[]): Steps {
  const left = [...parts]
  for (let [first] = left; first !== undefined; [first] = left) {
    const free = left.findIndex((part) => !left.some((other) => other !== part && other.from === part.to))
    const [part] = free === -1 ? [] : left.splice(free, 1)
    if (part !== undefined) {
      yield* renamePart(change, part)
      continue
    }
    const taken = new Set([...change.now.constraints, ...change.now.indexes].map(({ name }) => name))
    const between = freeName('renamed', (name) => taken.has(name))
    yield* renamePart(change, { ...first, to: between })
    left.splice(0, 1, { ...first, from: between })
  }
}

/** Foreign keys go first and come last: they stand on the others. */
const keysFirst = (a: TablePart, b: TablePart): number =>
  Number(foreignKeyOf(a) === undefined) - Number(foreignKeyOf(b) === undefined)

const rank = (part: TablePart): number => {
  if (part.kind === 'index') return 3
  return { primaryKey: 0, unique: 1, check: 2, exclude: 2, foreignKey: 4 }[part.constraint.kind]
}

/** Gives the foreign keys that wait for what they refer to. */
export function* createTables(composition: Composition, added: readonly TableModel[]): Steps<Waiting> {
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
      yield { kind: 'createTable', table }
    } else if (operation.kind === 'addConstraint' && isForeignKey(operation.constraint)) {
      waiting.push({ table: operation.table, key: operation.constraint })
    }
  }
  return waiting
}

/** A new table without the foreign keys that stand on something an existing table gets only later. */
function withKeysThatCanBe(composition: Composition, table: TableModel, waiting: Waiting): TableModel {
  const later = table.constraints.filter(isForeignKey).filter((key) => {
    if (tableKey(key.references.table) === tableKey(table.ref)) return false
    return isStrict(composition)
      ? composition.differences.has(tableKey(key.references.table))
      : !canRefer(composition, key)
  })
  waiting.push(...later.map((key) => ({ table: table.ref, key })))
  if (later.length === 0) return table
  return { ...table, constraints: table.constraints.filter((one) => !isForeignKey(one) || !later.includes(one)) }
}

export function changedTables(composition: Composition): readonly TableDifference[] {
  const tables = [...composition.differences.values()].flatMap(({ ref }) => findTable(composition.to, ref) ?? [])
  return inKeyOrder(composition, tables).flatMap(({ ref }) => composition.differences.get(tableKey(ref)) ?? [])
}

/**
 * A column without a collation of its own has that of its table, and one that is there keeps the table's of then. A key is only made
 * between columns that are alike, so they follow before it comes.
 */
function* followOptions({ composition, now }: TableChange, compare: Compare): Steps {
  const rest = compare(now)
  const changed = rest?.changed.filter(({ facts }) => facts.has('collation')) ?? []
  if (rest === undefined || changed.length === 0) return
  const facts = new Set(['collation'])
  const following = { ...rest, added: [], removed: [], changed: changed.map((each) => ({ ...each, facts })) }
  yield* changeColumns(tableChange(composition, following))
}

/** What went for a column that changes, and stays: as it is declared. */
function returningParts({ now, difference }: TableChange, compare: Compare): readonly TablePart[] {
  if (retyped(difference.changed).length === 0) return []
  const missing = compare(now)?.partsAdded ?? []
  return missing.filter(
    (part) => foreignKeyOf(part) === undefined && !difference.partsAdded.some((one) => isSame(one, part)),
  )
}

/** What is left to change of a table: an heir has got what was given to its parents. */
export function leftOf(composition: Composition, difference: TableDifference, compare: Compare): TableDifference {
  const now = tableNow(composition, difference.ref)
  return parentsOf(composition.dialect, now).length === 0 ? difference : (compare(now) ?? difference)
}

/** All changes of one table, together: on SQLite they make one rebuild. */
export function* changeTable(
  composition: Composition,
  difference: TableDifference,
  waiting: Waiting,
  compare: Compare,
): Steps {
  const { ref, partsRemoved, partsAdded, partsRenamed, options, comment } = difference
  const change = tableChange(composition, difference)
  yield* stopCounters(change)
  for (const part of [...partsRemoved].sort(keysFirst)) yield* dropRemaining(change, part)
  yield* renameParts(change, partsRenamed)
  yield* dropRetypedTexts(change, compare)
  yield* changeColumns(change)
  if (Object.keys(options).length > 0) {
    yield { kind: 'alterTableOptions', table: ref, options }
    yield* followOptions(change, compare)
  }
  const added = [...partsAdded, ...returningParts(change, compare)].sort((a, b) => rank(a) - rank(b))
  for (const part of added.filter((one) => rank(one) < 2)) yield* addPart(change, part, waiting)
  yield* startCounters(change)
  for (const part of added.filter((one) => rank(one) >= 2)) yield* addPart(change, part, waiting)
  if (comment !== undefined) yield { kind: 'setComment', on: { table: ref }, comment }
}

/** Drops the foreign keys that close a circle among tables that go: no order of dropping would do otherwise. */
function* openCircles(composition: Composition, order: readonly TableModel[]): Steps {
  const positions = new Map(order.map(({ ref }, at) => [tableKey(ref), at]))
  for (const [at, { ref, constraints }] of order.entries()) {
    for (const key of constraints.filter(isForeignKey)) {
      const target = positions.get(tableKey(key.references.table))
      if (target === undefined || target >= at) continue
      if (findCounterpart(composition.model, tableNow(composition, ref), key, 'either')) yield* dropConstraint(ref, key)
    }
  }
}

/** Tables that are no longer declared, referencing tables first. */
export function* dropTables(composition: Composition): Steps {
  const removed = [...composition.model.tables.values()].filter(({ ref }) => !composition.to.tables.has(tableKey(ref)))
  const order = [...inKeyOrder(composition, removed)].reverse()
  yield* openCircles(composition, order)
  for (const { ref } of order) {
    const loses = `the table ${refText(ref)} and its rows`
    yield { kind: 'operation', operation: { kind: 'dropTable', table: ref }, loses }
  }
}
