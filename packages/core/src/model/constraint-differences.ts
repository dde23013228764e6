import { canonicalJson } from './canonical.ts'
import { constraintBody, matchConstraints } from './constraint-match.ts'
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

function bodyDifferences(
  expected: TableModel,
  expectedConstraint: ConstraintModel,
  actual: TableModel,
  actualConstraint: ConstraintModel,
): string {
  const one = constraintBody(expected, expectedConstraint)
  const other = constraintBody(actual, actualConstraint)
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
export function constraintDifferences(expected: TableModel, actual: TableModel): readonly string[] {
  const { renamed, missing, leftOver } = matchConstraints(expected, actual)
  const left = new Set(leftOver)
  const lines = missing.map((one) => {
    const other = [...left].find((candidate) => counterparts(one, candidate))
    if (other === undefined) return `${constraintLine(one)} is missing`
    left.delete(other)
    return `${constraintLine(one)}: ${bodyDifferences(expected, one, actual, other)}`
  })
  return [
    ...renamed.map((each) => `${constraintLine(each.expected)}: its name is ${each.actual.name}`),
    ...lines,
    ...[...left].map((other) => `${constraintLine(other)} is left over`),
  ]
}
