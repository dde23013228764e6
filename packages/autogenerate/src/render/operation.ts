import { Buffer } from 'node:buffer'
import type { Operation, OperationKind, OperationOf, RowValue } from '@org/migrate-core'
import { describe, refText, type TableModel, type TableRef } from '@org/migrate-core/dialect'
import { invalid } from '@org/migrate-core/internal'
import { array, arrow, type Code, call, literal, numbers, objectOf, string, verbatimCode } from './code.ts'
import { asIs, changeObject, columnArguments, expressionOf, optional } from './column.ts'
import { constraintCall, indexArguments, policyArguments, policyChangeObject } from './constraint.ts'
import type { Document } from './document.ts'
import type { Writing } from './imports.ts'
import { type Call, type Step, statement, tableName } from './statement.ts'

function rowValue(value: RowValue, what: string): Code {
  if (typeof value !== 'object' || value === null) return literal(value)
  if ('$bigint' in value) return verbatimCode(`${BigInt(value.$bigint)}n`)
  // `Uint8Array` is there whatever types the project has; `Buffer` needs those of Node.
  if ('$bytes' in value) return call('new Uint8Array', [numbers([...Buffer.from(value.$bytes, 'base64')])])
  // A recorder takes text, numbers and booleans as what they are.
  if (typeof value.$json === 'object' && value.$json !== null) return literal(value.$json)
  throw invalid(what, 'a JSON value that is no object and no array cannot be written into a revision')
}

/** Rows as objects, and their columns where JavaScript would put them into another order. */
function rowArguments(
  what: string,
  columns: readonly string[],
  rows: readonly (readonly RowValue[])[],
): { readonly rows: Code; readonly columns?: readonly string[] } {
  const written = rows.map((row) => {
    if (row.length !== columns.length)
      throw invalid(what, `a row has ${row.length} values for ${columns.length} columns`)
    return objectOf(columns.map((column, at) => [column, rowValue(row[at] ?? null, what)]))
  })
  const inOrder = Object.keys(Object.fromEntries(columns.map((column) => [column, true])))
  const isSameOrder = inOrder.every((column, at) => column === columns[at])
  return { rows: array(written), ...(isSameOrder ? {} : { columns }) }
}

/** The arguments of `createTable`. */
function tableArguments(table: TableModel, writing: Writing): readonly Code[] {
  const { ref, columns, constraints, indexes, options, comment, opaque, rowSecurity, policies = [] } = table
  // No callback says of what other kind a table is; its model does.
  if (opaque !== undefined) {
    const plain = indexes.map(({ source: _, ...index }) => index)
    return [literal({ ref, columns, constraints, indexes: plain, options, comment, opaque })]
  }
  const calls: readonly Call[] = [
    ...columns.map((column) => ({ method: 'column', given: columnArguments(column, writing) })),
    ...constraints.map((constraint) => constraintCall(constraint, writing)),
    ...indexes.map((index) => ({ method: 'index', given: indexArguments(index, writing) })),
    ...(Object.keys(options).length === 0 ? [] : [{ method: 'options', given: [literal(options)] }]),
    ...(rowSecurity === undefined ? [] : [{ method: 'rowSecurity', given: [literal(rowSecurity)] }]),
    ...policies.map((policy) => ({ method: 'policy', given: policyArguments(policy, writing) })),
    ...(comment === undefined ? [] : [{ method: 'comment', given: [string(comment)] }]),
  ]
  return [
    tableName(ref),
    arrow(
      '(t)',
      calls.map((each) => statement('t', each)),
    ),
  ]
}

export interface OperationWriting extends Writing {
  /** The statements of a function that records these. */
  statements(operations: readonly Operation[]): readonly Document[]
  /** Values of an enum whose `replaceBy` is to be filled in. */
  readonly replacements: ReadonlySet<string>
}

type Steps = { readonly [K in OperationKind]: (operation: OperationOf<K>, writing: OperationWriting) => Step }

const named = (ref: TableRef, method: string, given: readonly Code[], options: object = {}): Step => ({
  method,
  given: [tableName(ref), ...given, ...optional(asIs(options))],
})
const inTable = (table: TableRef, method: string, given: readonly Code[], options: object = {}): Step => ({
  table,
  method,
  given: [...given, ...optional(asIs(options))],
})

const steps: Steps = {
  createTable: ({ kind: _, table, ...guard }, writing) => ({
    method: 'createTable',
    given: [...tableArguments(table, writing), ...optional(asIs(guard))],
  }),
  dropTable: ({ kind, table, ...options }) => named(table, kind, [], options),
  renameTable: ({ kind, table, to, ...guard }) => named(table, kind, [string(to)], guard),
  alterTableOptions: ({ table, options }) => inTable(table, 'options', [literal(options)]),
  addColumn: ({ kind, table, column, ...guard }, writing) =>
    inTable(table, kind, columnArguments(column, writing, guard)),
  dropColumn: ({ kind, table, column, ...guard }) => inTable(table, kind, [string(column)], guard),
  alterColumn: ({ kind, table, column, change, ...using }, writing) =>
    inTable(table, kind, [string(column), changeObject(change, writing, using)]),
  renameColumn: ({ kind, table, column, to, ...guard }) => inTable(table, kind, [string(column), string(to)], guard),
  addConstraint: ({ kind: _, table, constraint, ...guard }, writing) => ({
    table,
    ...constraintCall(constraint, writing, { guard }),
  }),
  dropConstraint: ({ kind, table, constraint, ...guard }) => {
    const isName = 'name' in constraint && constraint.kind === undefined
    return inTable(table, kind, [isName ? string(constraint.name) : literal(constraint)], guard)
  },
  renameConstraint: ({ kind, table, constraint, to }) => inTable(table, kind, [string(constraint), string(to)]),
  createIndex: ({ kind, table, index, ...options }, writing) =>
    inTable(table, kind, indexArguments(index, writing, options)),
  dropIndex: ({ kind, table, index, ...options }) => inTable(table, kind, [string(index)], options),
  renameIndex: ({ kind, table, index, to }) => inTable(table, kind, [string(index), string(to)]),
  createSchema: ({ kind, schema, extras: _, ...guard }) => named({ name: schema }, kind, [], guard),
  dropSchema: ({ kind, schema, ...guard }) => named({ name: schema }, kind, [], guard),
  setSchema: ({ kind, object, ref, schema }) => ({
    method: kind,
    given: [string(object), tableName(ref), literal(schema)],
  }),
  createEnum: ({ kind, enum: { ref, values }, ...guard }) => named(ref, kind, [literal(values)], guard),
  alterEnum: (operation, writing) => named(operation.enum, operation.kind, [enumChange(operation, writing)]),
  renameEnum: ({ kind, enum: ref, to }) => named(ref, kind, [string(to)]),
  dropEnum: ({ kind, enum: ref, ...guard }) => named(ref, kind, [], guard),
  createView: ({ kind, view: { ref, definition, source: _, ...options }, ...guard }, writing) =>
    named(ref, kind, [expressionOf(definition, writing)], { ...options, ...guard }),
  replaceView: ({ kind, view: { ref, definition, source: _, ...options } }, writing) =>
    named(ref, kind, [expressionOf(definition, writing)], options),
  renameView: ({ kind, view, to }) => named(view, kind, [string(to)]),
  dropView: ({ kind, view, ...options }) => named(view, kind, [], options),
  createTrigger: ({ kind, trigger: { name, table, definition }, ...guard }, writing) =>
    named(table, kind, [string(name), expressionOf(definition, writing)], guard),
  dropTrigger: ({ kind, table, trigger, ...guard }) => named(table, kind, [string(trigger)], guard),
  setRowSecurity: ({ table, change }) => inTable(table, 'rowSecurity', [literal(change)]),
  createPolicy: ({ kind, table, policy, ...guard }, writing) =>
    inTable(table, kind, policyArguments(policy, writing, guard)),
  alterPolicy: ({ kind, table, policy, change }, writing) =>
    inTable(table, kind, [string(policy), policyChangeObject(change, writing)]),
  dropPolicy: ({ kind, table, policy, ...guard }) => inTable(table, kind, [string(policy)], guard),
  createSequence: ({ kind, sequence: { ref, ...options }, ...guard }) => named(ref, kind, [], { ...options, ...guard }),
  alterSequence: ({ kind, sequence, change }) => named(sequence, kind, [literal(change)]),
  dropSequence: ({ kind, sequence, ...guard }) => named(sequence, kind, [], guard),
  createExtension: ({ kind, extension, ...options }) => named({ name: extension }, kind, [], options),
  dropExtension: ({ kind, extension, ...guard }) => named({ name: extension }, kind, [], guard),
  setComment: (operation) => {
    const { on, comment } = operation
    if (on.column !== undefined && on.index !== undefined)
      throw invalid(describe(operation), 'it is on either a column or an index')
    if (on.column !== undefined) return inTable(on.table, 'columnComment', [string(on.column), literal(comment)])
    if (on.index !== undefined) return inTable(on.table, 'indexComment', [string(on.index), literal(comment)])
    return inTable(on.table, 'comment', [literal(comment)])
  },
  insertRows: (operation) => {
    const { rows, ...order } = rowArguments(describe(operation), operation.columns, operation.rows)
    const { key } = operation
    return named(operation.table, 'insertRows', [rows], { ...order, ...(key === undefined ? {} : { key }) })
  },
  deleteRows: (operation) => {
    const { rows, ...order } = rowArguments(describe(operation), operation.key, operation.rows)
    return named(operation.table, 'deleteRows', [rows], order)
  },
  expectNone: ({ kind, what, query }) => ({ method: kind, given: [string(what), literal(query)] }),
  sql: ({ kind, text, effects, ...options }, writing) => ({
    method: kind,
    given: [
      literal(text),
      ...optional([
        ...asIs(options),
        ['effects', effects && arrow(effects.length === 0 ? '()' : '(op)', writing.statements(effects))],
      ]),
    ],
  }),
  run: (operation) => {
    throw invalid(describe(operation), 'a data step is a function, which cannot be written into a revision')
  },
}

function enumChange(operation: OperationOf<'alterEnum'>, writing: OperationWriting): Code {
  const { add, rename, drop, order } = operation
  const lost = [...writing.replacements].find((value) => !drop?.some((each) => each.value === value))
  if (lost !== undefined) throw invalid(describe(operation), `'${lost}' is to be replaced, and is not dropped`)
  const dropped = drop?.map(({ value, replaceBy }) => {
    const isOpen = replaceBy === undefined && writing.replacements.has(value)
    const gap = isOpen
      ? writing.fillIn(`the value of ${refText(operation.enum)} for rows that hold '${value}'`)
      : undefined
    return objectOf([...asIs({ value, replaceBy }), ['replaceBy', gap]])
  })
  return objectOf([...asIs({ add, rename }), ['drop', dropped && array(dropped)], ...asIs({ order })])
}

/**
 * The call that records an operation. What a server said of an object (`source`, `hiddenIndexes`), which is no part of it, is left out.
 *
 * Throws INVALID_OPERATION for what no text can say: a data step, whose functions are not in the operation.
 */
export function stepOf(operation: Operation, writing: OperationWriting): Step {
  const write = steps[operation.kind] as (operation: Operation, writing: OperationWriting) => Step
  return write(operation, writing)
}
