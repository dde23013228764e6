import {
  apply,
  type ColumnModel,
  type ConstraintModel,
  findColumn,
  findTable,
  type IndexModel,
  MigrateError,
  type Operation,
  type OperationKind,
  type OperationOf,
  put,
  putTable,
  refText,
  type SchemaModel,
  type TableModel,
  type TableRef,
  tableKey,
  triggerKey,
} from '@org/migrate-core/dialect'
import { statisticsWord, storageWord } from '../introspect/whole/undeclared-facts.ts'
import { mentions } from '../sql/names-in.ts'
import { renameColumnIn, renameTriggerColumn, renameTriggerTable } from '../sql/rename-in-text.ts'
import { isCollatable, isStretched, typeOf } from '../types/canonicalise.ts'
import { named, neverNull, tableAsCreated, withoutSerial, withSerials } from '../types/created-table.ts'
import { withRenamedType, withRenamedValues, withValueDefaults } from '../types/enum-values.ts'
import { withGivenSequence, withOwnSequences, withPreservedSequence } from '../types/owned-sequences.ts'
import { canonicaliseSequence } from '../types/sequence-bounds.ts'
import { withoutDropped } from './dependants/column-dependants.ts'
import { withoutOtherNames } from './dependants/constraint-names.ts'
import { extraReads, withColumnRenamed, withoutColumn } from './dependants/extras.ts'
import { refuseRead, viewsKeeping } from './dependants/model-dependants.ts'
import { withHeirs, withInherited, withParents } from './dependants/model-heirs.ts'
import { move, withReadsMoved } from './dependants/move.ts'
import { policiesKeeping, withPoliciesRenamed } from './dependants/policy-columns.ts'
import { withViewsRenamed } from './dependants/renamed-views.ts'
import { triggerNames } from './dependants/retyped-texts.ts'
import { constraintTexts } from './statements.ts'
import { replacement } from './view-text.ts'

interface Step<K extends OperationKind> {
  readonly before: SchemaModel
  readonly after: SchemaModel
  readonly operation: OperationOf<K>
  /** What the schema of the connection is called. */
  readonly ownSchema: string
}

type Appliers = { readonly [K in OperationKind]: (step: Step<K>) => SchemaModel }

function edit(model: SchemaModel, ref: TableRef, change: (table: TableModel) => TableModel): SchemaModel {
  const table = findTable(model, ref)
  return table === undefined ? model : putTable(model, change(table))
}

function editColumn(table: TableModel, name: string, change: (column: ColumnModel) => ColumnModel): TableModel {
  return { ...table, columns: table.columns.map((column) => (column.name === name ? change(column) : column)) }
}

/** The collation goes with the type, where the new one has none; how values are stored, where it is of a fixed size. */
function withoutTraitsOfType(given: ColumnModel): ColumnModel {
  const { collation: _, ...plain } = given
  const column = isCollatable(typeOf(given)) ? given : plain
  const { extras } = column
  if (extras === undefined || isStretched(typeOf(column))) return column
  return { ...column, extras: extras.filter(({ what }) => what !== storageWord) }
}

function editTriggers(model: SchemaModel, ref: TableRef, change: (definition: string) => string): SchemaModel {
  let result = model
  for (const trigger of model.triggers.values()) {
    if (trigger.table.name !== ref.name || trigger.table.schema !== ref.schema) continue
    const definition = change(trigger.definition)
    result = put(result, 'triggers', triggerKey(trigger.table, trigger.name), { ...trigger, definition })
  }
  return result
}

function indexTexts({ where, elements }: IndexModel): readonly string[] {
  return [where, ...elements.map(({ expression }) => expression)].flatMap((text) => text ?? [])
}

/** The server drops constraints and indexes with any column that they read, without a word: then they are named here. */
function requireUnused(model: SchemaModel, table: TableModel, column: string): void {
  const reads = (expressions: readonly string[]): boolean => expressions.some((text) => mentions(text, column))
  const live = findColumn(table, column)
  const dependants = [
    ...new Set([...(live?.dependants ?? []), ...(live?.local ?? [])]),
    ...table.columns.flatMap(({ name, generated }) =>
      name !== column && generated !== undefined && mentions(generated.expression, column)
        ? [`generated column ${name}`]
        : [],
    ),
    ...[...model.triggers.values()].flatMap((trigger) =>
      tableKey(trigger.table) === tableKey(table.ref) && triggerNames(trigger, column)
        ? [`trigger ${trigger.name}`]
        : [],
    ),
    ...policiesKeeping(model, table.ref, column).map(
      ({ table: of, policy }) => `policy ${policy.name} of ${refText(of)}`,
    ),
    ...viewsKeeping(model, table.ref, column),
    ...(table.extras ?? []).flatMap((one) =>
      one.what.startsWith(statisticsWord) && extraReads(one, column) ? [one.what] : [],
    ),
    ...table.constraints.flatMap((one) =>
      reads(constraintTexts(one)) ? [`constraint ${one.name ?? constraintTexts(one)[0]}`] : [],
    ),
    ...table.indexes.flatMap((index) => (reads(indexTexts(index)) ? [`index ${index.name}`] : [])),
  ]
  if (dependants.length === 0) return
  const object = `column ${refText(table.ref)}.${column}`
  throw new MigrateError('DEPENDENT_OBJECTS', { object, dependants }, `${object} is used by ${dependants.join(', ')}`)
}

/** A column's new name where the server writes it for us: in every expression of its table. */
function renameInTexts(table: TableModel, from: string, to: string): TableModel {
  const rename = (text: string): string => (mentions(text, from) ? renameColumnIn(text, from, to) : text)
  const constraint = (one: ConstraintModel): ConstraintModel => {
    if (!constraintTexts(one).some((text) => mentions(text, from))) return one
    if (one.kind === 'check') return { ...one, expression: rename(one.expression) }
    if (one.kind !== 'exclude') return one
    const elements = one.elements.map(({ expression, operator }) => ({ expression: rename(expression), operator }))
    return { ...one, elements, ...(one.where === undefined ? {} : { where: rename(one.where) }) }
  }
  const index = (one: IndexModel): IndexModel => {
    if (!indexTexts(one).some((text) => mentions(text, from))) return one
    const elements = one.elements.map((element) =>
      element.expression === undefined ? element : { ...element, expression: rename(element.expression) },
    )
    return { ...one, elements, ...(one.where === undefined ? {} : { where: rename(one.where) }) }
  }
  return {
    ...withColumnRenamed(table, from, to),
    columns: table.columns.map((column) => {
      const one = withColumnRenamed(column, from, to)
      if (one.generated === undefined) return one
      return { ...one, generated: { ...one.generated, expression: rename(one.generated.expression) } }
    }),
    constraints: table.constraints.map(constraint),
    indexes: table.indexes.map(index),
  }
}

/** What reads a table or a view by the name that it had. */
function relationRenamed(after: SchemaModel, ref: TableRef, to: string, ownSchema: string): SchemaModel {
  const renamed = { from: ref.name, to }
  const views = withViewsRenamed(after, ref, renamed, ownSchema)
  return withPoliciesRenamed(withReadsMoved(views, ref, { ...ref, name: to }), renamed, ref)
}

/** The server does what core says, and nothing more. */
const same = ({ after }: { readonly after: SchemaModel }): SchemaModel => after

function withCanonicalSequence(model: SchemaModel, ref: TableRef): SchemaModel {
  const sequence = model.sequences.get(tableKey(ref))
  return sequence === undefined ? model : put(model, 'sequences', tableKey(ref), canonicaliseSequence(sequence))
}

const appliers: Appliers = {
  createTable: ({ before, after, operation: { table }, ownSchema }) => {
    const whole = edit(after, table.ref, (now) => {
      const created = withInherited(before, tableAsCreated(before, now), ownSchema)
      const { columns, ...rest } = withParents(created, ownSchema)
      return { ...rest, columns: columns.map((column) => withGivenSequence(before, table.ref, column)) }
    })
    return withSerials(whole, table.ref, table.columns)
  },
  renameTable: ({ before, after, operation: { table, to }, ownSchema }) => {
    const target = { ...table, name: to }
    const next = withOwnSequences(before, relationRenamed(after, table, to, ownSchema), { table, to: target })
    return editTriggers(next, target, (definition) => renameTriggerTable(definition, target))
  },
  addColumn: ({ before, after, operation: { table, column } }) => {
    const placed = edit(after, table, (owner) =>
      neverNull(
        editColumn(owner, column.name, (one) => withGivenSequence(before, table, withoutSerial(before, table, one))),
      ),
    )
    return withSerials(placed, table, [column])
  },
  dropColumn: ({ before, after, operation: { table, column } }) => {
    const owner = findTable(before, table)
    if (owner !== undefined) requireUnused(before, owner, column)
    return edit(after, table, (now) => withoutColumn(now, column))
  },
  alterColumn: ({ before, after, operation }) => {
    const { table, column, change } = operation
    const owner = findTable(before, table)
    const previous = owner && findColumn(owner, column)?.identity
    const changed = edit(after, table, (now) =>
      neverNull(editColumn(now, column, (one) => withPreservedSequence(before, { table, column: one, previous }))),
    )
    if (owner === undefined || (change.type === undefined && change.native === undefined)) return changed
    return edit(changed, table, (now) => editColumn(now, column, withoutTraitsOfType))
  },
  renameColumn: ({ before, after, operation: { table, column, to }, ownSchema }) => {
    const renamed = { from: column, to, of: table.name }
    const owned = edit(after, table, (owner) => renameInTexts(owner, column, to))
    const renamedViews = withViewsRenamed(owned, table, renamed, ownSchema)
    const policies = withPoliciesRenamed(renamedViews, renamed, table)
    return editTriggers(
      withOwnSequences(before, policies, { table, to: table, column: { from: column, to } }),
      table,
      (definition) => renameTriggerColumn(definition, column, to),
    )
  },
  addConstraint: ({ before, after, operation: { table, constraint } }) => {
    const owner = findTable(before, table)
    if (owner === undefined) return after
    const one = named(before, owner, constraint)
    return edit(after, table, (now) => neverNull({ ...now, constraints: [...now.constraints.slice(0, -1), one] }))
  },
  createIndex: ({ after, operation: { table, index } }) =>
    edit(after, table, (owner) =>
      owner.hiddenIndexes === undefined
        ? owner
        : { ...owner, hiddenIndexes: owner.hiddenIndexes.filter(({ name }) => name !== index.name) },
    ),
  renameEnum: ({ before, after, operation: { enum: ref, to } }) =>
    withReadsMoved(withRenamedType(before, after, ref, to), ref, { ...ref, name: to }),
  alterEnum: ({ before, after, operation }) =>
    withValueDefaults(before, withRenamedValues(after, operation.enum, operation.rename), operation),
  replaceView: ({ before, after, operation: { view } }) => {
    const key = tableKey(view.ref)
    const old = before.views.get(key)
    return old === undefined ? after : put(after, 'views', key, replacement(old, view))
  },
  dropTable: ({ before, after, operation: { table } }) => {
    refuseRead(before, 'table', table)
    return after
  },
  alterTableOptions: same,
  dropConstraint: same,
  renameConstraint: same,
  dropIndex: same,
  renameIndex: same,
  createSchema: same,
  dropSchema: same,
  setSchema: move,
  createEnum: same,
  dropEnum: same,
  createView: same,
  renameView: ({ after, operation: { view, to }, ownSchema }) => relationRenamed(after, view, to, ownSchema),
  dropView: ({ before, after, operation: { view } }) => {
    refuseRead(before, 'view', view)
    return after
  },
  createTrigger: same,
  dropTrigger: same,
  setRowSecurity: same,
  createPolicy: same,
  alterPolicy: same,
  dropPolicy: same,
  createSequence: ({ after, operation: { sequence } }) => withCanonicalSequence(after, sequence.ref),
  alterSequence: ({ after, operation: { sequence } }) => withCanonicalSequence(after, sequence),
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

/** The first schema of the server's own search path that every database has: https://www.postgresql.org/docs/current/ddl-schemas.html */
export const usualSchema = 'public'

/**
 * The schema after an operation: core's `apply`, which checks it, and what the server does by itself: names for constraints
 * that have none, NOT NULL for keys, `serial` taken apart, expressions that follow a rename. Throws what `apply` throws, and
 * DEPENDENT_OBJECTS.
 *
 * ```ts
 * const after = applyToModel(before, { kind: 'renameColumn', table: { name: 'users' }, column: 'mail', to: 'email' })
 * ```
 */
export function applyToModel(model: SchemaModel, operation: Operation, ownSchema = usualSchema): SchemaModel {
  const before = withoutOtherNames(model, operation)
  // The effects of opaque SQL are operations of their own.
  if (operation.kind === 'sql' && operation.effects !== undefined) {
    const { effects, ...text } = operation
    return effects.reduce((each, effect) => applyToModel(each, effect, ownSchema), apply(before, text))
  }
  const after = apply(before, operation)
  // A guard found nothing to do.
  if (after === before) return before
  const step = { before, after, operation, ownSchema }
  const applied = (appliers[operation.kind] as (step: Step<OperationKind>) => SchemaModel)(step)
  return withHeirs(step, withoutDropped(applied, operation, ownSchema), (next, each) =>
    applyToModel(next, each, ownSchema),
  )
}
