import { withArticle } from '../../errors/count-text.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import type { BuiltInDialect, DialectName } from '../../model/column-type.ts'
import type { TableModel } from '../../model/schema-model.ts'
import type { Operation, SqlText } from '../operation.ts'
import { preservingLabel } from '../preserved-label.ts'
import type { OperationRecorder, RunInput, TableName, TableRecorder } from '../recorder-types.ts'
import type { RecordedStep } from '../recording.ts'
import { checkName, invalid } from '../traits/objects.ts'
import { callForm } from './call-forms.ts'
import { objectOperations } from './object-operations.ts'
import { during, type RecordingState, recorderOf, type Scope } from './scope.ts'
import { stepSources, stepTargets } from './step-columns.ts'
import { alterTableRecorder, splitGuard, tableOperations } from './table-operations.ts'
import { checkedRef, checkNewTable, describedTable } from './table-recorder.ts'

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
  if (typeof up !== 'function')
    throw invalid(`data step: ${label}`, `it has no function; write it like ${callForm('op', 'run')}`)
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

function effectsOf(recording: RecordingState, effects: (op: OperationRecorder) => void): readonly Operation[] {
  const inner: RecordingState = { ...recording, operations: [], steps: new Map(), effects: true }
  during(inner, operationRecorder, effects)
  const declared = inner.operations.map(({ operation }) => operation)
  const preserving = declared.find((operation) => preservingLabel(operation) !== undefined)
  if (preserving !== undefined) {
    throw invalid(
      'op.sql',
      `its effects have ${withArticle(preserving.kind)} with \`preserve\`, and nothing that SQL of the author takes away is preserved; record the operation itself instead of the SQL`,
    )
  }
  return declared
}

type ScopedMethod = 'createTable' | 'alterTable' | 'expectNone' | 'sql' | 'run' | 'limits' | 'on'

function createTable(
  recording: RecordingState,
  name: TableName | TableModel | { readonly model: TableModel },
  second?: ((t: TableRecorder) => void) | { readonly ifNotExists?: true },
  third?: { readonly ifNotExists?: true },
): Operation {
  if (typeof second === 'function') {
    const table = describedTable(recording, checkedRef(name as TableName, 'table'), second)
    return { kind: 'createTable', table, ...splitGuard(third)[0] }
  }
  if (typeof name !== 'object' || !('model' in name || 'columns' in name)) {
    throw invalid(
      'createTable',
      `it takes a declared table, or a name and a function: ${callForm('op', 'createTable')}`,
    )
  }
  return { kind: 'createTable', table: checkNewTable('model' in name ? name.model : name), ...splitGuard(second)[0] }
}

/** What depends on the recording: what is inside of it, its dialect, its data steps. */
const scopedOperations: {
  readonly [K in ScopedMethod]: (
    recording: RecordingState,
    ...args: Parameters<OperationRecorder[K]>
  ) => Operation | undefined
} = {
  createTable,
  alterTable: (recording, name, change) => {
    const table = checkedRef(name, 'table')
    during(recording, (inner) => alterTableRecorder(inner, table), change)
    return undefined
  },
  expectNone: (recording, what, query) => {
    // A check that is declared to be the effect of a text would never be sent.
    if (recording.effects) throw invalid('op.expectNone', 'a check is no effect of an SQL text')
    checkSql(query, `expect no ${checkName(what, 'check')}`)
    return { kind: 'expectNone', what, query }
  },
  sql: (recording, text, options) => {
    const { inverse, effects, nonTransactional: isNonTransactional, from } = options ?? {}
    checkSql(text, 'sql')
    if (inverse !== undefined) checkSql(inverse, 'sql, inverse')
    if (effects !== undefined && typeof effects !== 'function') {
      const actual = Array.isArray(effects) ? 'a list' : withArticle(typeof effects)
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
  },
  run: addStep,
  limits: (recording, limits, build) => {
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
  },
  on: (recording, branches) => {
    const branch = branchOf(branches, recording.dialect)
    for (const name of dialectNames) if (branches[name] !== undefined) recording.branches.add(name)
    during(recording, operationRecorder, branch)
    return undefined
  },
}

const withTable = ([table, ...args]: readonly unknown[]): readonly unknown[] => [
  checkedRef(table as TableName, 'table'),
  ...args,
]

/** What `upgrade` receives. */
export function operationRecorder(scope: Scope): OperationRecorder {
  return recorderOf(scope, 'op', [
    { bodies: tableOperations, prepare: withTable },
    { bodies: objectOperations },
    { bodies: scopedOperations, prepare: (args) => [scope.recording, ...args] },
  ])
}
