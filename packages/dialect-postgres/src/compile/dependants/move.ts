import {
  type ColumnModel,
  movedTo,
  type OperationOf,
  present,
  put,
  type SchemaModel,
  type SchemaObject,
  type TableModel,
  type TableRef,
  triggerKey,
} from '@org/migrate-core/dialect'
import { renameRelationIn, renameTriggerTable } from '../../sql/rename-in-text.ts'
import { enumUse } from '../../types/enum-columns.ts'
import { inColumn, inTexts, mapped } from '../../types/enum-values.ts'
import { sameRef } from '../statements.ts'
import { outdated as outdatedExtras } from './extras.ts'
import { isReaderOf } from './model-dependants.ts'
import { moveRelationIn, moveSequenceIn, moveTypeIn } from './move-in-text.ts'
import { withPoliciesMoved } from './policy-columns.ts'
import { followed } from './renamed-views.ts'

interface Step {
  readonly before: SchemaModel
  readonly after: SchemaModel
  readonly operation: OperationOf<'setSchema'>
  /** What the schema of the connection is called. */
  readonly ownSchema: string
}

interface Moved extends Omit<Step, 'operation'> {
  readonly from: TableRef
  readonly to: TableRef
}

function withSequence(model: SchemaModel, from: TableRef, to: TableRef): SchemaModel {
  const move = (text: string): string => moveSequenceIn(text, from, to)
  const tables = mapped(model.tables, (table) => ({
    ...table,
    columns: table.columns.map((one) => inColumn(one, move)),
  }))
  return { ...model, tables }
}

/** The texts that name a table or a view: the server follows, and how it writes other things than FROM is not known. */
function withRelation({ after, from, to, ownSchema }: Moved): SchemaModel {
  let result = after
  for (const [key, view] of after.views) {
    if (!isReaderOf(view, from)) continue
    const certain = renameRelationIn(view.definition, from, to, ownSchema)
    result = put(result, 'views', key, followed(view, from.name, certain, moveRelationIn(view.definition, from, to)))
  }
  for (const trigger of after.triggers.values()) {
    if (trigger.table.name !== to.name || trigger.table.schema !== to.schema) continue
    const definition = renameTriggerTable(trigger.definition, to)
    result = put(result, 'triggers', triggerKey(trigger.table, trigger.name), { ...trigger, definition })
  }
  return {
    ...result,
    tables: mapped(result.tables, (table) => withPoliciesMoved(outdatedExtras(table, from.name), from, to)),
  }
}

/** Its columns say the schemas of their enums by name, and as introspection does. */
function withEnumSchemas(table: TableModel, ownSchema: string): TableModel {
  const columns = table.columns.map((column): ColumnModel => {
    if (column.type.kind !== 'enum' || column.type.schema === undefined) return column
    const { schema, ...type } = column.type
    const named = schema === '' ? ownSchema : schema
    return { ...column, type: named === (table.ref.schema ?? ownSchema) ? type : { ...type, schema: named } }
  })
  return { ...table, columns }
}

function moveTable(moved: Moved): SchemaModel {
  const { before, from, to, ownSchema } = moved
  const model = withRelation(moved)
  const tables = mapped(model.tables, (table) =>
    table.ref.name === to.name && table.ref.schema === to.schema ? withEnumSchemas(table, ownSchema) : table,
  )
  return [...before.sequences.values()]
    .filter(({ ownedBy }) => ownedBy?.table.name === from.name && ownedBy.table.schema === from.schema)
    .reduce((now, { ref }) => withSequence(now, ref, { ...to, name: ref.name }), { ...model, tables })
}

function moveEnum({ before, after, from, to, ownSchema }: Moved): SchemaModel {
  const schemaName = to.schema ?? ownSchema
  const column = (table: TableModel, one: ColumnModel): ColumnModel => {
    const use = enumUse(before, table.ref, one.type, from)
    if (use !== undefined && one.type.kind === 'native') {
      return { ...one, type: { ...one.type, sql: moveTypeIn(`::${one.type.sql}`, from, to).slice(2) } }
    }
    if (use !== 'plain' || one.type.kind !== 'enum') return one
    const { schema: _, ...type } = one.type
    return { ...one, type: schemaName === (table.ref.schema ?? ownSchema) ? type : { ...type, schema: schemaName } }
  }
  const tables = new Map(
    [...after.tables].map(([key, table]) => {
      const old = before.tables.get(key)?.columns ?? []
      const columns = table.columns.map((one) => column(table, old.find(({ name }) => name === one.name) ?? one))
      return [key, { ...table, columns }] as const
    }),
  )
  return inTexts({ ...after, tables }, (text) => moveTypeIn(text, from, to))
}

const moves: { readonly [O in SchemaObject]: (moved: Moved) => SchemaModel } = {
  table: moveTable,
  view: withRelation,
  enum: moveEnum,
  sequence: ({ after, from, to }) => withSequence(after, from, to),
}

/** Views read what they read by its number: a rename and a move change the name of that. */
export function withReadsMoved(model: SchemaModel, from: TableRef, to: TableRef): SchemaModel {
  const isRead = (ref: TableRef): boolean => sameRef(ref, from)
  let result = model
  for (const [key, view] of model.views) {
    if (!view.reads?.some(isRead)) continue
    const reads = view.reads.map((read) => (isRead(read) ? to : read))
    const columns = view.readColumns?.map((read) => (isRead(read.table) ? { ...read, table: to } : read))
    result = put(result, 'views', key, { ...view, reads, ...present({ readColumns: columns }) })
  }
  return result
}

/** What the server does to texts when an object gets another schema. */
export function move({ operation, ...step }: Step): SchemaModel {
  const [from, to] = [operation.ref, movedTo(operation)]
  return withReadsMoved(moves[operation.object]({ ...step, from, to }), from, to)
}
