import {
  type ConstraintModel,
  type ConstraintOf,
  canonicalJson,
  findColumn,
  findTable,
  type SchemaModel,
  type TableModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import { primaryColumns, selectorOf } from '@org/migrate-core/internal'
import { partsOf, type TablePart } from '../differences/table-difference.ts'
import { dependencyOrder } from '../differences/view-order.ts'
import { type Composition, isStrict, type Steps } from './composition.ts'

export type ForeignKey = ConstraintOf<'foreignKey'>

export const isForeignKey = (constraint: ConstraintModel): constraint is ForeignKey => constraint.kind === 'foreignKey'

export const foreignKeyOf = (part: TablePart): ForeignKey | undefined =>
  part.kind === 'constraint' && isForeignKey(part.constraint) ? part.constraint : undefined

/** A foreign key that has to be away while something it stands on changes, and comes back as it was. */
export interface Detour {
  readonly table: TableRef
  readonly key: ForeignKey
}

const targetKey = (key: ForeignKey): string => tableKey(key.references.table)

/** The columns that a foreign key refers to, also where it only means the primary key. */
export function referenced(model: SchemaModel, key: ForeignKey): readonly string[] {
  if (key.references.columns.length > 0) return key.references.columns
  const target = findTable(model, key.references.table)
  return target === undefined ? [] : primaryColumns(target)
}

function columnsOf(part: TablePart): readonly string[] {
  if (part.kind === 'index') return part.index.elements.flatMap(({ column }) => column ?? [])
  return 'columns' in part.constraint ? part.constraint.columns : []
}

/** What no column may change while a key refers to it: MySQL takes AUTO_INCREMENT for another type. */
export function heldFacts(composition: Composition): readonly ('type' | 'collation' | 'identity')[] {
  return composition.dialect.capabilities.keysFixCounters ? ['type', 'collation', 'identity'] : ['type', 'collation']
}

/** Whether a part is a key over these columns, in any order. */
export function isKeyOver(columns: readonly string[]): (part: TablePart) => boolean {
  const columnKey = canonicalJson([...columns].sort())
  return (part) => {
    const isKey = part.kind === 'index' ? part.index.unique : ['primaryKey', 'unique'].includes(part.constraint.kind)
    return isKey && canonicalJson([...columnsOf(part)].sort()) === columnKey
  }
}

/** A column that the foreign key of another table refers to goes. */
export function losesColumn(composition: Composition, table: TableRef, key: ForeignKey): boolean {
  if (tableKey(table) === targetKey(key)) return false
  const columns = referenced(composition.model, key)
  const difference = composition.differences.get(tableKey(key.references.table))
  return difference?.removed.some(({ name }) => columns.includes(name)) ?? false
}

/** Foreign keys that go before anything else: what they refer to is changed or dropped by what comes before their own table's turn. */
function isDroppedEarly(composition: Composition, table: TableRef, key: ForeignKey): boolean {
  if (!isStrict(composition)) return losesColumn(composition, table, key)
  return composition.differences.has(tableKey(key.references.table)) || !composition.to.tables.has(targetKey(key))
}

/** Foreign keys whose turn comes before that of their table. */
export function* dropEarly(composition: Composition): Steps {
  for (const difference of composition.differences.values()) {
    for (const part of difference.partsRemoved) {
      const key = foreignKeyOf(part)
      if (key !== undefined && isDroppedEarly(composition, difference.ref, key))
        yield* dropConstraint(difference.ref, key)
    }
  }
}

/** Whether one of the columns still waits for what it could not become under a key. */
function waitsForChange(composition: Composition, target: TableModel, columns: readonly string[]): boolean {
  const changed = composition.differences.get(tableKey(target.ref))?.changed ?? []
  return changed.some(({ name, facts, actual }) => {
    const now = columns.includes(name) ? findColumn(target, name) : undefined
    if (now === undefined) return false
    return heldFacts(composition).some(
      (fact) => facts.has(fact) && canonicalJson(now[fact] ?? null) === canonicalJson(actual[fact] ?? null),
    )
  })
}

/** Whether what a foreign key refers to is there at this point, as it is to be, and has a key of these columns that stays. */
export function canRefer(composition: Composition, key: ForeignKey): boolean {
  const target = findTable(composition.model, key.references.table)
  const columns = referenced(composition.model, key)
  // A server that takes a key to nothing takes this one. But the column could not be taken away again below the key.
  if (!isStrict(composition)) return target === undefined || columns.every((name) => findColumn(target, name))
  if (target === undefined || waitsForChange(composition, target, columns)) return false
  const going = composition.differences.get(tableKey(target.ref))?.partsRemoved ?? []
  const removed = new Set(going.map((part) => canonicalJson(part)))
  return partsOf(target).some((part) => isKeyOver(columns)(part) && !removed.has(canonicalJson(part)))
}

export function* dropConstraint(table: TableRef, constraint: ConstraintModel): Steps {
  const selector = selectorOf(constraint)
  if (selector !== undefined) yield { kind: 'dropConstraint', table, constraint: selector }
}

/**
 * The tables in the order in which foreign keys refer to each other, what is referred to, or inherited from, first; circles in the order of
 * names.
 */
export function inKeyOrder({ dialect }: Composition, tables: readonly TableModel[]): readonly TableModel[] {
  const byKey = new Map(tables.map((table) => [tableKey(table.ref), table]))
  return dependencyOrder(tables, (table) => {
    const keys = [...table.constraints.filter(isForeignKey).map(targetKey), ...parentsOf(dialect, table).map(tableKey)]
    return keys.flatMap((key) => byKey.get(key) ?? [])
  })
}

export const parentsOf = ({ model }: Composition['dialect'], table: TableModel): readonly TableRef[] =>
  model.parentsOf?.(table) ?? []

/** A key that was away while its table changed comes back as what it is called now. */
export function renamedKey(composition: Composition, table: TableRef, key: ForeignKey): ForeignKey {
  const renamed = composition.differences
    .get(tableKey(table))
    ?.partsRenamed.find(({ kind, from }) => kind === 'constraint' && from === key.name)
  return renamed === undefined ? key : { ...key, name: renamed.to }
}
