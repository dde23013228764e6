import { canonicalJson } from '../../model/canonical.ts'
import { findColumn, findTable, refText, tableKey } from '../../model/edit.ts'
import type { ConstraintModel, ConstraintOf, SchemaModel, TableModel, TableRef } from '../../model/schema-model.ts'
import { selectorOf } from '../../operations/traits/constraints.ts'
import { needsFirst } from '../needs-first.ts'
import { type Part, partsOf, type TableDifference } from '../table-difference.ts'
import { emit, isStrict, tableNow, type Work } from './work.ts'

export type ForeignKey = ConstraintOf<'foreignKey'>

export const isForeignKey = (constraint: ConstraintModel): constraint is ForeignKey => constraint.kind === 'foreignKey'

export const foreignKeyOf = (part: Part): ForeignKey | undefined =>
  part.is === 'constraint' && isForeignKey(part.constraint) ? part.constraint : undefined

/** A foreign key that has to be away while something it stands on changes, and comes back as it was. */
export interface Detour {
  readonly table: TableRef
  readonly key: ForeignKey
}

const targetKey = (key: ForeignKey): string => tableKey(key.references.table)

/** The columns that a foreign key refers to, also where it only means the primary key. */
export function referenced(model: SchemaModel, key: ForeignKey): readonly string[] {
  if (key.references.columns.length > 0) return key.references.columns
  const primary = findTable(model, key.references.table)?.constraints.find(({ kind }) => kind === 'primaryKey')
  return primary?.kind === 'primaryKey' ? primary.columns : []
}

function columnsOf(part: Part): readonly string[] {
  if (part.is === 'index') return part.index.elements.flatMap(({ column }) => column ?? [])
  return 'columns' in part.constraint ? part.constraint.columns : []
}

/** What no column may change while a key refers to it: MySQL takes AUTO_INCREMENT for another type. */
function heldFacts(work: Work): readonly ('type' | 'collation' | 'identity')[] {
  return work.dialect.capabilities.alterColumn === 'redefine'
    ? ['type', 'collation', 'identity']
    : ['type', 'collation']
}

function changesUnderKey(work: Work, difference: TableDifference | undefined, columns: readonly string[]): boolean {
  const facts = heldFacts(work)
  return (
    difference?.changed.some((each) => columns.includes(each.name) && facts.some((fact) => each.facts.has(fact))) ??
    false
  )
}

/** Whether a part is a key over these columns, in any order. */
function isKeyOver(columns: readonly string[]): (part: Part) => boolean {
  const wanted = canonicalJson([...columns].sort())
  return (part) => {
    const isKey = part.is === 'index' ? part.index.unique : ['primaryKey', 'unique'].includes(part.constraint.kind)
    return isKey && canonicalJson([...columnsOf(part)].sort()) === wanted
  }
}

/** A key of the table that a foreign key needs goes, or is made anew. */
function losesKey(difference: TableDifference | undefined, columns: readonly string[]): boolean {
  return difference?.partsGone.some(isKeyOver(columns)) ?? false
}

/** A column that the foreign key of another table refers to goes. */
function losesColumn(work: Work, table: TableRef, key: ForeignKey): boolean {
  if (tableKey(table) === targetKey(key)) return false
  const columns = referenced(work.model, key)
  const difference = work.differences.get(refText(key.references.table))
  return difference?.gone.some(({ name }) => columns.includes(name)) ?? false
}

/** A column without a collation of its own takes that of its table, which changes. */
function followsTable(difference: TableDifference | undefined, table: TableModel, columns: readonly string[]): boolean {
  if (difference?.options.collation === undefined) return false
  return table.columns.some(({ name, collation }) => collation === undefined && columns.includes(name))
}

/**
 * Foreign keys that stay, and that the server would not let us change something under: the type of a column on either side, the key
 * that they refer to, the index that serves them. On SQLite, which lets us, those that would refer to no column.
 */
export function detours(work: Work): readonly Detour[] {
  return [...work.model.tables.values()].flatMap((table) =>
    table.constraints.filter(isForeignKey).flatMap((key): readonly Detour[] => {
      const own = work.differences.get(refText(table.ref))
      const other = work.differences.get(refText(key.references.table))
      const isGoing = own?.partsGone.some((part) => {
        const gone = foreignKeyOf(part)
        return gone !== undefined && isSameKey(gone, key)
      })
      if (isGoing) return []
      if (!isStrict(work)) return losesColumn(work, table.ref, key) ? [{ table: table.ref, key }] : []
      const columns = referenced(work.model, key)
      const target = findTable(work.model, key.references.table)
      const isTouched =
        changesUnderKey(work, own, key.columns) ||
        changesUnderKey(work, other, columns) ||
        losesKey(other, columns) ||
        followsTable(own, table, key.columns) ||
        (target !== undefined && followsTable(other, target, columns))
      return isTouched ? [{ table: table.ref, key }] : []
    }),
  )
}

/** Foreign keys that go before anything else: what they refer to is changed or dropped by what comes before their own table's turn. */
export function goesEarly(work: Work, table: TableRef, key: ForeignKey): boolean {
  if (!isStrict(work)) return losesColumn(work, table, key)
  return work.differences.has(refText(key.references.table)) || !work.to.tables.has(targetKey(key))
}

/** Whether one of the columns still waits for what it could not become under a key. */
function waitsForChange(work: Work, target: TableModel, columns: readonly string[]): boolean {
  const changed = work.differences.get(refText(target.ref))?.changed ?? []
  return changed.some(({ name, facts, found }) => {
    const now = columns.includes(name) ? findColumn(target, name) : undefined
    if (now === undefined) return false
    return heldFacts(work).some(
      (fact) => facts.has(fact) && canonicalJson(now[fact] ?? null) === canonicalJson(found[fact] ?? null),
    )
  })
}

/** Whether what a foreign key refers to is there at this point, as it is to be, and has a key of these columns that stays. */
export function canRefer(work: Work, key: ForeignKey): boolean {
  if (!isStrict(work)) return true
  const target = findTable(work.model, key.references.table)
  const columns = referenced(work.model, key)
  if (target === undefined || waitsForChange(work, target, columns)) return false
  const going = work.differences.get(refText(target.ref))?.partsGone ?? []
  const gone = new Set(going.map((part) => canonicalJson(part)))
  return partsOf(target).some((part) => isKeyOver(columns)(part) && !gone.has(canonicalJson(part)))
}

export function dropConstraint(work: Work, table: TableRef, constraint: ConstraintModel): void {
  const selector = selectorOf(constraint)
  if (selector !== undefined) emit(work, { kind: 'dropConstraint', table, constraint: selector })
}

/** The tables in the order in which foreign keys refer to each other, what is referred to first; circles in the order of names. */
export function inKeyOrder(tables: readonly TableModel[]): readonly TableModel[] {
  const byKey = new Map(tables.map((table) => [tableKey(table.ref), table]))
  return needsFirst(tables, (table) =>
    table.constraints.filter(isForeignKey).flatMap((key) => byKey.get(targetKey(key)) ?? []),
  )
}

/** Whether two foreign keys of one table are the same one: a server shows it with other words than the revision that made it (RESTRICT). */
function isSameKey(one: ConstraintModel, key: ForeignKey): boolean {
  if (one === key) return true
  if (one.kind !== 'foreignKey') return false
  if (one.name !== undefined && key.name !== undefined) return one.name === key.name
  return canonicalJson([one.columns, one.references]) === canonicalJson([key.columns, key.references])
}

/** The same constraint in the table as it stands now, where renames and changes have been folded over it. */
export function stillThere(work: Work, table: TableRef, key: ForeignKey): ConstraintModel | undefined {
  return tableNow(work, table).constraints.find((one) => isSameKey(one, key))
}

/** A key that was away while its table changed comes back as what it is called now. */
export function underNewName(work: Work, table: TableRef, key: ForeignKey): ForeignKey {
  const renamed = work.differences
    .get(refText(table))
    ?.partsRenamed.find(({ is, from }) => is === 'constraint' && from === key.name)
  return renamed === undefined ? key : { ...key, name: renamed.to }
}
