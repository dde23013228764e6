import type { ConstraintModel } from '../../../model/schema-model.ts'
import type { Operation } from '../../operation.ts'
import { invalid } from '../../traits/objects.ts'
import { callForm } from '../call-forms.ts'
import type { RecorderKind } from '../unknown-method.ts'
import {
  anything,
  either,
  flag,
  list,
  may,
  members,
  must,
  number,
  oneOf,
  orNull,
  record,
  text,
  union,
  yes,
} from './checks.ts'
import {
  change,
  column,
  constraint,
  constraintSelector,
  enumModel,
  extras,
  index,
  names,
  policy,
  policyChange,
  ref,
  rowSecurityChange,
  sequence,
  sequenceChange,
  sqlText,
  table,
  trigger,
  view,
} from './model.ts'

const rows = must(list(list(anything)))
const from = may(
  list(
    members({
      table: must(ref),
      columns: must(names),
      rows: may(members({ table: must(ref), by: must(record(text)) })),
    }),
  ),
)

/** What is wrong with an operation, with its place; undefined: nothing. */
const shapeOf = union<Operation>({
  createTable: { table: must(table), ifNotExists: may(yes) },
  dropTable: { table: must(ref), ifExists: may(yes), cascade: may(yes), preserve: may(either(flag, number)) },
  renameTable: { table: must(ref), to: must(text), ifExists: may(yes) },
  alterTableOptions: { table: must(ref), options: must(record(orNull(either(text, flag)))) },
  addColumn: { table: must(ref), column: must(column), ifNotExists: may(yes) },
  dropColumn: { table: must(ref), column: must(text), ifExists: may(yes), preserve: may(either(flag, number)) },
  alterColumn: {
    table: must(ref),
    column: must(text),
    change: must(change),
    using: may(sqlText),
    usingBack: may(sqlText),
    preserve: may(either(flag, number)),
  },
  renameColumn: { table: must(ref), column: must(text), to: must(text), ifExists: may(yes) },
  addConstraint: { table: must(ref), constraint: must(constraint), ifNotExists: may(yes) },
  dropConstraint: { table: must(ref), constraint: must(constraintSelector), ifExists: may(yes) },
  renameConstraint: { table: must(ref), constraint: must(text), to: must(text) },
  createIndex: { table: must(ref), index: must(index), ifNotExists: may(yes), concurrently: may(yes) },
  dropIndex: { table: must(ref), index: must(text), ifExists: may(yes), concurrently: may(yes) },
  renameIndex: { table: must(ref), index: must(text), to: must(text) },
  createSchema: { schema: must(text), ifNotExists: may(yes), extras },
  dropSchema: { schema: must(text), ifExists: may(yes) },
  setSchema: {
    object: must(oneOf('table', 'view', 'enum', 'sequence')),
    ref: must(ref),
    schema: must(orNull(text)),
  },
  createEnum: { enum: must(enumModel), ifNotExists: may(yes) },
  alterEnum: {
    enum: must(ref),
    add: may(list(members({ value: must(text), before: may(text), after: may(text) }))),
    rename: may(list(members({ value: must(text), to: must(text) }))),
    drop: may(list(members({ value: must(text), replaceBy: may(text) }))),
    order: may(names),
  },
  renameEnum: { enum: must(ref), to: must(text) },
  dropEnum: { enum: must(ref), ifExists: may(yes) },
  createView: { view: must(view), ifNotExists: may(yes) },
  replaceView: { view: must(view) },
  renameView: { view: must(ref), to: must(text) },
  dropView: { view: must(ref), materialized: may(yes), ifExists: may(yes) },
  createTrigger: { trigger: must(trigger), ifNotExists: may(yes) },
  dropTrigger: { table: must(ref), trigger: must(text), ifExists: may(yes) },
  setRowSecurity: { table: must(ref), change: must(rowSecurityChange) },
  createPolicy: { table: must(ref), policy: must(policy), ifNotExists: may(yes) },
  alterPolicy: { table: must(ref), policy: must(text), change: must(policyChange) },
  dropPolicy: { table: must(ref), policy: must(text), ifExists: may(yes) },
  createSequence: { sequence: must(sequence), ifNotExists: may(yes) },
  alterSequence: { sequence: must(ref), change: must(sequenceChange) },
  dropSequence: { sequence: must(ref), ifExists: may(yes) },
  createExtension: { extension: must(text), schema: may(text), ifNotExists: may(yes) },
  dropExtension: { extension: must(text), ifExists: may(yes) },
  setComment: {
    on: must(members({ table: must(ref), column: may(text), index: may(text) })),
    comment: must(orNull(text)),
  },
  insertRows: { table: must(ref), columns: must(names), rows, key: may(names) },
  deleteRows: { table: must(ref), key: must(names), rows },
  expectNone: { what: must(text), query: must(sqlText) },
  sql: { text: must(sqlText), inverse: may(sqlText), effects: may(list(anything)), nonTransactional: may(yes), from },
  run: {
    label: must(text),
    down: must(oneOf('function', 'restore', 'none', 'missing')),
    direction: must(oneOf('up', 'down')),
    from,
    to: may(list(members({ table: must(ref), columns: may(names) }))),
  },
})

/**
 * Revisions are run without being compiled against our types: what a member is called and holds is looked at where it is recorded. Throws
 * INVALID_OPERATION with the place of what is wrong.
 */
export function checkShape(operation: Operation, kind: RecorderKind, method: string): void {
  refuseShape(shapeOf(operation, ''), kind, method)
}

/** The same of a constraint in a block of createTable, at the line that describes it. */
export function checkConstraintShape(constraintModel: ConstraintModel, method: string): void {
  refuseShape(constraint(constraintModel, ''), 'createTable', method)
}

function refuseShape(wrong: string | undefined, kind: RecorderKind, method: string): void {
  if (wrong !== undefined) throw invalid(method, `${wrong}; write it like ${callForm(kind, method)}`)
}
