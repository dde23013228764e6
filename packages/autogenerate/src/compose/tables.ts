import type { TableModel, TableRef } from '@org/migrate-core/dialect'
import { findCounterpart } from '@org/migrate-core/internal'
import type { RenamedPart, TableDifference, TablePart } from '../differences/table-difference.ts'
import { changeColumns } from './columns.ts'
import { type Composition, type Steps, type TableChange, tableChange } from './composition.ts'
import { startCounters, stopCounters } from './counters.ts'
import { canRefer, type Detour, dropConstraint, type ForeignKey, foreignKeyOf } from './keys.ts'
import { isRemoved } from './names.ts'
import { checkConstraint, checkIndex } from './row-checks.ts'

/** Foreign keys that wait until everything is there that they refer to. */
export type Waiting = Detour[]

function* dropPart({ composition, now, difference: { ref: table } }: TableChange, part: TablePart): Steps {
  if (part.kind === 'index') {
    const { name } = part.index
    if (now.indexes.some((index) => index.name === name)) yield { kind: 'dropIndex', table, index: name }
    return
  }
  const key = foreignKeyOf(part)
  // It may have gone before, so that something else could.
  const isThere =
    key === undefined
      ? !isRemoved(now, part.constraint)
      : findCounterpart(composition.model, now, key, 'either') !== undefined
  if (isThere) yield* dropConstraint(table, part.constraint)
}

export function* addForeignKey(composition: Composition, table: TableRef, key: ForeignKey): Steps {
  yield* checkConstraint(composition, table, key)
  yield { kind: 'addConstraint', table, constraint: key }
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
    yield { kind: 'addConstraint', table, constraint: part.constraint }
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

/** Foreign keys go first and come last: they stand on the others. */
const keysFirst = (a: TablePart, b: TablePart): number =>
  Number(foreignKeyOf(a) === undefined) - Number(foreignKeyOf(b) === undefined)

const rank = (part: TablePart): number => {
  if (part.kind === 'index') return 3
  return { primaryKey: 0, unique: 1, check: 2, exclude: 2, foreignKey: 4 }[part.constraint.kind]
}

/** A table of the declaration beside what it is at some point of the revision. */
export type Compare = (table: TableModel) => TableDifference | undefined

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
  for (const part of [...partsRemoved].sort(keysFirst)) yield* dropPart(change, part)
  for (const part of partsRenamed) yield* renamePart(change, part)
  yield* changeColumns(change)
  if (Object.keys(options).length > 0) {
    yield { kind: 'alterTableOptions', table: ref, options }
    yield* followOptions(change, compare)
  }
  const added = [...partsAdded].sort((a, b) => rank(a) - rank(b))
  for (const part of added.filter((one) => rank(one) < 2)) yield* addPart(change, part, waiting)
  yield* startCounters(change)
  for (const part of added.filter((one) => rank(one) >= 2)) yield* addPart(change, part, waiting)
  if (comment !== undefined) yield { kind: 'setComment', on: { table: ref }, comment }
}
