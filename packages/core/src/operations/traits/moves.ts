import { put, putTable, refText, tableKey, without } from '../../model/edit.ts'
import type { ColumnModel, EnumModel, SchemaModel, TableModel, TableRef } from '../../model/schema-model.ts'
import { movedTo } from '../object-moves.ts'
import type { OperationOf, OperationTable, SchemaObject } from '../operation.ts'
import { checkEnumColumns, columnsOfEnum, enumOf, isOfEnum, usesEnum } from './enum-columns.ts'
import { part, schemaFootprints, tableFootprint } from './footprints.ts'
import {
  alterable,
  awaited,
  checkName,
  checkRelationFree,
  exists,
  incomingKeys,
  invalid,
  keyTexts,
  missing,
  withoutSource,
} from './objects.ts'
import { followTable, followTriggers, mapTables, ownedSequences } from './references.ts'

/**
 * A column with its enum said as seen from a table in that schema. The schema of the connection is the empty text: what it is called
 * only a dialect knows.
 */
function withEnumRef(column: ColumnModel, ref: TableRef, table: TableRef): ColumnModel {
  if (column.type.kind !== 'enum') return column
  const { schema: _, ...type } = column.type
  const qualifier = ref.schema === table.schema ? {} : { schema: ref.schema ?? '' }
  return { ...column, type: { ...type, name: ref.name, ...qualifier } }
}

function moveTable(before: SchemaModel, { ref, to, line }: Move): SchemaModel {
  const table = alterable(before, ref, line)
  checkRelationFree(before, to)
  const columns = table.columns.map((column) => {
    const type = enumOf(ref, column)
    return type === undefined ? column : withEnumRef(column, type, to)
  })
  const moved: TableModel = withoutSource({ ...table, ref: to, columns, indexes: table.indexes.map(withoutSource) })
  const placed = putTable(without(before, 'tables', tableKey(ref)), moved)
  const followed = followTriggers(followTable(placed, ref, to), ref, to)
  // Sequences stand in the schema of the table that owns them.
  return ownedSequences(followed, to).reduce((model, { key, sequence }) => {
    if (sequence.ref.schema !== ref.schema) {
      throw invalid(line, `its sequence ${refText(sequence.ref)} is in another schema`)
    }
    const own = { ...to, name: sequence.ref.name }
    if (model.sequences.has(tableKey(own))) throw exists(`sequence ${refText(own)}`)
    return put(without(model, 'sequences', key), 'sequences', tableKey(own), { ...sequence, ref: own })
  }, followed)
}

function moveView(before: SchemaModel, { ref, to }: Move): SchemaModel {
  const view = before.views.get(tableKey(ref))
  if (view === undefined) throw missing(`view ${refText(ref)}`)
  checkRelationFree(before, to)
  const moved = withoutSource({ ...view, ref: to })
  return followTriggers(put(without(before, 'views', tableKey(ref)), 'views', tableKey(to), moved), ref, to)
}

function moveEnum(before: SchemaModel, { ref, to, line }: Move): SchemaModel {
  const existing = before.enums.get(tableKey(ref))
  if (existing === undefined) throw missing(`enum ${refText(ref)}`)
  if (before.enums.has(tableKey(to))) throw exists(`enum ${refText(to)}`)
  const moved: EnumModel = { ...existing, ref: to }
  checkEnumColumns(before, moved, line)
  const placed = put(without(before, 'enums', tableKey(ref)), 'enums', tableKey(to), moved)
  return mapTables(placed, (table) =>
    usesEnum(before, table, ref)
      ? {
          ...table,
          columns: table.columns.map((column) =>
            isOfEnum(before, table, column, ref) ? withEnumRef(column, to, table.ref) : column,
          ),
        }
      : table,
  )
}

function moveSequence(before: SchemaModel, { ref, to, line }: Move): SchemaModel {
  const existing = before.sequences.get(tableKey(ref))
  if (existing === undefined) throw missing(`sequence ${refText(ref)}`)
  if (existing.ownedBy !== undefined) {
    throw invalid(line, `it moves with the table ${refText(existing.ownedBy.table)}, whose column owns it`)
  }
  if (before.sequences.has(tableKey(to))) throw exists(`sequence ${refText(to)}`)
  return put(without(before, 'sequences', tableKey(ref)), 'sequences', tableKey(to), { ...existing, ref: to })
}

interface Move {
  readonly ref: TableRef
  readonly to: TableRef
  readonly line: string
}

const moves: { readonly [O in SchemaObject]: (before: SchemaModel, move: Move) => SchemaModel } = {
  table: moveTable,
  view: moveView,
  enum: moveEnum,
  sequence: moveSequence,
}

/** Tables and views share one space of names. */
const footprints: { readonly [O in SchemaObject]: (ref: TableRef) => string } = {
  table: tableFootprint,
  view: tableFootprint,
  enum: (ref) => `enum:${part(tableKey(ref))}`,
  sequence: (ref) => `sequence:${part(tableKey(ref))}`,
}

/** What names the object by the place that it goes to, where it is not yet. */
const awaiting: { readonly [O in SchemaObject]?: (before: SchemaModel, to: TableRef) => readonly string[] } = {
  table: (before, to) => keyTexts(incomingKeys(before, to)),
  enum: columnsOfEnum,
}

const describe = ({ object, ref, schema }: OperationOf<'setSchema'>): string =>
  `move ${object} ${refText(ref)} to ${schema === null ? 'the schema of the connection' : `schema ${schema}`}`

export const moveTraits: Pick<OperationTable, 'setSchema'> = {
  setSchema: {
    apply(before, operation) {
      const { object, ref, schema } = operation
      const line = describe(operation)
      if (schema !== null) checkName(schema, 'schema')
      if ((ref.schema ?? null) === schema) throw invalid(line, `the ${object} is in that schema`)
      return moves[object](before, { ref, to: movedTo(operation), line })
    },
    invert(before, operation) {
      const { object, ref } = operation
      const to = movedTo(operation)
      const waiting = awaiting[object]?.(before, to) ?? []
      return (
        awaited(`${object} ${refText(to)}`, waiting) ?? [
          { kind: 'setSchema', object, ref: to, schema: ref.schema ?? null },
        ]
      )
    },
    touches(operation) {
      const { object, ref } = operation
      const to = movedTo(operation)
      return [footprints[object](ref), footprints[object](to), ...schemaFootprints(ref), ...schemaFootprints(to)]
    },
    describe,
  },
}
