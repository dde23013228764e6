import { MigrateError } from '../../errors/migrate-error.ts'
import type { BuiltInDialect, DialectName } from '../../model/column-type.ts'
import { refText } from '../../model/edit.ts'
import type { SequenceModel, TableModel, TableRef } from '../../model/schema-model.ts'
import type { Operation, SqlText } from '../operation.ts'
import { preservingLabel } from '../preserved-label.ts'
import type { OperationRecorder, RunInput, TableName, TableRecorder } from '../recorder-types.ts'
import type { RecordedStep } from '../recording.ts'
import { checkName, checkRef, firstRepeated, invalid } from '../traits/objects.ts'
import { alterTableRecorder, newIndex, splitGuard } from './alter-recorder.ts'
import { rowsOf } from './row-values.ts'
import { during, method, type RecordingState, type Scope } from './scope.ts'
import { stepSources, stepTargets } from './step-columns.ts'
import { checkNewTable, describedTable, refOf } from './table-recorder.ts'

/** The words of those limits that are none of time. */
const onlineKeywords: ReadonlyMap<string, readonly unknown[]> = new Map([
  ['algorithm', ['instant', 'nocopy', 'inplace', 'copy']],
  ['lock', ['none', 'shared', 'exclusive']],
])

const dialects: { readonly [D in BuiltInDialect]: true } = { sqlite: true, postgres: true, mysql: true }
const dialectNames = Object.keys(dialects) as BuiltInDialect[]

function checkSql(text: SqlText, what: string): void {
  for (const one of typeof text === 'string' ? [text] : dialectNames.map((name) => text[name])) {
    if (typeof one !== 'string')
      throw invalid(what, 'the text is missing for a dialect; write a string, or one for each')
    if (one.trim() === '') throw invalid(what, 'the text is empty')
  }
}

function addStep(recording: RecordingState, label: string, work: RunInput): Operation {
  if (recording.effects) throw invalid(`data step: ${label}`, 'a data step is no effect of an SQL text')
  checkName(label, 'data step')
  if (recording.steps.has(label)) {
    throw invalid(`data step: ${label}`, 'two data steps of the revision have this label; give each a label of its own')
  }
  const { up, down, from, to } =
    typeof work === 'function' ? { up: work, down: undefined, from: undefined, to: undefined } : work
  if (typeof up !== 'function') throw invalid(`data step: ${label}`, 'it has no function')
  const step: RecordedStep = { label, up, ...(typeof down === 'function' ? { down } : {}) }
  recording.steps.set(label, Object.freeze(step))
  return {
    kind: 'run',
    label,
    down: down === undefined ? 'missing' : typeof down === 'function' ? 'function' : down,
    direction: 'up',
    ...(from === undefined ? {} : { from: stepSources(`data step: ${label}`, from) }),
    ...(to === undefined ? {} : { to: stepTargets(`data step: ${label}`, to) }),
  }
}

type Branches = Parameters<OperationRecorder['on']>[0]

/** The branch of the run's dialect. What is missing is missing on every dialect: a revision is not written for one server. */
function branchOf(branches: Branches, dialect: DialectName): (op: OperationRecorder) => void {
  const odd = Object.keys(branches).find((name) => name !== 'otherwise' && !Object.hasOwn(dialects, name))
  if (odd !== undefined)
    throw invalid('op.on', `${odd} is no dialect; there are ${dialectNames.join(', ')} and otherwise`)
  const handled = dialectNames.filter((name) => branches[name] !== undefined)
  const left = dialectNames.find((name) => branches[name] === undefined)
  if (left !== undefined && branches.otherwise === undefined) {
    throw new MigrateError(
      'DIALECT_NOT_DECLARED',
      { dialect: left, declared: handled },
      `op.on() says nothing for ${left}${handled.length === 0 ? '' : `, only for ${handled.join(' and ')}`}.`,
    )
  }
  const builtIn = dialectNames.find((name) => name === dialect)
  const branch = (builtIn && branches[builtIn]) ?? branches.otherwise
  if (typeof branch !== 'function') throw invalid('op.on', `what stands for ${dialect} is no function`)
  return branch
}

/** What `upgrade` receives. */
export function operationRecorder(scope: Scope): OperationRecorder {
  const { recording } = scope
  const does = <A extends readonly unknown[]>(name: string, body: (...args: A) => Operation | undefined) =>
    method(scope, name, body)
  const named = (name: string, what: string): string => {
    checkName(name, what)
    return name
  }
  const ref = (name: TableName, what: string): TableRef => {
    const result = refOf(name)
    checkRef(result, what)
    return result
  }

  const createTable = (
    name: TableName | TableModel | { readonly model: TableModel },
    second?: ((t: TableRecorder) => void) | { readonly ifNotExists?: true },
    third?: { readonly ifNotExists?: true },
  ): Operation => {
    if (typeof second === 'function') {
      const table = describedTable(recording, ref(name as TableName, 'table'), second)
      return { kind: 'createTable', table, ...splitGuard(third)[0] }
    }
    if (typeof name !== 'object' || !('model' in name || 'columns' in name)) {
      throw invalid('createTable', 'it takes a declared table, or a name and a function')
    }
    return { kind: 'createTable', table: checkNewTable('model' in name ? name.model : name), ...splitGuard(second)[0] }
  }

  return {
    createTable: does('createTable', createTable),
    dropTable: does('dropTable', (name, options) => ({ kind: 'dropTable', table: ref(name, 'table'), ...options })),
    renameTable: does('renameTable', (name, to, options) => ({
      kind: 'renameTable',
      table: ref(name, 'table'),
      to: named(to, 'table'),
      ...options,
    })),
    alterTable: does('alterTable', (name, change) => {
      const table = ref(name, 'table')
      during(recording, (inner) => alterTableRecorder(inner, table), change)
      return undefined
    }),
    createIndex: does('createIndex', (table, name, elements, options) =>
      newIndex(ref(table, 'table'), name, elements, options),
    ),
    dropIndex: does('dropIndex', (table, name, options) => ({
      kind: 'dropIndex',
      table: ref(table, 'table'),
      index: named(name, 'index'),
      ...options,
    })),
    createSchema: does('createSchema', (name, options) => ({
      kind: 'createSchema',
      schema: named(name, 'schema'),
      ...options,
    })),
    dropSchema: does('dropSchema', (name, options) => ({
      kind: 'dropSchema',
      schema: named(name, 'schema'),
      ...options,
    })),
    setSchema: does('setSchema', (object, name, schema) => ({
      kind: 'setSchema',
      object,
      ref: ref(name, object),
      schema: schema === null ? null : named(schema, 'schema'),
    })),
    createEnum: does('createEnum', (name, values, options) => {
      const created = { ref: ref(name, 'enum'), values }
      const line = `create enum ${refText(created.ref)}`
      if (values.length === 0) throw invalid(line, 'it has no values')
      const repeated = firstRepeated(values)
      if (repeated !== undefined) throw invalid(line, `the value '${repeated}' is there twice`)
      return { kind: 'createEnum', enum: created, ...options }
    }),
    alterEnum: does('alterEnum', (name, change) => {
      const target = ref(name, 'enum')
      if (
        [change.add, change.rename, change.drop, change.order].every((part) => part === undefined || part.length === 0)
      ) {
        throw invalid(`change enum ${refText(target)}`, 'nothing is changed')
      }
      return { kind: 'alterEnum', enum: target, ...change }
    }),
    renameEnum: does('renameEnum', (name, to) => ({
      kind: 'renameEnum',
      enum: ref(name, 'enum'),
      to: named(to, 'enum'),
    })),
    dropEnum: does('dropEnum', (name, options) => ({ kind: 'dropEnum', enum: ref(name, 'enum'), ...options })),
    createView: does('createView', (name, select, options) => {
      const [guard, rest] = splitGuard(options)
      return { kind: 'createView', view: { ref: ref(name, 'view'), definition: select.sql, ...rest }, ...guard }
    }),
    replaceView: does('replaceView', (name, select, options) => ({
      kind: 'replaceView',
      view: { ref: ref(name, 'view'), definition: select.sql, ...options },
    })),
    renameView: does('renameView', (name, to) => ({
      kind: 'renameView',
      view: ref(name, 'view'),
      to: named(to, 'view'),
    })),
    dropView: does('dropView', (name, options) => ({ kind: 'dropView', view: ref(name, 'view'), ...options })),
    createTrigger: does('createTrigger', (table, name, definition, options) => ({
      kind: 'createTrigger',
      trigger: { name: named(name, 'trigger'), table: ref(table, 'table'), definition: definition.sql },
      ...options,
    })),
    dropTrigger: does('dropTrigger', (table, name, options) => ({
      kind: 'dropTrigger',
      table: ref(table, 'table'),
      trigger: named(name, 'trigger'),
      ...options,
    })),
    createSequence: does('createSequence', (name, options) => {
      const [guard, rest] = splitGuard(options)
      const sequence: SequenceModel = { ref: ref(name, 'sequence'), ...rest }
      return { kind: 'createSequence', sequence, ...guard }
    }),
    alterSequence: does('alterSequence', (name, change) => {
      const sequence = ref(name, 'sequence')
      if (Object.values(change).every((value) => value === undefined)) {
        throw invalid(`change sequence ${refText(sequence)}`, 'nothing is changed')
      }
      return { kind: 'alterSequence', sequence, change }
    }),
    dropSequence: does('dropSequence', (name, options) => ({
      kind: 'dropSequence',
      sequence: ref(name, 'sequence'),
      ...options,
    })),
    createExtension: does('createExtension', (name, options) => ({
      kind: 'createExtension',
      extension: named(name, 'extension'),
      ...options,
    })),
    dropExtension: does('dropExtension', (name, options) => ({
      kind: 'dropExtension',
      extension: named(name, 'extension'),
      ...options,
    })),
    insertRows: does('insertRows', (name, rows, options) => {
      const table = ref(name, 'table')
      return { kind: 'insertRows', table, ...rowsOf(`insert rows into ${refText(table)}`, rows, options) }
    }),
    deleteRows: does('deleteRows', (name, keys, options) => {
      const table = ref(name, 'table')
      const { columns, rows } = rowsOf(`delete rows from ${refText(table)}`, keys, { columns: options?.columns })
      return { kind: 'deleteRows', table, key: columns, rows }
    }),
    expectNone: does('expectNone', (what, query) => {
      // A check that is declared to be the effect of a text would never be sent.
      if (recording.effects) throw invalid('op.expectNone', 'a check is no effect of an SQL text')
      checkSql(query, `expect no ${named(what, 'check')}`)
      return { kind: 'expectNone', what, query }
    }),
    sql: does('sql', (text, options = {}) => {
      const { inverse, effects, nonTransactional: isNonTransactional, from } = options
      checkSql(text, 'sql')
      if (inverse !== undefined) checkSql(inverse, 'sql, inverse')
      if (effects !== undefined && typeof effects !== 'function') {
        const actual = Array.isArray(effects) ? 'a list' : `a ${typeof effects}`
        throw invalid(
          'op.sql',
          `\`effects\` is a function that records, and there is ${actual}; without effects it is () => {}`,
        )
      }
      return {
        kind: 'sql',
        text,
        ...(inverse === undefined ? {} : { inverse }),
        ...(effects === undefined ? {} : { effects: effectsOf(recording, effects) }),
        ...(isNonTransactional ? { nonTransactional: isNonTransactional } : {}),
        ...(from === undefined ? {} : { from: stepSources('sql', from) }),
      }
    }),
    run: does('run', (label, work) => addStep(recording, label, work)),
    limits: does('limits', (limits, build) => {
      for (const [name, value] of Object.entries(limits)) {
        const keywords = onlineKeywords.get(name)
        if (keywords !== undefined) {
          if (!keywords.includes(value)) throw invalid('op.limits', `${name} is one of ${keywords.join(', ')}`)
          continue
        }
        if (name !== 'lockMs' && name !== 'statementMs') throw invalid('op.limits', `${name} is no limit`)
        if (!Number.isInteger(value) || value < 0)
          throw invalid('op.limits', `${name} is no whole number of milliseconds`)
      }
      during({ ...recording, limits: Object.freeze({ ...recording.limits, ...limits }) }, operationRecorder, build)
      return undefined
    }),
    on: does('on', (branches) => {
      during(recording, operationRecorder, branchOf(branches, recording.dialect))
      return undefined
    }),
  }
}

function effectsOf(recording: RecordingState, effects: (op: OperationRecorder) => void): readonly Operation[] {
  const inner: RecordingState = { ...recording, operations: [], steps: new Map(), effects: true }
  during(inner, operationRecorder, effects)
  const declared = inner.operations.map(({ operation }) => operation)
  const preserving = declared.find((operation) => preservingLabel(operation) !== undefined)
  if (preserving !== undefined) {
    throw invalid(
      'op.sql',
      `its effects have a ${preserving.kind} with \`preserve\`, and nothing that SQL of the author takes away is preserved; record the operation itself instead of the SQL`,
    )
  }
  return declared
}
