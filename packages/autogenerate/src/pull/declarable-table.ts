import {
  type ColumnModel,
  type ConstraintModel,
  type IndexModel,
  refText,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { opaqueKinds } from '../differences/filter.ts'
import { type UndeclaredObject, undeclaredObject, undeclaredPart } from './undeclared.ts'

export interface DeclarableTable {
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
  dependants: _dependants,
  source: _source,
  after: _after,
  ...column
}: ColumnModel): ColumnModel {
  return column
}

const factNames: { readonly [fact: string]: string } = {
  include: 'INCLUDE',
  options: 'its storage parameters',
  noInherit: 'NO INHERIT',
  notValid: 'NOT VALID',
  onDeleteColumns: 'the columns that ON DELETE sets',
}

/** By kind: of a foreign key NOT VALID is declared. */
const undeclaredFacts: { readonly [K in ConstraintModel['kind']]: readonly string[] } = {
  primaryKey: ['include', 'options'],
  unique: ['include', 'options'],
  check: ['noInherit', 'notValid'],
  foreignKey: ['onDeleteColumns'],
  exclude: [],
}

const nameOf = (constraint: ConstraintModel): string =>
  constraint.name ?? `${constraint.kind}${'columns' in constraint ? ` (${constraint.columns.join(', ')})` : ''}`

function declarableConstraint(
  ref: TableRef,
  constraint: ConstraintModel,
  report: (part: UndeclaredObject) => void,
): ConstraintModel | undefined {
  if (constraint.kind === 'exclude') {
    report(undeclaredPart('constraint', ref, nameOf(constraint), 'an exclusion constraint'))
    return undefined
  }
  const { extras: _extras, lasting: _lasting, ...rest } = constraint
  const facts = undeclaredFacts[rest.kind].filter((fact) => fact in rest)
  if (facts.length === 0) return rest
  const labels = facts.map((fact) => factNames[fact] ?? fact)
  report(undeclaredPart('constraint', ref, nameOf(rest), `declared without ${labels.join(' and ')}`))
  return Object.fromEntries(Object.entries(rest).filter(([fact]) => !facts.includes(fact))) as unknown as typeof rest
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

/** A table with what `table(…)` can declare of it, and a list of the rest. */
export function declarableTable(table: TableModel): DeclarableTable {
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
  const { extras: _extras, lasting: _lasting, source: _source, hiddenIndexes: _hidden, ...rest } = table
  const declarable: TableModel = {
    ...rest,
    columns: table.columns.map(declarableColumn),
    constraints: table.constraints.flatMap((each) => declarableConstraint(ref, each, report) ?? []),
    indexes: table.indexes.map(declarableIndex),
  }
  for (const { name, why } of table.hiddenIndexes ?? []) {
    if (why === 'invalid') report(undeclaredPart('index', ref, name, 'its build failed, so that it is not used'))
  }
  if (isReordered(table.columns)) {
    const why = 'its columns are declared in another order: JavaScript puts names that are whole numbers first'
    report(undeclaredObject('table', ref, why))
  }
  return { table: declarable, undeclared }
}
