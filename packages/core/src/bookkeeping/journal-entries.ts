import { type Cells, type Condition, deleteRow, insertRow, selectRows, updateRow } from '../compile/own-rows.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { CatalogNames } from '../dialect/introspection.ts'
import type { Session } from '../dialect/session.ts'
import type { Direction } from '../graph/selection/plan.ts'
import type { Row } from '../model/sql-value.ts'
import type { RowValue } from '../operations/operation.ts'
import { decodeRowValue, encodeRowValue } from '../operations/recorder.ts'
import type { Statement } from '../sql/statement.ts'
import { columnChanges } from './column-changes.ts'
import { currentFormat, formatOf, operationsFrom, stateFrom } from './format.ts'
import { damaged, parseList, type RecordedInverse } from './history.ts'
import { readJournalRows } from './journal-rows.ts'
import { parseResolvedOperations } from './resolved-operations.ts'
import { textCell } from './store.ts'
import type { BookkeepingNames } from './tables.ts'

/** Which step a part belongs to. */
export interface JournalStep {
  readonly tier: string
  readonly revision: string
  readonly direction: Direction
  /** It takes back what an interrupted step of the other direction has done. */
  readonly reverts?: true
}

/**
 * Part of a step, by its number: with it the first `until` of the recorded operations are done. `started`: its statement number `done` (from 0) was about
 * to run, and its result is not recorded; `failed`: the server refused that statement, the ones before it stand.
 */
export interface JournalPart {
  readonly position: number
  readonly until: number
  /** Of the recorded operations up to `until`. */
  readonly hash: string
  readonly state: 'started' | 'finished' | 'failed'
  readonly done: number
  readonly statements: readonly Statement[]
  readonly resolvedOperations: readonly RecordedInverse[]
  /** Of the schema before it, where only that will tell whether it ran. */
  readonly fingerprint?: string
  /** The columns of all tables before the step, where opaque SQL follows: the run that ends the step compares with them. */
  readonly columnsBefore?: CatalogNames['columns']
  /** Default: now. */
  readonly startedAt?: string
}

const opposite: { readonly [D in Direction]: Direction } = { up: 'down', down: 'up' }

/** A revert stands under the direction of what it takes back, with a sign: an older program refuses the word. */
const directionText = ({ direction, reverts }: JournalStep): string =>
  reverts === true ? `-${opposite[direction]}` : direction

const directionsOfSteps: ReadonlyMap<string, Pick<JournalStep, 'direction' | 'reverts'>> = new Map([
  ['up', { direction: 'up' }],
  ['down', { direction: 'down' }],
  ['-up', { direction: 'down', reverts: true }],
  ['-down', { direction: 'up', reverts: true }],
])

const states = ['started', 'finished', 'failed'] as const

function keyOf(step: JournalStep, position?: number): Cells {
  const { tier, revision } = step
  return [
    ['tier', tier],
    ['revision', revision],
    ['direction', directionText(step)],
    ...(position === undefined ? [] : [['position', BigInt(position)] as const]),
  ]
}

export function insertPart(
  dialect: UnloadedDialect,
  names: BookkeepingNames,
  step: JournalStep,
  part: JournalPart,
  only?: Condition,
): Statement {
  const statements = part.statements.map(({ params, ...statement }) => ({
    ...statement,
    ...(params === undefined ? {} : { params: params.map((value) => encodeRowValue(value)) }),
  }))
  const cells: Cells = [
    ...keyOf(step, part.position),
    ['format', BigInt(currentFormat)],
    ['operations_done', BigInt(part.until)],
    ['operations_hash', part.hash],
    ['state', part.state],
    ['done', BigInt(part.done)],
    ['started_at', part.startedAt ?? new Date().toISOString()],
    ['fingerprint', part.fingerprint ?? null],
    ['columns_before', part.columnsBefore === undefined ? null : JSON.stringify([...part.columnsBefore])],
    ['statements', JSON.stringify(statements)],
    ['operations', JSON.stringify(part.resolvedOperations.map((each) => each.operation))],
    ['inverses', JSON.stringify(part.resolvedOperations.map((each) => each.inverse))],
  ]
  return insertRow(dialect, names.journal, cells, only)
}

export function updatePart(
  dialect: UnloadedDialect,
  names: BookkeepingNames,
  step: JournalStep,
  position: number,
  { state, done }: Pick<JournalPart, 'state' | 'done'>,
  only?: Condition,
): Statement {
  const cells: Cells = [
    ['state', state],
    ['done', BigInt(done)],
  ]
  return updateRow(dialect, names.journal, cells, keyOf(step, position), only)
}

/** Rows of an earlier format as this program writes them, each by its key. The hash stays: it is compared in each format. */
export async function updateJournal(
  dialect: UnloadedDialect,
  names: BookkeepingNames,
  session: Session,
): Promise<void> {
  const table = names.journal
  const all = selectRows(dialect, table, '*')
  for (const row of await session.query(all.sql, all.params)) {
    const format = formatOf(row, table)
    if (format === currentFormat) continue
    const list = (column: string) => JSON.stringify(operationsFrom(format, parseList(row, column, table) ?? null))
    const cells: Cells = [
      ['format', BigInt(currentFormat)],
      ['state', stateFrom(format, textCell(row, 'state', table))],
      ['operations', list('operations')],
      ['inverses', list('inverses')],
    ]
    const key = ['tier', 'revision', 'direction'].map((name) => [name, textCell(row, name, table)] as const)
    const position = ['position', BigInt(numberCell(row, 'position', table))] as const
    const { sql, params } = updateRow(dialect, table, cells, [...key, position])
    await session.execute(sql, params)
  }
}

export function deletePart(
  dialect: UnloadedDialect,
  names: BookkeepingNames,
  step: JournalStep,
  position: number,
  only?: Condition,
): Statement {
  return deleteRow(dialect, names.journal, keyOf(step, position), only)
}

/** Takes away everything of one step: it is recorded as a whole now. */
export function deleteParts(dialect: UnloadedDialect, names: BookkeepingNames, step: JournalStep): Statement {
  return deleteRow(dialect, names.journal, keyOf(step))
}

/** Deletes everything of a tier that is stamped. */
export function deleteTier(dialect: UnloadedDialect, names: BookkeepingNames, tier: string): Statement {
  return deleteRow(dialect, names.journal, [['tier', tier]])
}

function numberCell(row: Row, column: string, table: string): number {
  const value = row[column]
  if (typeof value === 'bigint') return Number(value)
  throw damaged(table, `${column} is no integer`)
}

function statementOf(value: unknown, table: string): Statement {
  if (typeof value !== 'object' || value === null || !('sql' in value) || typeof value.sql !== 'string')
    throw damaged(table, 'a statement cannot be read')
  const { params, ...statement } = value as Omit<Statement, 'params'> & { params?: readonly RowValue[] }
  return params === undefined ? statement : { ...statement, params: params.map(decodeRowValue) }
}

function columnsBeforeOf(row: Row, table: string): Pick<JournalPart, 'columnsBefore'> {
  if (typeof row.columns_before !== 'string') return {}
  const invalid = () => damaged(table, 'columns_before is no list of tables')
  const columnsBefore = new Map<string, readonly string[]>()
  for (const [key, columns] of columnChanges(parseList(row, 'columns_before', table), invalid) ?? []) {
    if (columns === null) throw invalid()
    columnsBefore.set(key, columns)
  }
  return { columnsBefore }
}

function partOf(row: Row, table: string): JournalPart {
  const text = stateFrom(formatOf(row, table), textCell(row, 'state', table))
  const state = states.find((each) => each === text)
  if (state === undefined) throw damaged(table, `unknown state ${text}`)
  return {
    position: numberCell(row, 'position', table),
    until: numberCell(row, 'operations_done', table),
    hash: textCell(row, 'operations_hash', table),
    state,
    done: numberCell(row, 'done', table),
    statements: (parseList(row, 'statements', table) ?? []).map((each) => statementOf(each, table)),
    resolvedOperations: parseResolvedOperations(row, table) ?? [],
    ...(typeof row.fingerprint === 'string' ? { fingerprint: row.fingerprint } : {}),
    ...columnsBeforeOf(row, table),
  }
}

export interface InterruptedStep extends JournalStep {
  readonly startedAt: string
  /** In their order. */
  readonly parts: readonly JournalPart[]
  /** Of a revert: the interrupted step that it takes back. */
  readonly original?: InterruptedStep
}

/** Instead of a step and its revert only the revert, which knows the step. */
function pairReverts(steps: readonly InterruptedStep[]): readonly InterruptedStep[] {
  const reverts = steps.filter((step) => step.reverts === true)
  const originalOf = (revert: InterruptedStep): InterruptedStep | undefined =>
    steps.find(
      (step) =>
        step.reverts !== true &&
        step.tier === revert.tier &&
        step.revision === revert.revision &&
        step.direction === opposite[revert.direction],
    )
  const taken = new Set(reverts.map(originalOf))
  return steps
    .filter((step) => !taken.has(step))
    .map((step) => {
      const original = step.reverts === true ? originalOf(step) : undefined
      return original === undefined ? step : { ...step, original }
    })
}

/** Every step that was begun and has not ended. Throws BOOKKEEPING_INVALID. */
export async function readJournal(
  dialect: UnloadedDialect,
  names: BookkeepingNames,
  session: Session,
): Promise<readonly InterruptedStep[]> {
  return stepsIn(names.journal, await readJournalRows(dialect, names, session))
}

/** The steps that rows of the journal are about. Throws BOOKKEEPING_INVALID. */
export function stepsIn(table: string, rows: readonly Row[]): readonly InterruptedStep[] {
  const stepsByKey = new Map<string, InterruptedStep>()
  for (const row of rows) {
    formatOf(row, table)
    const text = textCell(row, 'direction', table)
    const direction = directionsOfSteps.get(text)
    if (direction === undefined) throw damaged(table, `unknown direction ${text}`)
    const step = { tier: textCell(row, 'tier', table), revision: textCell(row, 'revision', table), ...direction }
    const key = JSON.stringify(step)
    const interrupted = stepsByKey.get(key) ?? { ...step, startedAt: textCell(row, 'started_at', table), parts: [] }
    stepsByKey.set(key, { ...interrupted, parts: [...interrupted.parts, partOf(row, table)] })
  }
  return pairReverts([...stepsByKey.values()])
}
