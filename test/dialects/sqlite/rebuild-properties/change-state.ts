import type { ConstraintContext } from './generate-constraints.ts'
import type { CaseSpec, Change, ColumnSpec, TypeChoice, Usage } from './spec.ts'

/** Facts of the rows that decide whether a change can succeed. */
export interface RowFacts {
  hasNull(column: string): boolean
  rows: number
}

export interface ChangeState {
  readonly context: ConstraintContext
  readonly spec: CaseSpec
  readonly facts: RowFacts
  /** Columns with their names at this point. */
  columns: ColumnSpec[]
  /** By the name at this point: the name before the revision; absent for added columns. */
  readonly original: Map<string, string>
  readonly touched: Map<ColumnSpec, Set<string>>
  tableName: string
  strict: boolean
  withoutRowid: boolean
  readonly droppedIndexes: Set<string>
  readonly droppedConstraints: Set<unknown>
  primaryKeyAdded: boolean
}

export type Maker = (state: ChangeState) => readonly Change[]

export const used = (column: ColumnSpec, ...uses: Usage[]): boolean => uses.some((use) => column.uses.has(use))

export function choose(
  state: ChangeState,
  what: string,
  fits: (column: ColumnSpec) => boolean,
): ColumnSpec | undefined {
  const fitting = state.columns.filter((one) => !state.touched.get(one)?.has(what) && fits(one))
  if (fitting.length === 0) return undefined
  const column = state.context.random.pick(fitting)
  state.touched.set(column, (state.touched.get(column) ?? new Set()).add(what))
  return column
}

export const isNew = (state: ChangeState, column: ColumnSpec): boolean => !state.original.has(column.name)

export function typeFor(state: ChangeState): TypeChoice {
  const { random } = state.context
  if (state.strict) return random.pick<TypeChoice>([{ native: 'ANY' }, { native: 'ANY' }, { native: 'any' }])
  return random.pick<TypeChoice>([
    { logical: 'text' },
    { logical: 'integer' },
    { logical: 'bigint' },
    { logical: 'double' },
    { logical: 'bytes' },
    { logical: 'boolean' },
    { logical: 'varchar' },
    { native: 'NUMERIC(8,3)' },
    { native: 'MEDIUMTEXT' },
    { native: 'VARYING CHARACTER(255)' },
  ])
}

/** However its names are quoted: the migrator takes those for one. */
const unquoted = (expression: string): string => expression.replace(/["`[\]]/g, '').toLowerCase()

/** Two checks of the same words: the migrator asks which is meant. */
export function isAmbiguous({ spec: { table } }: ChangeState, expression: string): boolean {
  const all = [
    ...table.constraints.map((one) => one.expression),
    ...table.columns.flatMap((one) => one.checks.map((check) => check.expression)),
  ]
  return all.filter((one) => one !== undefined && unquoted(one) === unquoted(expression)).length > 1
}

export function dropCheck(expression: string, name: string | undefined, column: string): Change {
  return {
    kind: 'dropConstraint',
    what: 'check',
    columns: [column],
    expression,
    ...(name === undefined ? {} : { name }),
  }
}
