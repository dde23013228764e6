import {
  assign,
  type ColumnModel,
  type ConstraintModel,
  type IndexModel,
  refText,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { opaqueKinds } from '../differences/filter.ts'
import { type UndeclaredObject, undeclaredObject, undeclaredPart } from './undeclared.ts'

interface DeclarableTable {
  /** Undefined: nothing of it can be declared. */
  readonly table: TableModel | undefined
  readonly undeclared: readonly UndeclaredObject[]
}

const control = /\p{Cc}/u
const isDeclarableName = (name: string): boolean => name !== '' && !control.test(name)

/** What a comparison would drop, were it not excluded. */
function excludeIt(ref: TableRef): string {
  return `a comparison would drop it: exclude ${JSON.stringify(refText(ref))} in \`autogenerate.exclude\``
}

function obstacleOf({ ref, columns, constraints, indexes }: TableModel): string | undefined {
  if (columns.length === 0) return `it has no columns, and ${excludeIt(ref)}`
  const parts = [...columns, ...indexes, ...constraints].flatMap(({ name }) => name ?? [])
  const odd = [ref.name, ...parts].find((name) => !isDeclarableName(name))
  return odd === undefined ? undefined : `the name ${JSON.stringify(odd)} cannot be declared, and ${excludeIt(ref)}`
}

function declarableColumn({
  extras: _extras,
  lasting: _lasting,
  foreignOwner: _owner,
  dependants: _dependants,
  local: _local,
  ofHeirs: _ofHeirs,
  inherited: _inherited,
  source: _source,
  after: _after,
  ...column
}: ColumnModel): ColumnModel {
  return column
}

const factNames: { readonly [fact: string]: string } = {
  comment: 'its comment',
  deferrable: 'DEFERRABLE',
  include: 'INCLUDE',
  match: 'MATCH',
  nullsNotDistinct: 'NULLS NOT DISTINCT',
  noInherit: 'NO INHERIT',
  notValid: 'NOT VALID',
  onDeleteColumns: 'the columns that ON DELETE sets',
}

/** The facts that a kind of declaration has no word for, by the objects that have them. */
export type InexpressibleFacts = {
  readonly [K in ConstraintModel['kind'] | 'table' | 'column' | 'index']: readonly string[]
}

/** Of `table(…)`: of a foreign key NOT VALID is declared. */
const ofTable: InexpressibleFacts = {
  table: [],
  column: [],
  index: [],
  primaryKey: ['include', 'options'],
  unique: ['include', 'options'],
  check: ['noInherit', 'notValid'],
  foreignKey: ['onDeleteColumns'],
  exclude: [],
}

/** `collation NOCASE`; of options each: `engine MyISAM, strict`. */
const valueText = (fact: string, value: unknown): string =>
  Object.entries(typeof value === 'object' && value !== null ? value : { [fact]: value })
    .map(([name, each]) => (each === true ? name : `${name} ${each}`))
    .join(', ')

/** The model without facts, and what of them was there: `declared without INCLUDE`. */
function without<T extends object>(model: T, facts: readonly string[]): { readonly rest: T; readonly why?: string } {
  const isStated = (value: unknown): boolean =>
    value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0)
  const stated = facts.filter((fact) => isStated((model as { readonly [fact: string]: unknown })[fact]))
  if (stated.length === 0) return { rest: model }
  const rest = Object.fromEntries(Object.entries(model).filter(([fact]) => !stated.includes(fact))) as T
  const labels = stated.map(
    (fact) => factNames[fact] ?? valueText(fact, (model as { readonly [fact: string]: unknown })[fact]),
  )
  return { rest, why: `declared without ${labels.join(' and ')}` }
}

const nameOf = (constraint: ConstraintModel): string =>
  constraint.name ?? `${constraint.kind}${'columns' in constraint ? ` (${constraint.columns.join(', ')})` : ''}`

function declarableConstraint(
  ref: TableRef,
  constraint: ConstraintModel,
  inexpressible: InexpressibleFacts,
  report: (part: UndeclaredObject) => void,
): ConstraintModel | undefined {
  if (constraint.kind === 'exclude') {
    report(undeclaredPart('constraint', ref, nameOf(constraint), 'an exclusion constraint'))
    return undefined
  }
  const plain = constraint.kind === 'check' ? assign(constraint, 'inherited', undefined) : constraint
  const { extras: _extras, lasting: _lasting, ...own } = plain
  const { rest, why } = without(own, inexpressible[constraint.kind])
  if (why !== undefined) report(undeclaredPart('constraint', ref, nameOf(constraint), why))
  return rest
}

function declarableIndex({ extras: _extras, lasting: _lasting, source: _source, ...index }: IndexModel): IndexModel {
  return index
}

const wholeNumber = /^(?:0|[1-9]\d{0,9})$/
// The greatest that JavaScript orders as a number: 2^32 - 2.
const greatestIndex = 4_294_967_294

function isReordered(columns: readonly ColumnModel[]): boolean {
  const names = columns.map(({ name }) => name)
  if (!names.some((name) => wholeNumber.test(name) && Number(name) <= greatestIndex)) return false
  const inOrder = Object.keys(Object.fromEntries(names.map((name) => [name, true])))
  return inOrder.some((name, at) => name !== names[at])
}

/** What JavaScript changes of a table whose columns are members of an object under their own names. */
export function orderNote({ ref, columns }: TableModel): readonly UndeclaredObject[] {
  if (!isReordered(columns)) return []
  const why = 'its columns are declared in another order: JavaScript puts names that are whole numbers first'
  return [undeclaredObject('table', ref, why)]
}

/** A table with what a declaration can express of it, and a list of the rest. Default: `table(…)`. */
export function declarableTable(table: TableModel, inexpressible: InexpressibleFacts = ofTable): DeclarableTable {
  const { ref, opaque } = table
  if (opaque === 'shadow') return { table: undefined, undeclared: [] }
  if (opaque !== undefined)
    return { table: undefined, undeclared: [undeclaredObject('table', ref, opaqueKinds[opaque])] }
  const obstacle = obstacleOf(table)
  if (obstacle !== undefined) return { table: undefined, undeclared: [undeclaredObject('table', ref, obstacle)] }
  const undeclared: UndeclaredObject[] = []
  const report = (part: UndeclaredObject): void => {
    undeclared.push(part)
  }
  const {
    extras: _extras,
    lasting: _lasting,
    foreignOwner: _owner,
    source: _source,
    hiddenIndexes: _hidden,
    hasHeirs: _heirs,
    replication: _replication,
    ...own
  } = table
  const part = <T extends { readonly name: string }>(kind: 'column' | 'index', model: T): T => {
    const { rest, why } = without(model, inexpressible[kind])
    if (why !== undefined) report(undeclaredPart(kind, ref, model.name, why))
    return rest
  }
  const { rest, why } = without(own, inexpressible.table)
  if (why !== undefined) report(undeclaredObject('table', ref, why))
  const declarable: TableModel = {
    ...rest,
    options: rest.options ?? {},
    columns: table.columns.map((each) => part('column', declarableColumn(each))),
    constraints: table.constraints.flatMap((each) => declarableConstraint(ref, each, inexpressible, report) ?? []),
    indexes: table.indexes.map((each) => part('index', declarableIndex(each))),
  }
  for (const { name, why: reason } of table.hiddenIndexes ?? []) {
    if (reason === 'invalid') report(undeclaredPart('index', ref, name, 'its build failed, so that it is not used'))
  }
  return { table: declarable, undeclared }
}
