import { canonicalJson } from './canonical.ts'
import { tableKey } from './edit.ts'
import { expressionText } from './expression-text.ts'
import type { ConstraintModel, TableModel } from './schema-model.ts'

const kindNames: { readonly [K in ConstraintModel['kind']]: string } = {
  primaryKey: 'primary key',
  unique: 'unique constraint',
  check: 'check',
  foreignKey: 'foreign key',
  exclude: 'exclusion constraint',
}

function parts(constraint: ConstraintModel): string {
  if (constraint.kind === 'check') return constraint.expression
  if (constraint.kind === 'exclude') return constraint.elements.map(({ expression }) => expression).join(', ')
  return constraint.columns.join(', ')
}

function constraintLine(constraint: ConstraintModel): string {
  const name = constraint.name === undefined ? '' : ` ${constraint.name}`
  return `${kindNames[constraint.kind]}${name} (${parts(constraint)})`
}

const primaryColumns = (table: TableModel): readonly string[] =>
  table.constraints.find((constraint) => constraint.kind === 'primaryKey')?.columns ?? []

/** Everything of a constraint but its name, with what is a server's way to say the same made the same. */
function body(table: TableModel, constraint: ConstraintModel): { readonly [fact: string]: unknown } {
  const { name: _, ...rest } = constraint
  if (rest.kind === 'check') return { ...rest, expression: expressionText(rest.expression) }
  if (rest.kind === 'exclude') {
    return {
      ...rest,
      method: rest.method ?? 'gist',
      elements: rest.elements.map(({ expression, operator }) => [expressionText(expression), operator.trim()]),
      where: rest.where === undefined ? null : expressionText(rest.where),
    }
  }
  if (rest.kind !== 'foreignKey') return rest
  const { references } = rest
  const self = tableKey(references.table) === tableKey(table.ref)
  const columns = references.columns.length === 0 && self ? primaryColumns(table) : references.columns
  return {
    ...rest,
    references: `${tableKey(references.table)} (${columns.map((name) => JSON.stringify(name)).join(', ')})`,
    onDelete: rest.onDelete ?? 'noAction',
    onUpdate: rest.onUpdate ?? 'noAction',
    match: rest.match ?? 'simple',
  }
}

/** A UNIQUE over the columns of the primary key says nothing new; servers and other tools add and drop it freely. */
function counted(table: TableModel): readonly ConstraintModel[] {
  const key = [...primaryColumns(table)].sort()
  return table.constraints.filter(
    (constraint) =>
      constraint.kind !== 'unique' ||
      key.length === 0 ||
      canonicalJson([...constraint.columns].sort()) !== canonicalJson(key),
  )
}

function bodyDifferences(
  expected: TableModel,
  wanted: ConstraintModel,
  found: TableModel,
  has: ConstraintModel,
): string {
  const one = body(expected, wanted)
  const other = body(found, has)
  const facts = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (fact) => canonicalJson(one[fact] ?? null) !== canonicalJson(other[fact] ?? null),
  )
  const shown = (value: unknown): string => {
    if (value === undefined || value === null) return 'not said'
    if (Array.isArray(value) && value.every((part) => typeof part === 'string')) return `(${value.join(', ')})`
    return typeof value === 'string' ? value : canonicalJson(value)
  }
  return facts.map((fact) => `${fact} is ${shown(other[fact])}, expected ${shown(one[fact])}`).join('; ')
}

/** Whether two constraints that are not equal are still the same one, changed. */
function counterparts(one: ConstraintModel, other: ConstraintModel): boolean {
  if (one.name !== undefined && one.name === other.name) return true
  if (one.kind !== other.kind) return false
  if (one.kind === 'primaryKey') return true
  const named = one.name !== undefined && other.name !== undefined
  return !named && one.kind !== 'check' && one.kind !== 'exclude' && parts(one) === parts(other)
}

/** Names count where both sides have one; without, constraints are told apart by what they say. */
export function constraintDifferences(expected: TableModel, found: TableModel): readonly string[] {
  const wanted = counted(expected)
  const left = new Set(counted(found))
  const texts = new Map([...left].map((constraint) => [constraint, canonicalJson(body(found, constraint))]))
  const same = (constraint: ConstraintModel, fits: (other: ConstraintModel) => boolean): boolean => {
    const text = canonicalJson(body(expected, constraint))
    const match = [...left].find((other) => texts.get(other) === text && fits(other))
    return match !== undefined && left.delete(match)
  }
  const unnamed = wanted.filter((one) => !same(one, (other) => one.name === other.name))
  const open = unnamed.filter((one) => !same(one, (other) => one.name === undefined || other.name === undefined))

  const lines = open.map((one) => {
    const other = [...left].find((candidate) => counterparts(one, candidate))
    if (other === undefined) return `${constraintLine(one)} is missing`
    left.delete(other)
    const facts = bodyDifferences(expected, one, found, other)
    if (facts !== '') return `${constraintLine(one)}: ${facts}`
    return `${constraintLine(one)}: its name is ${other.name}`
  })
  return [...lines, ...[...left].map((other) => `${constraintLine(other)} is left over`)]
}
