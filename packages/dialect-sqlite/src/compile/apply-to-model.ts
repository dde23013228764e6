import {
  apply,
  entriesUnshared,
  findColumn,
  type IndexModel,
  MigrateError,
  type Operation,
  type OperationKind,
  type OperationOf,
  put,
  putTable,
  type SchemaModel,
  type TableModel,
  type TableRef,
  tableKey,
  triggerKey,
  without,
} from '@org/migrate-core/dialect'
import { parseTable } from '../ddl/parse-table.ts'
import { mentionsTable, renameColumnInBody, renameTableInBody } from '../ddl/rename-in-body.ts'
import { readIndex } from '../introspect/indexes.ts'
import { readTable } from '../introspect/tables.ts'
import { readView } from '../introspect/views.ts'
import { foldName, sameName } from '../sql/tokenize.ts'
import { canonicaliseColumn } from '../types/canonicalise.ts'
import { columnText } from '../types/definition-text.ts'
import { alterColumnText, setType } from './ddl/edit-column.ts'
import {
  addColumnText,
  addConstraintText,
  columnUses,
  dropColumnText,
  dropConstraintText,
  indexUses,
  renameColumnInIndex,
  renameColumnText,
  renameConstraintText,
  renameReferencedColumn,
  renameTableText,
  setOptionsText,
} from './ddl/edit-table.ts'
import { retargetIndex } from './ddl/retarget.ts'
import {
  indexTexts,
  requireTable,
  rereadTable,
  type SchemaChange,
  withEditedBodies,
  withEditedReferrers,
  withEditedTable,
} from './ddl/schema-texts.ts'
import { indexSource, tableSource, triggerAgrees, triggerSource, viewSource } from './ddl/stored-text.ts'
import { requireNameUnused, requireRenameFollowed } from './dependants.ts'

interface Step<K extends OperationKind> extends SchemaChange {
  readonly operation: OperationOf<K>
}

type ModelChanges = { readonly [K in OperationKind]: (step: Step<K>) => SchemaModel }

function renameTable({ before, after, operation }: Step<'renameTable'>): SchemaModel {
  const { table: ref, to } = operation
  const table = requireTable(before, ref)
  const indexes = indexTexts(table).map((text) => retargetIndex(text, { table: to }))
  const edit = (source: string): string => renameTableText(source, ref.name, to)
  const withReferrers = withEditedReferrers({ before, after }, ref, edit)
  const moved = putTable(withReferrers, rereadTable(withReferrers, table, edit(tableSource(table)), indexes))
  return withEditedBodies(moved, (text, kind) =>
    mentionsTable(text, kind, ref.name) ? renameTableInBody(text, kind, ref.name, to) : text,
  )
}

/** What the table's text without the column and its indexes' texts still say of it. */
function requireUnused(table: TableModel, source: string, column: string): void {
  const dependants = [
    ...(columnUses(parseTable(source), column).length > 0 ? [`an expression of table ${table.ref.name}`] : []),
    ...table.indexes
      .filter((index) => indexUses(indexSource(table, index), column).length > 0)
      .map(({ name }) => `index ${name}`),
  ]
  if (dependants.length === 0) return
  const object = `column ${table.ref.name}.${column}`
  throw new MigrateError('DEPENDENT_OBJECTS', { object, dependants }, `${object} is used by ${dependants.join(', ')}`)
}

function dropColumn(step: Step<'dropColumn'>): SchemaModel {
  const { table: ref, column } = step.operation
  const table = requireTable(step.before, ref)
  const source = dropColumnText(tableSource(table), column)
  requireUnused(table, source, column)
  return putTable(step.after, rereadTable(step.after, table, source))
}

function renameColumn({ before, after, operation }: Step<'renameColumn'>): SchemaModel {
  const { table: ref, column: from, to } = operation
  const table = requireTable(before, ref)
  requireRenameFollowed(before, ref, from, to)
  const indexes = indexTexts(table).map((text) => renameColumnInIndex(text, from, to))
  const withReferrers = withEditedReferrers({ before, after }, ref, (source) =>
    renameReferencedColumn(source, ref.name, from, to),
  )
  const renamed = putTable(
    withReferrers,
    rereadTable(withReferrers, table, renameColumnText(tableSource(table), from, to), indexes),
  )
  const columns = new Map([...before.tables.values()].map((item) => [foldName(item.ref.name), item.columns]))
  const columnsOf = (name: string): readonly string[] | undefined =>
    columns.get(foldName(name))?.map((column) => column.name)
  return withEditedBodies(renamed, (text, kind) =>
    mentionsTable(text, kind, ref.name)
      ? renameColumnInBody(text, kind, { table: ref.name, from, to }, columnsOf)
      : text,
  )
}

function alterColumn(step: Step<'alterColumn'>): SchemaModel {
  const { table: ref, column: name, change } = step.operation
  const column = findColumn(requireTable(step.after, ref), name)
  if (column === undefined) return step.after
  return withEditedTable(step, ref, (source) => alterColumnText(source, name, change, column))
}

function withIndex(step: SchemaChange, ref: TableRef, name: string, source: string): SchemaModel {
  const table = requireTable(step.after, ref)
  const read = readIndex(
    source,
    table.columns.map((column) => column.name),
  )
  const indexes = table.indexes.map((index): IndexModel => (index.name === name ? read : index))
  return putTable(step.after, { ...table, indexes })
}

function createIndex(step: Step<'createIndex'>): SchemaModel {
  const { table, index } = step.operation
  return withIndex(step, table, index.name, indexSource(requireTable(step.before, table), index))
}

function renameIndex(step: Step<'renameIndex'>): SchemaModel {
  const { table: ref, index: name, to } = step.operation
  const table = requireTable(step.before, ref)
  const index = table.indexes.find((item) => item.name === name)
  if (index === undefined) return step.after
  return withIndex(step, ref, to, retargetIndex(indexSource(table, index), { name: to }))
}

/** With `cascade` the foreign keys of other tables that pointed to the dropped table go with it. */
function dropTable({ before, after, operation }: Step<'dropTable'>): SchemaModel {
  if (operation.cascade !== true) return after
  return withEditedReferrers({ before, after }, operation.table, (source) => {
    let text = source
    for (const constraint of readTable(source).constraints) {
      if (constraint.kind !== 'foreignKey') continue
      if (!sameName(constraint.references.table.name, operation.table.name)) continue
      text = dropConstraintText(text, { kind: 'foreignKey', columns: constraint.columns })
    }
    return text
  })
}

function putView({ after }: SchemaChange, view: OperationOf<'createView'>['view']): SchemaModel {
  return put(after, 'views', tableKey(view.ref), readView(viewSource(view)))
}

/** A view is renamed by creating it again. The texts that read it follow, as they follow a table. */
function renameView({ before, after, operation: { view: ref, to } }: Step<'renameView'>): SchemaModel {
  const view = before.views.get(tableKey(ref))
  if (view === undefined) return after
  const target = { ...ref, name: to }
  const renamed = {
    ...readView(viewSource({ ...view, ref: target })),
    ...(view.broken ? { broken: true as const } : {}),
  }
  const moved = put(without(after, 'views', tableKey(target)), 'views', tableKey(target), renamed)
  return withEditedBodies(moved, (text, kind) =>
    mentionsTable(text, kind, ref.name) ? renameTableInBody(text, kind, ref.name, to) : text,
  )
}

function createTrigger({ after, operation }: Step<'createTrigger'>): SchemaModel {
  const { trigger } = operation
  const name = `trigger ${trigger.name} of ${trigger.table.name}`
  if (!triggerAgrees(trigger)) {
    const why = 'its text creates a trigger of another name or on another table'
    throw new MigrateError('INVALID_OPERATION', { operation: `create ${name}`, why }, `${name}: ${why}`)
  }
  const stored = { ...trigger, definition: triggerSource(trigger) }
  return put(after, 'triggers', triggerKey(trigger.table, trigger.name), stored)
}

/** Columns of an enum that changed: their CHECKs follow. */
function followTypes({ before, after }: SchemaChange): SchemaModel {
  let result = after
  for (const [key, table] of entriesUnshared(before.tables, after.tables)) {
    const old = before.tables.get(key)
    if (old === undefined || old === table || old.opaque === 'virtual') continue
    let source = tableSource(old)
    for (const column of table.columns) {
      if (column.type === findColumn(old, column.name)?.type) continue
      source = setType(source, column.name, canonicaliseColumn(column, { strict: table.options.strict === true }))
    }
    result = putTable(result, rereadTable(result, old, source))
  }
  return result
}

const same = ({ after }: SchemaChange): SchemaModel => after

const modelChanges: ModelChanges = {
  createTable: ({ after, operation: { table } }) => putTable(after, rereadTable(after, table, tableSource(table))),
  dropTable,
  renameTable,
  alterTableOptions: (step) =>
    withEditedTable(step, step.operation.table, (source) => setOptionsText(source, step.operation.options)),
  addColumn: (step) => {
    requireNameUnused(step.before, step.after, step.operation.table, step.operation.column.name)
    const strict = requireTable(step.before, step.operation.table).options.strict === true
    const text = columnText(step.operation.column, { strict }).text
    return withEditedTable(step, step.operation.table, (source) => addColumnText(source, text))
  },
  dropColumn,
  alterColumn,
  renameColumn,
  addConstraint: (step) =>
    withEditedTable(step, step.operation.table, (source) => addConstraintText(source, step.operation.constraint)),
  dropConstraint: (step) =>
    withEditedTable(step, step.operation.table, (source) => dropConstraintText(source, step.operation.constraint)),
  renameConstraint: (step) =>
    withEditedTable(step, step.operation.table, (source) =>
      renameConstraintText(source, step.operation.constraint, step.operation.to),
    ),
  createIndex,
  dropIndex: same,
  renameIndex,
  createSchema: same,
  dropSchema: same,
  setSchema: same,
  createEnum: same,
  alterEnum: followTypes,
  renameEnum: followTypes,
  dropEnum: same,
  createView: (step) => putView(step, step.operation.view),
  replaceView: (step) => putView(step, step.operation.view),
  renameView,
  dropView: same,
  createTrigger,
  dropTrigger: same,
  setRowSecurity: same,
  createPolicy: same,
  alterPolicy: same,
  dropPolicy: same,
  createSequence: same,
  alterSequence: same,
  dropSequence: same,
  createExtension: same,
  dropExtension: same,
  setComment: same,
  insertRows: same,
  deleteRows: same,
  expectNone: same,
  sql: same,
  run: same,
}

/**
 * The schema after an operation: core's `apply`, which checks it, and the texts that SQLite keeps of tables, indexes, views
 * and triggers, edited so that they are what SQLite would have afterwards. The models of what changed are read from the
 * texts again. Throws what `apply` throws, UNSUPPORTED, UNPARSED_SQL and DEPENDENT_OBJECTS.
 *
 * ```ts
 * const after = applyToModel(before, { kind: 'renameColumn', table: { name: 'users' }, column: 'mail', to: 'email' })
 * ```
 */
export function applyToModel(before: SchemaModel, operation: Operation): SchemaModel {
  // The effects of opaque SQL are operations of their own.
  if (operation.kind === 'sql' && operation.effects !== undefined) {
    const { effects, ...text } = operation
    return effects.reduce(applyToModel, apply(before, text))
  }
  const after = apply(before, operation)
  // A guard found nothing to do.
  if (after === before) return before
  const step = { before, after, operation }
  return (modelChanges[operation.kind] as (step: Step<OperationKind>) => SchemaModel)(step)
}
