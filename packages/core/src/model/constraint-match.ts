import { canonicalJson, isSame } from './canonical.ts'
import { tableKey } from './edit.ts'
import { expressionText } from './expression-text.ts'
import type { ConstraintModel, TableModel } from './schema-model.ts'

const primaryColumns = (table: TableModel): readonly string[] =>
  table.constraints.find((constraint) => constraint.kind === 'primaryKey')?.columns ?? []

/** Everything of a constraint but its name, with what is a server's way to say the same made the same. */
export function constraintBody(table: TableModel, constraint: ConstraintModel): { readonly [fact: string]: unknown } {
  const { name: _, extras: __, lasting: ___, ...rest } = constraint
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

export interface ConstraintMatch {
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
  const left = new Set(counted(actual))
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
  const unmatched = counted(expected).filter((one) => take(one, (other) => one.name === other.name) === undefined)
  const remaining = unmatched.filter(
    (one) => take(one, (other) => one.name === undefined || other.name === undefined || isGenerated(one)) === undefined,
  )
  const renamed: { expected: ConstraintModel; actual: ConstraintModel }[] = []
  const missing = remaining.filter((one) => {
    const other = take(one, () => true)
    if (other !== undefined) renamed.push({ expected: one, actual: other })
    return other === undefined
  })
  return { renamed, missing, leftOver: [...left] }
}
