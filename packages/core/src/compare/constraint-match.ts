import { canonicalJson, isSame } from '../model/canonical.ts'
import { findTable, tableKey } from '../model/edit.ts'
import { primaryColumns } from '../model/keys.ts'
import type { ConstraintModel, SchemaModel, TableModel } from '../model/schema-model.ts'
import { expressionText } from './expression-text.ts'

const kindNames: { readonly [K in ConstraintModel['kind']]: string } = {
  primaryKey: 'primary key',
  unique: 'unique constraint',
  check: 'check',
  foreignKey: 'foreign key',
  exclude: 'exclusion constraint',
}

export function constraintKindName(kind: ConstraintModel['kind']): string {
  return kindNames[kind]
}

/** What it is about: its columns, or its expression. */
export function constraintSubject(constraint: ConstraintModel): string {
  if (constraint.kind === 'check') return constraint.expression
  if (constraint.kind === 'exclude') return constraint.elements.map(({ expression }) => expression).join(', ')
  return constraint.columns.join(', ')
}

function constraintLine(constraint: ConstraintModel): string {
  const name = constraint.name === undefined ? '' : ` ${constraint.name}`
  return `${kindNames[constraint.kind]}${name} (${constraintSubject(constraint)})`
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
  return !named && one.kind !== 'check' && one.kind !== 'exclude' && constraintSubject(one) === constraintSubject(other)
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
    ...[...left].map((other) => `${constraintLine(other)} is not expected`),
  ]
}

/** Foreign keys that refer to "the primary key" say which columns that is. */
export function withWholeReferences(model: SchemaModel, table: TableModel): TableModel {
  const constraints = table.constraints.map((constraint) => {
    if (constraint.kind !== 'foreignKey' || constraint.references.columns.length > 0) return constraint
    const target = findTable(model, constraint.references.table)
    const columns = target === undefined ? [] : primaryColumns(target)
    return { ...constraint, references: { ...constraint.references, columns } }
  })
  return { ...table, constraints }
}

/** Everything of a constraint but its name, with what is a server's way to say the same made the same. */
export function constraintBody(table: TableModel, constraint: ConstraintModel): { readonly [fact: string]: unknown } {
  const { name: _, extras: __, lasting: ___, ...rest } = constraint
  if (rest.kind === 'check') {
    const { inherited: ____, ...check } = rest
    return { ...check, expression: expressionText(check.expression) }
  }
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
function addsNothing(table: TableModel): (constraint: ConstraintModel) => boolean {
  const columns = primaryColumns(table)
  const key = canonicalJson([...columns].sort())
  return (constraint) =>
    constraint.kind === 'unique' && columns.length > 0 && canonicalJson([...constraint.columns].sort()) === key
}

interface ConstraintMatch {
  /** Equal in everything but their names, which both have. */
  readonly renamed: readonly { readonly expected: ConstraintModel; readonly actual: ConstraintModel }[]
  readonly missing: readonly ConstraintModel[]
  readonly leftOver: readonly ConstraintModel[]
}

/**
 * Which constraints of two tables are the same ones. Names count where both sides have one; without, constraints are told apart by what
 * they say. Both sides have to be in the normal form of one dialect.
 *
 * @param isGenerated a name of the expected side that only a tool made up: it matches every other name
 */
export function matchConstraints(
  expected: TableModel,
  actual: TableModel,
  isGenerated: (constraint: ConstraintModel) => boolean = () => false,
): ConstraintMatch {
  const left = new Set(actual.constraints)
  const bodiesOf = (table: TableModel): ((constraint: ConstraintModel) => unknown) => {
    const bodies = new Map<ConstraintModel, unknown>()
    return (constraint) => {
      const body = bodies.get(constraint) ?? constraintBody(table, constraint)
      bodies.set(constraint, body)
      return body
    }
  }
  const [bodyOf, actualBodyOf] = [bodiesOf(expected), bodiesOf(actual)]
  const take = (
    constraint: ConstraintModel,
    fits: (other: ConstraintModel) => boolean,
  ): ConstraintModel | undefined => {
    for (const other of left) {
      if (other.kind !== constraint.kind || !fits(other)) continue
      if (!isSame(bodyOf(constraint), actualBodyOf(other))) continue
      left.delete(other)
      return other
    }
    return undefined
  }
  // The exact ones first, so that a vaguer match does not take their counterpart away.
  const unmatched = expected.constraints.filter((one) => take(one, (other) => one.name === other.name) === undefined)
  const remaining = unmatched.filter(
    (one) => take(one, (other) => one.name === undefined || other.name === undefined || isGenerated(one)) === undefined,
  )
  const [isNeedless, wasNeedless] = [addsNothing(expected), addsNothing(actual)]
  const renamed: { expected: ConstraintModel; actual: ConstraintModel }[] = []
  const missing = remaining.filter((one) => {
    const other = take(one, () => true)
    if (other !== undefined && !(isNeedless(one) && wasNeedless(other))) renamed.push({ expected: one, actual: other })
    return other === undefined && !isNeedless(one)
  })
  return { renamed, missing, leftOver: [...left].filter((one) => !(wasNeedless(one) && isNeedless(one))) }
}

/** What a constraint without a name is found again by: its columns, with what they refer to, or what it checks. */
function subjectOf(table: TableModel, constraint: ConstraintModel): unknown {
  if (constraint.kind === 'check') return expressionText(constraint.expression)
  if (constraint.kind === 'exclude') return constraintBody(table, constraint)
  const { references } = constraint.kind === 'foreignKey' ? constraintBody(table, constraint) : {}
  return { columns: constraint.columns, references }
}

/**
 * The constraint of a table that stands for another one: the primary key, that of the same name and kind, else one that keeps the same.
 * One column may refer to two tables: the keys are two, also where neither has a name.
 *
 * @param names `both`: a constraint with a name and one without are two; `either`: names count where both have one, since servers give
 * names of their own
 */
export function findCounterpart(
  model: SchemaModel,
  table: TableModel,
  constraint: ConstraintModel,
  names: 'both' | 'either',
): ConstraintModel | undefined {
  const { name, kind } = constraint
  if (kind === 'primaryKey' || name !== undefined) {
    const same = table.constraints.find(
      (other) => other.kind === kind && (kind === 'primaryKey' || other.name === name),
    )
    if (same !== undefined || names === 'both') return same
  }
  const subject = (one: ConstraintModel): unknown => {
    const { constraints } = withWholeReferences(model, { ...table, constraints: [one] })
    return subjectOf(table, constraints[0] ?? one)
  }
  const own = subject(constraint)
  return table.constraints.find(
    (other) =>
      other.kind === kind &&
      (other.name === undefined || (name === undefined && names === 'either')) &&
      isSame(own, subject(other)),
  )
}
