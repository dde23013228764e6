import { refText } from '../../model/edit.ts'
import type { SequenceModel } from '../../model/schema-model.ts'
import type { Operation } from '../operation.ts'
import type { OperationRecorder, TableOperationRecorder } from '../recorder-types.ts'
import { checkName, firstRepeated, invalid } from '../traits/objects.ts'
import { rowsOf } from './row-values.ts'
import { splitGuard } from './table-operations.ts'
import { checkedRef } from './table-recorder.ts'

type Recorded = Exclude<
  keyof OperationRecorder,
  keyof TableOperationRecorder | 'createTable' | 'alterTable' | 'expectNone' | 'sql' | 'run' | 'limits' | 'on'
>

/** What is recorded of whole objects and of rows, from nothing but the arguments. */
export const objectOperations: {
  readonly [K in Recorded]: (...args: Parameters<OperationRecorder[K]>) => Operation
} = {
  dropTable: (name, options) => ({ kind: 'dropTable', table: checkedRef(name, 'table'), ...options }),
  renameTable: (name, to, options) => ({
    kind: 'renameTable',
    table: checkedRef(name, 'table'),
    to: checkName(to, 'table'),
    ...options,
  }),
  createSchema: (name, options) => ({
    kind: 'createSchema',
    schema: checkName(name, 'schema'),
    ...options,
  }),
  dropSchema: (name, options) => ({
    kind: 'dropSchema',
    schema: checkName(name, 'schema'),
    ...options,
  }),
  setSchema: (object, name, schema) => ({
    kind: 'setSchema',
    object,
    ref: checkedRef(name, object),
    schema: schema === null ? null : checkName(schema, 'schema'),
  }),
  createEnum: (name, values, options) => {
    const created = { ref: checkedRef(name, 'enum'), values }
    const line = `create enum ${refText(created.ref)}`
    const repeated = firstRepeated(values)
    if (repeated !== undefined) throw invalid(line, `the value '${repeated}' is there twice`)
    return { kind: 'createEnum', enum: created, ...options }
  },
  alterEnum: (name, change) => {
    const target = checkedRef(name, 'enum')
    if (
      [change.add, change.rename, change.drop, change.order].every((part) => part === undefined || part.length === 0)
    ) {
      throw invalid(`change enum ${refText(target)}`, 'nothing is changed')
    }
    return { kind: 'alterEnum', enum: target, ...change }
  },
  renameEnum: (name, to) => ({
    kind: 'renameEnum',
    enum: checkedRef(name, 'enum'),
    to: checkName(to, 'enum'),
  }),
  dropEnum: (name, options) => ({ kind: 'dropEnum', enum: checkedRef(name, 'enum'), ...options }),
  createView: (name, select, options) => {
    const [guard, rest] = splitGuard(options)
    return { kind: 'createView', view: { ref: checkedRef(name, 'view'), definition: select.sql, ...rest }, ...guard }
  },
  replaceView: (name, select, options) => ({
    kind: 'replaceView',
    view: { ref: checkedRef(name, 'view'), definition: select.sql, ...options },
  }),
  renameView: (name, to) => ({
    kind: 'renameView',
    view: checkedRef(name, 'view'),
    to: checkName(to, 'view'),
  }),
  dropView: (name, options) => ({ kind: 'dropView', view: checkedRef(name, 'view'), ...options }),
  createTrigger: (table, name, definition, options) => ({
    kind: 'createTrigger',
    trigger: { name: checkName(name, 'trigger'), table: checkedRef(table, 'table'), definition: definition.sql },
    ...options,
  }),
  dropTrigger: (table, name, options) => ({
    kind: 'dropTrigger',
    table: checkedRef(table, 'table'),
    trigger: checkName(name, 'trigger'),
    ...options,
  }),
  createSequence: (name, options) => {
    const [guard, rest] = splitGuard(options)
    const sequence: SequenceModel = { ref: checkedRef(name, 'sequence'), ...rest }
    return { kind: 'createSequence', sequence, ...guard }
  },
  alterSequence: (name, change) => {
    const sequence = checkedRef(name, 'sequence')
    if (Object.values(change).every((value) => value === undefined)) {
      throw invalid(`change sequence ${refText(sequence)}`, 'nothing is changed')
    }
    return { kind: 'alterSequence', sequence, change }
  },
  dropSequence: (name, options) => ({
    kind: 'dropSequence',
    sequence: checkedRef(name, 'sequence'),
    ...options,
  }),
  createExtension: (name, options) => ({
    kind: 'createExtension',
    extension: checkName(name, 'extension'),
    ...options,
  }),
  dropExtension: (name, options) => ({
    kind: 'dropExtension',
    extension: checkName(name, 'extension'),
    ...options,
  }),
  insertRows: (name, rows, options) => {
    const table = checkedRef(name, 'table')
    return { kind: 'insertRows', table, ...rowsOf(`insert rows into ${refText(table)}`, rows, options) }
  },
  deleteRows: (name, keys, options) => {
    const table = checkedRef(name, 'table')
    const { columns, rows } = rowsOf(`delete rows from ${refText(table)}`, keys, { columns: options?.columns })
    return { kind: 'deleteRows', table, key: columns, rows }
  },
}
