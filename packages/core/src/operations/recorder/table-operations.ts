import type { Expression } from '../../declare/column.ts'
import {
  columnModel,
  columnOptions,
  defaultModel,
  indexModel,
  policyModel,
  refuseUnknownOption,
  rolesOf,
  textOf,
} from '../../declare/to-model.ts'
import { present, refText } from '../../model/edit.ts'
import type { ConstraintModel, TableModel, TableRef } from '../../model/schema-model.ts'
import type { ColumnChange, ConstraintSelector, Operation, PolicyChange } from '../operation.ts'
import type {
  AlterTableRecorder,
  ColumnChangeInput,
  IndexElementInput,
  IndexInput,
  PolicyChangeInput,
} from '../recorder-types.ts'
import { checkColumn } from '../traits/columns.ts'
import { checkConstraint } from '../traits/constraints.ts'
import { checkIndex } from '../traits/indexes.ts'
import { checkName, columnsOf, constraintText, indexColumns, invalid } from '../traits/objects.ts'
import { checkPolicy } from '../traits/policies.ts'
import { recorderOf, type Scope } from './scope.ts'
import { checkText, foreignKey } from './table-recorder.ts'

type CreateGuard = { readonly ifNotExists?: true }

/** The guard alone, and the rest without it. */
export function splitGuard<T extends CreateGuard>(
  options: T | undefined,
): readonly [CreateGuard, Omit<T, 'ifNotExists'>] {
  const { ifNotExists, ...rest } = options ?? ({} as T)
  return [ifNotExists ? { ifNotExists } : {}, rest]
}

/** A table with nothing but columns of these names: what can be checked before anybody knows the real one. */
function imagined(ref: TableRef, names: readonly string[]): TableModel {
  const columns = names.map((name) => columnModel(name, { kind: 'text' }))
  return { ref, columns, constraints: [], indexes: [], options: {} }
}

function newIndex(
  ref: TableRef,
  name: string,
  elements: readonly IndexElementInput[],
  options: (IndexInput & CreateGuard & { readonly concurrently?: true }) | undefined,
): Operation {
  const [guard, { concurrently, ...rest }] = splitGuard(options)
  const index = indexModel(name, elements, rest)
  checkIndex(imagined(ref, [...new Set(indexColumns(index))]), index, `create index ${name} on ${refText(ref)}`)
  return { kind: 'createIndex', table: ref, index, ...guard, ...(concurrently ? { concurrently } : {}) }
}

function newConstraint(ref: TableRef, constraint: ConstraintModel, guard: CreateGuard): Operation {
  const line = `add ${constraintText(constraint)} to ${refText(ref)}`
  checkConstraint(imagined(ref, [...new Set(columnsOf(constraint))]), constraint, line)
  return { kind: 'addConstraint', table: ref, constraint, ...guard }
}

const changeOptions = { type: true, ...columnOptions }

function columnChange(input: Omit<ColumnChangeInput, 'using' | 'usingBack' | 'preserve'>): ColumnChange {
  const { default: value, generated, ...rest } = input
  return {
    ...rest,
    ...(value === undefined ? {} : { default: value === null ? null : defaultModel(value) }),
    ...(generated === undefined
      ? {}
      : {
          generated: generated && {
            expression: textOf('generated.as', generated.as),
            stored: generated.stored ?? false,
          },
        }),
  }
}

const changed = (part: string, given: Expression | null): string | null => (given === null ? null : textOf(part, given))

/** Throws INVALID_OPERATION. */
function policyChange({ to, using, withCheck, ...rest }: PolicyChangeInput): PolicyChange {
  return {
    ...rest,
    ...(to === undefined ? {} : { to: rolesOf(to) }),
    ...(using === undefined ? {} : { using: changed('using of a policy', using) }),
    ...(withCheck === undefined ? {} : { withCheck: changed('withCheck of a policy', withCheck) }),
  }
}

/** A method's operation on a table. */
type OperationOf<M> = M extends (...args: infer A) => void ? (table: TableRef, ...args: A) => Operation : never

/** What alterTable's callback can record: `op` has each of them for one statement as well. */
export const tableOperations: { readonly [K in keyof AlterTableRecorder]: OperationOf<AlterTableRecorder[K]> } = {
  addColumn: (table, name, type, options) => {
    const [guard, rest] = splitGuard(options)
    const column = columnModel(name, type, rest)
    checkColumn(column, `add column ${refText(table)}.${name}`)
    return { kind: 'addColumn', table, column, ...guard }
  },
  dropColumn: (table, name, options) => ({
    kind: 'dropColumn',
    table,
    column: checkName(name, 'column'),
    ...options,
  }),
  alterColumn: (table, name, { using, usingBack, preserve, ...input }) => {
    const column = checkName(name, 'column')
    const { extras: _extras, source: _source, ...options } = input
    refuseUnknownOption('column', name, options, changeOptions)
    const change = columnChange(input)
    if (Object.values(change).every((value) => value === undefined)) {
      throw invalid(`change column ${refText(table)}.${name}`, 'nothing is changed')
    }
    return { kind: 'alterColumn', table, column, change, ...present({ using, usingBack, preserve }) }
  },
  renameColumn: (table, name, to, options) => ({
    kind: 'renameColumn',
    table,
    column: checkName(name, 'column'),
    to: checkName(to, 'column'),
    ...options,
  }),
  addPrimaryKey: (table, columns, options) => {
    const [guard, rest] = splitGuard(options)
    return newConstraint(table, { kind: 'primaryKey', columns, ...rest }, guard)
  },
  addUnique: (table, columns, options) => {
    const [guard, rest] = splitGuard(options)
    return newConstraint(table, { kind: 'unique', columns, ...rest }, guard)
  },
  addCheck: (table, expression, options) => {
    const [guard, rest] = splitGuard(options)
    return newConstraint(table, { kind: 'check', expression: checkText(expression, options), ...rest }, guard)
  },
  addForeignKey: (table, key) => {
    const { ifNotExists, ...rest } = key
    return newConstraint(table, foreignKey(rest), ifNotExists ? { ifNotExists } : {})
  },
  addConstraint: (table, constraint, options) => newConstraint(table, constraint, splitGuard(options)[0]),
  dropConstraint: (table, constraint, options) => {
    const selector: ConstraintSelector = typeof constraint === 'string' ? { name: constraint } : constraint
    if ('name' in selector) checkName(selector.name, 'constraint')
    return { kind: 'dropConstraint', table, constraint: selector, ...options }
  },
  renameConstraint: (table, name, to) => ({
    kind: 'renameConstraint',
    table,
    constraint: checkName(name, 'constraint'),
    to: checkName(to, 'constraint'),
  }),
  createIndex: (table, name, elements, options) => newIndex(table, name, elements, options),
  dropIndex: (table, name, options) => ({
    kind: 'dropIndex',
    table,
    index: checkName(name, 'index'),
    ...options,
  }),
  renameIndex: (table, name, to) => ({
    kind: 'renameIndex',
    table,
    index: checkName(name, 'index'),
    to: checkName(to, 'index'),
  }),
  options: (table, options) => ({ kind: 'alterTableOptions', table, options }),
  comment: (table, text) => ({ kind: 'setComment', on: { table }, comment: text }),
  columnComment: (table, column, text) => ({
    kind: 'setComment',
    on: { table, column: checkName(column, 'column') },
    comment: text,
  }),
  rowSecurity: (table, change) => ({ kind: 'setRowSecurity', table, change }),
  createPolicy: (table, name, input) => {
    const [guard, rest] = splitGuard(input)
    const policy = policyModel(name, rest)
    checkPolicy(policy, `create policy ${name} of ${refText(table)}`)
    return { kind: 'createPolicy', table, policy, ...guard }
  },
  alterPolicy: (table, name, change) => ({
    kind: 'alterPolicy',
    table,
    policy: checkName(name, 'policy'),
    change: policyChange(change),
  }),
  dropPolicy: (table, name, options) => ({
    kind: 'dropPolicy',
    table,
    policy: checkName(name, 'policy'),
    ...options,
  }),
  indexComment: (table, index, text) => ({
    kind: 'setComment',
    on: { table, index: checkName(index, 'index') },
    comment: text,
  }),
}

/** What alterTable's callback works with: one operation a call. */
export function alterTableRecorder(scope: Scope, table: TableRef): AlterTableRecorder {
  return recorderOf(scope, 'alterTable', [{ bodies: tableOperations, prepare: (args) => [table, ...args] }])
}
