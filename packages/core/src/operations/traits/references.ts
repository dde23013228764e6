import { put, triggerKey } from '../../model/edit.ts'
import type {
  ConstraintModel,
  IndexModel,
  SchemaModel,
  TableModel,
  TableRef,
  TriggerModel,
} from '../../model/schema-model.ts'
import { allColumnsOf, sameRef, withoutSource } from './objects.ts'

/** Maps the tables; those that `change` gives back as they are keep their identity and their text. */
export function mapTables(model: SchemaModel, change: (table: TableModel) => TableModel): SchemaModel {
  let result = model
  for (const [key, table] of model.tables) {
    const next = change(table)
    if (next !== table) result = put(result, 'tables', key, withoutSource(next))
  }
  return result
}

function mapConstraints(table: TableModel, change: (constraint: ConstraintModel) => ConstraintModel): TableModel {
  const constraints = table.constraints.map(change)
  return constraints.every((constraint, at) => constraint === table.constraints[at]) ? table : { ...table, constraints }
}

/** Foreign keys of every table, and the owners of sequences, follow a table to its new name. */
export function followTable(model: SchemaModel, from: TableRef, to: TableRef): SchemaModel {
  const followed = mapTables(model, (table) =>
    mapConstraints(table, (constraint) =>
      constraint.kind === 'foreignKey' && sameRef(constraint.references.table, from)
        ? { ...constraint, references: { ...constraint.references, table: to } }
        : constraint,
    ),
  )
  return mapOwners(followed, (owner) => (sameRef(owner.table, from) ? { ...owner, table: to } : owner))
}

interface Owner {
  readonly table: TableRef
  readonly column: string
}

function mapOwners(model: SchemaModel, change: (owner: Owner) => Owner): SchemaModel {
  let result = model
  for (const [key, sequence] of model.sequences) {
    if (sequence.ownedBy === undefined) continue
    const ownedBy = change(sequence.ownedBy)
    if (ownedBy !== sequence.ownedBy) result = put(result, 'sequences', key, { ...sequence, ownedBy })
  }
  return result
}

export function ownedSequences(model: SchemaModel, ref: TableRef, column?: string) {
  return [...model.sequences].flatMap(([key, sequence]) =>
    sequence.ownedBy !== undefined &&
    sameRef(sequence.ownedBy.table, ref) &&
    (column === undefined || sequence.ownedBy.column === column)
      ? [{ key, sequence }]
      : [],
  )
}

export function triggersOf(model: SchemaModel, ref: TableRef): readonly TriggerModel[] {
  return [...model.triggers.values()].filter((trigger) => sameRef(trigger.table, ref))
}

/** Triggers follow their table or view; their text is the dialect's to edit. */
export function followTriggers(model: SchemaModel, from: TableRef, to: TableRef): SchemaModel {
  if (triggersOf(model, from).length === 0) return model
  const triggers = new Map<string, TriggerModel>()
  for (const [key, trigger] of model.triggers) {
    if (sameRef(trigger.table, from)) triggers.set(triggerKey(to, trigger.name), { ...trigger, table: to })
    else triggers.set(key, trigger)
  }
  return { ...model, triggers }
}

export function withoutTriggers(model: SchemaModel, ref: TableRef): SchemaModel {
  const triggers = new Map([...model.triggers].filter(([, trigger]) => !sameRef(trigger.table, ref)))
  return triggers.size === model.triggers.size ? model : { ...model, triggers }
}

/** A column's new name in the constraints and indexes of its own table. */
export function renameInTable(table: TableModel, from: string, to: string): TableModel {
  const swap = (names: readonly string[]): readonly string[] => names.map((name) => (name === from ? to : name))
  const constraint = (item: ConstraintModel): ConstraintModel => {
    if (item.kind === 'check' || !allColumnsOf(item).includes(from)) return item
    if (item.kind === 'foreignKey')
      return {
        ...item,
        columns: swap(item.columns),
        ...(item.onDeleteColumns === undefined ? {} : { onDeleteColumns: swap(item.onDeleteColumns) }),
      }
    const include = item.include === undefined ? {} : { include: swap(item.include) }
    return item.kind === 'exclude' ? { ...item, ...include } : { ...item, columns: swap(item.columns), ...include }
  }
  const index = (item: IndexModel): IndexModel => {
    const named = item.elements.some((element) => element.column === from) || item.include?.includes(from) === true
    if (!named) return item
    return withoutSource({
      ...item,
      elements: item.elements.map((element) => (element.column === from ? { ...element, column: to } : element)),
      ...(item.include === undefined ? {} : { include: swap(item.include) }),
    })
  }
  return {
    ...table,
    columns: table.columns.map((column) => (column.name === from ? { ...column, name: to } : column)),
    constraints: table.constraints.map(constraint),
    indexes: table.indexes.map(index),
  }
}

/** A column's new name in the foreign keys that refer to it. */
export function followColumn(model: SchemaModel, ref: TableRef, from: string, to: string): SchemaModel {
  const followed = mapTables(model, (table) =>
    mapConstraints(table, (constraint) =>
      constraint.kind === 'foreignKey' &&
      sameRef(constraint.references.table, ref) &&
      constraint.references.columns.includes(from)
        ? {
            ...constraint,
            references: {
              table: constraint.references.table,
              columns: constraint.references.columns.map((name) => (name === from ? to : name)),
            },
          }
        : constraint,
    ),
  )
  return mapOwners(followed, (owner) =>
    sameRef(owner.table, ref) && owner.column === from ? { ...owner, column: to } : owner,
  )
}
