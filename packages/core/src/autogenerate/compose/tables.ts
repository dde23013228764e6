import { refText } from '../../model/edit.ts'
import type { TableModel, TableRef } from '../../model/schema-model.ts'
import type { Part, RenamedPart, TableDifference } from '../table-difference.ts'
import { changeColumns } from './columns.ts'
import { startCounters, stopCounters } from './counters.ts'
import { canRefer, type Detour, dropConstraint, type ForeignKey, foreignKeyOf, stillThere } from './keys.ts'
import { isGone } from './names.ts'
import { checkConstraint, checkIndex } from './rows-first.ts'
import { emit, tableNow, type Work } from './work.ts'

/** Foreign keys that wait until everything is there that they refer to. */
export type Waiting = Detour[]

function dropPart(work: Work, table: TableRef, part: Part): void {
  const now = tableNow(work, table)
  if (part.is === 'index') {
    const { name } = part.index
    if (now.indexes.some((index) => index.name === name)) emit(work, { kind: 'dropIndex', table, index: name })
    return
  }
  const key = foreignKeyOf(part)
  // It may have gone before, so that something else could.
  const isThere = key === undefined ? !isGone(work, table, part.constraint) : stillThere(work, table, key) !== undefined
  if (isThere) dropConstraint(work, table, part.constraint)
}

export function addForeignKey(work: Work, table: TableRef, key: ForeignKey): void {
  checkConstraint(work, table, key)
  emit(work, { kind: 'addConstraint', table, constraint: key })
}

function addPart(work: Work, table: TableRef, part: Part, waiting: Waiting): void {
  if (part.is === 'index') {
    checkIndex(work, table, part.index)
    const { source: _, ...index } = part.index
    emit(work, { kind: 'createIndex', table, index })
    return
  }
  const key = foreignKeyOf(part)
  if (key === undefined) {
    checkConstraint(work, table, part.constraint)
    emit(work, { kind: 'addConstraint', table, constraint: part.constraint })
  } else if (canRefer(work, key)) addForeignKey(work, table, key)
  else waiting.push({ table, key })
}

function renamePart(work: Work, table: TableRef, { is, from, to }: RenamedPart): void {
  const { constraints, indexes } = tableNow(work, table)
  // What had to be away for the time being comes back under its new name.
  if (!(is === 'index' ? indexes : constraints).some(({ name }) => name === from)) return
  if (is === 'index') emit(work, { kind: 'renameIndex', table, index: from, to })
  else emit(work, { kind: 'renameConstraint', table, constraint: from, to })
}

/** Foreign keys go first and come last: they stand on the others. */
const keysFirst = (a: Part, b: Part): number =>
  Number(foreignKeyOf(a) === undefined) - Number(foreignKeyOf(b) === undefined)

const rank = (part: Part): number => {
  if (part.is === 'index') return 3
  return { primaryKey: 0, unique: 1, check: 2, exclude: 2, foreignKey: 4 }[part.constraint.kind]
}

/** A table of the declaration beside what it is at some point of the revision. */
export type Compare = (table: TableModel) => TableDifference | undefined

/**
 * A column without a collation of its own has that of its table, and one that is there keeps the table's of then. A key is only made
 * between columns that are alike, so they follow before it comes.
 */
function followOptions(work: Work, table: TableRef, compare: Compare): void {
  const rest = compare(tableNow(work, table))
  const changed = rest?.changed.filter(({ facts }) => facts.has('collation')) ?? []
  if (rest === undefined || changed.length === 0) return
  const facts = new Set(['collation'])
  changeColumns(work, { ...rest, added: [], gone: [], changed: changed.map((each) => ({ ...each, facts })) })
}

/** All changes of one table, together: on SQLite they make one rebuild. */
export function changeTable(work: Work, difference: TableDifference, waiting: Waiting, compare: Compare): void {
  const { ref, partsGone, partsAdded, partsRenamed, options, comment } = difference
  stopCounters(work, difference)
  for (const part of [...partsGone].sort(keysFirst)) dropPart(work, ref, part)
  for (const part of partsRenamed) renamePart(work, ref, part)
  changeColumns(work, difference)
  if (Object.keys(options).length > 0) {
    emit(work, { kind: 'alterTableOptions', table: ref, options })
    followOptions(work, ref, compare)
  }
  const added = [...partsAdded].sort((a, b) => rank(a) - rank(b))
  for (const part of added.filter((one) => rank(one) < 2)) addPart(work, ref, part, waiting)
  startCounters(work, difference)
  for (const part of added.filter((one) => rank(one) >= 2)) addPart(work, ref, part, waiting)
  if (comment !== undefined) emit(work, { kind: 'setComment', on: { table: ref }, comment })
}

/** Tables that nobody declares any more, those first that refer to others. */
export function dropTable(work: Work, table: TableRef): void {
  emit(work, { kind: 'dropTable', table }, { loses: `the table ${refText(table)} and its rows` })
}
