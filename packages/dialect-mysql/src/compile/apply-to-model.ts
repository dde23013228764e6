import {
  apply,
  type ConstraintModel,
  entriesUnshared,
  findColumn,
  findTable,
  type Operation,
  type OperationOf,
  put,
  putTable,
  type SchemaModel,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import { canonicalExpression } from '../ddl/canonical-expression.ts'
import { checksInColumn, columnChecks, renamedInChecks, withoutDroppedChecks } from '../ddl/column-checks.ts'
import { nameConstraints } from '../ddl/names.ts'
import { withIndexTexts } from '../ddl/own-key.ts'
import { followRename, withColumnAtPosition, withOwnCollations, withPositions } from '../ddl/rename-effects.ts'
import { renamedInTrigger } from '../ddl/rename-in-trigger.ts'
import { changedColumnTexts, createText, tableText, withOwnText } from '../ddl/source.ts'
import { withTriggerOrder } from '../ddl/trigger-order.ts'
import { viewOptions } from '../ddl/view-options.ts'
import type { Server } from '../flavour.ts'
import { canonicaliseSequence } from '../introspect/sequences.ts'
import { parseColumnText, type TableText } from '../sql/column-text.ts'
import {
  canonicaliseIndex,
  canonicaliseInModel,
  canonicaliseOptions,
  canonicaliseTable,
  withKeyPrefixes,
} from '../types/canonicalise.ts'
import {
  hiddenIndexesAfterRename,
  implicitIndexes,
  type PreviousKeys,
  withoutImplicit,
} from '../types/implicit-indexes.ts'
import { decomposeFor } from './decompose.ts'
import { refuseUnenforced } from './dependants/constraint-names.ts'
import { withDependants } from './dependants/model-dependants.ts'

/** The table before an operation: under its old name where it was renamed. */
function priorOf(before: SchemaModel, after: TableModel, operation: Operation): TableModel | undefined {
  const key = tableKey(after.ref)
  if (operation.kind === 'renameTable' && key === tableKey({ ...operation.table, name: operation.to })) {
    return before.tables.get(tableKey(operation.table))
  }
  return operation.kind === 'createTable' && key === tableKey(operation.table.ref) ? undefined : before.tables.get(key)
}

/** A table of the model as the server has it, with the names of its constraints and the indexes that the server adds. */
function finished(
  server: Server,
  table: TableModel,
  model: SchemaModel,
  checks: ReadonlySet<string>,
  before?: PreviousKeys,
): TableModel {
  const canonical = withKeyPrefixes(
    nameConstraints(
      canonicaliseInModel(server, { ...table, options: canonicaliseOptions(server, table) }, model),
      checks,
    ),
  )
  const all = canonical.indexes.map((index) => canonicaliseIndex(canonical, index))
  const indexes = withoutImplicit({ ...canonical, indexes: all })
  // One that is stated gives the name.
  const stated = all
    .filter((index) => !indexes.includes(index))
    .map((index) => ({ ...index, why: 'foreignKey' as const }))
  const previous =
    stated.length === 0
      ? before
      : { constraints: before?.constraints ?? [], hiddenIndexes: [...stated, ...(before?.hiddenIndexes ?? [])] }
  const hidden = implicitIndexes({ ...canonical, indexes }, previous)
  const { hiddenIndexes: _, ...rest } = canonical
  return { ...rest, indexes, ...(hidden.length === 0 ? {} : { hiddenIndexes: hidden }) }
}

/** What a dropped table said, where it still says what the model says; a table that is new is written from the model. */
function created(server: Server, table: TableModel, model: SchemaModel): TableModel {
  const canonical = canonicaliseTable(server, table)
  const own = tableText(table)
  const whole = finished(server, table, model, columnChecks(own))
  const columns = new Map(
    whole.columns.flatMap((column) => {
      const before = findColumn(canonical, column.name)
      const text = own?.columns.get(column.name)
      return text === undefined || (before !== undefined && JSON.stringify(before) !== JSON.stringify(column))
        ? []
        : [[column.name, text] as const]
    }),
  )
  const { source: _, ...plain } = { ...whole, columns: withPositions(whole.columns) }
  return { ...plain, source: createText(server, plain, model, columns, own) }
}

/** The checks in the definition of a column go with it, and come back with a column that has its own definition. */
function withColumnChecks(
  table: TableModel,
  text: TableText | undefined,
  operation: Operation,
): { readonly table: TableModel; readonly text: TableText | undefined } {
  const isColumn = operation.kind === 'addColumn' || operation.kind === 'dropColumn'
  if (!isColumn || text === undefined || tableKey(operation.table) !== tableKey(table.ref)) return { table, text }
  if (operation.kind === 'dropColumn') {
    const droppedChecks = columnChecks({ ...text, columns: new Map([['', text.columns.get(operation.column) ?? []]]) })
    const isDropped = (one: ConstraintModel): boolean =>
      one.kind === 'check' && one.name === undefined && droppedChecks.has(canonicalExpression(one.expression))
    return { table: { ...table, constraints: table.constraints.filter((one) => !isDropped(one)) }, text }
  }
  if (operation.column.source === undefined) return { table, text }
  const own = parseColumnText(operation.column.source)
  return {
    table: { ...table, constraints: [...table.constraints, ...checksInColumn(operation.column, own)] },
    text: { ...text, columns: new Map([...text.columns, [operation.column.name, own]]) },
  }
}

const isRename = ({ kind }: Operation): boolean =>
  kind === 'renameTable' || kind === 'renameColumn' || kind === 'renameIndex'

function changed(
  server: Server,
  from: TableModel,
  after: TableModel,
  model: SchemaModel,
  operation: Operation,
): TableModel {
  const renamed = operation.kind === 'renameColumn' && tableKey(operation.table) === tableKey(after.ref)
  const nameBefore = (name: string): string => (renamed && name === operation.to ? operation.column : name)
  const named = isRename(operation) ? withIndexTexts(from, after, operation) : after
  const { table: plainTable, text } = withColumnChecks(
    withOwnCollations(server, from, followRename(named, operation), operation, nameBefore),
    renamed ? renamedInChecks(tableText(from), operation.column, operation.to) : tableText(from),
    operation,
  )
  const prior = renamed
    ? { ...from, hiddenIndexes: hiddenIndexesAfterRename(from, operation.column, operation.to) }
    : from
  const to = finished(server, plainTable, model, columnChecks(text), prior)
  const columns = withoutDroppedChecks(changedColumnTexts(server, { from, to, nameBefore, text }), to)
  const { source: _, ...plain } = {
    ...to,
    columns: withPositions(to.columns.map((column) => withOwnText(column, columns.get(column.name)))),
  }
  return { ...plain, source: createText(server, plain, model, columns, text) }
}

/** The triggers of a table that has another name now. */
function withTriggers(model: SchemaModel, to: string): SchemaModel {
  let result = model
  for (const [key, trigger] of model.triggers) {
    if (trigger.table.name !== to) continue
    result = put(result, 'triggers', key, { ...trigger, definition: renamedInTrigger(trigger.definition, to) })
  }
  return result
}

/** A view with its options as the server shows them. One that gets another name or SELECT keeps its definer. */
function withViewFacts(before: SchemaModel, after: SchemaModel, operation: Operation): SchemaModel {
  if (operation.kind !== 'renameView' && operation.kind !== 'replaceView' && operation.kind !== 'createView')
    return after
  const ref = operation.kind === 'renameView' ? operation.view : operation.view.ref
  const key = tableKey(operation.kind === 'renameView' ? { ...ref, name: operation.to } : ref)
  const [viewBefore, viewAfter] = [before.views.get(tableKey(ref)), after.views.get(key)]
  if (viewAfter === undefined) return after
  const source = viewAfter.source ?? viewBefore?.source
  return put(after, 'views', key, {
    ...viewAfter,
    ...(viewAfter.options === undefined ? {} : { options: viewOptions(viewAfter.options) }),
    ...(source === undefined ? {} : { source }),
  })
}

/** A sequence with what is stated of it, as the server shows it. */
function withSequence(after: SchemaModel, operation: Operation): SchemaModel {
  if (operation.kind !== 'createSequence' && operation.kind !== 'alterSequence') return after
  const key = tableKey(operation.kind === 'createSequence' ? operation.sequence.ref : operation.sequence)
  const sequence = after.sequences.get(key)
  return sequence === undefined ? after : put(after, 'sequences', key, canonicaliseSequence(sequence))
}

/** The index of a foreign key that gets a name of its own is one of the model then. */
function withStatedIndex(before: SchemaModel, { table: ref, index: name }: OperationOf<'renameIndex'>): SchemaModel {
  const table = findTable(before, ref)
  const hidden = table?.hiddenIndexes?.find((index) => index.name === name)
  if (table === undefined || hidden === undefined) return before
  const { why: _, ...index } = hidden
  return putTable(before, { ...table, indexes: [...table.indexes, index] })
}

function applyOneToModel(server: Server, before: SchemaModel, operation: Operation): SchemaModel {
  // The effects of opaque SQL are operations of their own.
  if (operation.kind === 'sql' && operation.effects !== undefined) {
    const { effects, ...text } = operation
    const applyEffect = applyToModelFor(server)
    return effects.reduce(applyEffect, apply(before, text))
  }
  const stated = operation.kind === 'renameIndex' ? withStatedIndex(before, operation) : before
  refuseUnenforced(before, operation)
  const applied = apply(stated, operation)
  // A guard found nothing to do.
  if (applied === stated) return before
  const after = withDependants(server, before, withViewFacts(before, applied, operation), operation)
  if (after.tables === before.tables) return withTriggerOrder(before, withSequence(after, operation), operation)
  let model = operation.kind === 'renameTable' ? withTriggers(after, operation.to) : after
  for (const [key, table] of entriesUnshared(before.tables, after.tables)) {
    const from = priorOf(before, table, operation)
    if (from === table) continue
    const isAdded = operation.kind === 'addColumn' && tableKey(operation.table) === key
    const placed = isAdded ? { ...table, columns: withColumnAtPosition(table.columns, operation.column) } : table
    model = putTable(
      model,
      from === undefined ? created(server, placed, after) : changed(server, from, placed, after, operation),
    )
  }
  return model
}

/**
 * The schema after an operation: core's `apply`, which checks it, and what follows from it on this server: the rule of keys and
 * text, names of constraints, indexes of foreign keys, and the text of the table, of which every word that the operation does not
 * change stays.
 */
export function applyToModelFor(server: Server): (before: SchemaModel, operation: Operation) => SchemaModel {
  const decompose = decomposeFor(server)
  return (before, operation) =>
    decompose(before, operation).reduce((model, each) => applyOneToModel(server, model, each), before)
}
