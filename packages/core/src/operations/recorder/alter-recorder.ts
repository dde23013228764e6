import { defaultValue } from '../../declare/column.ts'
import { columnModel, indexModel, policyModel, textOf } from '../../declare/to-model.ts'
import { refText } from '../../model/edit.ts'
import type { ConstraintModel, TableModel, TableRef } from '../../model/schema-model.ts'
import type { ColumnChange, ConstraintSelector, Operation } from '../operation.ts'
import type { AlterTableRecorder, ColumnChangeInput, IndexElementInput, IndexInput } from '../recorder-types.ts'
import { checkColumn } from '../traits/columns.ts'
import { checkConstraint } from '../traits/constraints.ts'
import { checkIndex } from '../traits/indexes.ts'
import { checkName, columnsOf, constraintText, indexColumns, invalid } from '../traits/objects.ts'
import { checkPolicy } from '../traits/policies.ts'
import { policyChange } from './policy.ts'
import { method, type Scope } from './scope.ts'
import { foreignKey } from './table-recorder.ts'

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

export function newIndex(
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

function columnChange(input: Omit<ColumnChangeInput, 'using' | 'usingBack' | 'preserve'>): ColumnChange {
  const { default: value, generated, ...rest } = input
  return {
    ...rest,
    ...(value === undefined ? {} : { default: value === null ? null : defaultValue(value) }),
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

/** What alterTable's callback works with: one operation a call. */
export function alterTableRecorder(scope: Scope, table: TableRef): AlterTableRecorder {
  const does = <A extends readonly unknown[]>(name: string, body: (...args: A) => Operation) =>
    method(scope, name, body)
  const named = (name: string, what: string): string => {
    checkName(name, what)
    return name
  }
  const on = refText(table)

  return {
    addColumn: does('addColumn', (name, type, options) => {
      const [guard, rest] = splitGuard(options)
      const line = `add column ${on}.${name}`
      if (typeof type !== 'object') throw invalid(line, `its type is a ${typeof type}; call it: varchar(12), text()`)
      const column = columnModel(name, type, rest)
      checkColumn(column, line)
      return { kind: 'addColumn', table, column, ...guard }
    }),
    dropColumn: does('dropColumn', (name, options) => ({
      kind: 'dropColumn',
      table,
      column: named(name, 'column'),
      ...options,
    })),
    alterColumn: does('alterColumn', (name, { using, usingBack, preserve, ...input }) => {
      const column = named(name, 'column')
      const change = columnChange(input)
      if (Object.values(change).every((value) => value === undefined)) {
        throw invalid(`change column ${on}.${name}`, 'nothing is changed')
      }
      return {
        kind: 'alterColumn',
        table,
        column,
        change,
        ...(using === undefined ? {} : { using }),
        ...(usingBack === undefined ? {} : { usingBack }),
        ...(preserve === undefined ? {} : { preserve }),
      }
    }),
    renameColumn: does('renameColumn', (name, to, options) => ({
      kind: 'renameColumn',
      table,
      column: named(name, 'column'),
      to: named(to, 'column'),
      ...options,
    })),
    addPrimaryKey: does('addPrimaryKey', (columns, options) => {
      const [guard, rest] = splitGuard(options)
      return newConstraint(table, { kind: 'primaryKey', columns, ...rest }, guard)
    }),
    addUnique: does('addUnique', (columns, options) => {
      const [guard, rest] = splitGuard(options)
      return newConstraint(table, { kind: 'unique', columns, ...rest }, guard)
    }),
    addCheck: does('addCheck', (expression, options) => {
      const [guard, rest] = splitGuard(options)
      return newConstraint(table, { kind: 'check', expression: textOf('a check', expression), ...rest }, guard)
    }),
    addForeignKey: does('addForeignKey', (key) => {
      const { ifNotExists, ...rest } = key
      return newConstraint(table, foreignKey(rest), ifNotExists ? { ifNotExists } : {})
    }),
    addConstraint: does('addConstraint', (constraint, options) =>
      newConstraint(table, constraint, splitGuard(options)[0]),
    ),
    dropConstraint: does('dropConstraint', (constraint, options) => {
      const selector: ConstraintSelector = typeof constraint === 'string' ? { name: constraint } : constraint
      if ('name' in selector) checkName(selector.name, 'constraint')
      return { kind: 'dropConstraint', table, constraint: selector, ...options }
    }),
    renameConstraint: does('renameConstraint', (name, to) => ({
      kind: 'renameConstraint',
      table,
      constraint: named(name, 'constraint'),
      to: named(to, 'constraint'),
    })),
    createIndex: does('createIndex', (name, elements, options) => newIndex(table, name, elements, options)),
    dropIndex: does('dropIndex', (name, options) => ({
      kind: 'dropIndex',
      table,
      index: named(name, 'index'),
      ...options,
    })),
    renameIndex: does('renameIndex', (name, to) => ({
      kind: 'renameIndex',
      table,
      index: named(name, 'index'),
      to: named(to, 'index'),
    })),
    options: does('options', (options) => ({ kind: 'alterTableOptions', table, options })),
    comment: does('comment', (text) => ({ kind: 'setComment', on: { table }, comment: text })),
    columnComment: does('columnComment', (column, text) => ({
      kind: 'setComment',
      on: { table, column: named(column, 'column') },
      comment: text,
    })),
    rowSecurity: does('rowSecurity', (change) => ({ kind: 'setRowSecurity', table, change })),
    createPolicy: does('createPolicy', (name, input) => {
      const [guard, rest] = splitGuard(input)
      const policy = policyModel(name, rest)
      checkPolicy(policy, `create policy ${name} of ${on}`)
      return { kind: 'createPolicy', table, policy, ...guard }
    }),
    alterPolicy: does('alterPolicy', (name, change) => ({
      kind: 'alterPolicy',
      table,
      policy: named(name, 'policy'),
      change: policyChange(change),
    })),
    dropPolicy: does('dropPolicy', (name, options) => ({
      kind: 'dropPolicy',
      table,
      policy: named(name, 'policy'),
      ...options,
    })),
    indexComment: does('indexComment', (index, text) => ({
      kind: 'setComment',
      on: { table, index: named(index, 'index') },
      comment: text,
    })),
  }
}
