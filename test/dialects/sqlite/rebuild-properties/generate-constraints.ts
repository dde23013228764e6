import type { Random } from '../../../kit/random.ts'
import type { Names } from './names.ts'
import { type ColumnSpec, type ConstraintSpec, unmatched } from './spec.ts'

export interface ConstraintContext {
  readonly random: Random
  readonly names: Names
  readonly features: Set<string>
}

const conflicts = ['ABORT', 'FAIL', 'IGNORE', 'REPLACE', 'ROLLBACK']

export function conflict({ random, features }: ConstraintContext, chance = 0.2): string[] {
  if (!random.chance(chance)) return []
  features.add('conflict clause')
  return ['ON', 'CONFLICT', random.pick(conflicts)]
}

export function constraintName(
  { random, names, features }: ConstraintContext,
  chance = 0.35,
): [string[], string | undefined] {
  if (!random.chance(chance)) return [[], undefined]
  features.add('named constraint')
  const name = names.nextName()
  return [['CONSTRAINT', names.declared(name)], name]
}
/** Always true of the rows that the generator makes; false of `unmatched`. */
export function checkOf({ random, names }: ConstraintContext, column: ColumnSpec): string {
  const name = names.written(column.name)
  if (column.values === 'integer' || column.values === 'real') {
    return random.pick([`${name} <> 987654321`, `(${name}) IS NOT 987654321`, `NOT (${name} = 987654321)`])
  }
  return random.pick([
    `${name} <> '${unmatched}'`,
    `${name} IS NOT '${unmatched}'`,
    `typeof(${name}) <> 'text' OR ${name} NOT IN ('${unmatched}', '(')`,
    `${name} IS NULL OR (${name}) != '${unmatched}' /* ) */`,
  ])
}

export function compositeKey(
  context: ConstraintContext,
  columns: ColumnSpec[],
  constraints: ConstraintSpec[],
  notNull: boolean,
): void {
  const { random, names, features } = context
  const parts = random.sample(
    columns.filter((one) => one.generated === undefined),
    2,
  )
  const [first] = parts
  if (first === undefined || parts.length < 2) return
  first.distinct = true
  features.add('composite PRIMARY KEY')
  for (const part of parts) {
    part.uses.add('primaryKey')
    if (notNull) part.notNull = true
  }
  const [prefix, name] = constraintName(context)
  const list = parts.map((part) => {
    const extra = [...(random.chance(0.15) ? ['COLLATE', 'BINARY'] : []), ...(random.chance(0.2) ? ['DESC'] : [])]
    return [names.written(part.name), ...extra]
  })
  constraints.push({
    kind: 'primaryKey',
    name,
    columns: parts.map((part) => part.name),
    tokens: [
      ...prefix,
      'PRIMARY',
      'KEY',
      '(',
      ...list.flatMap((one, at) => (at === 0 ? one : [',', ...one])),
      ')',
      ...conflict(context),
    ],
  })
}

export function tableConstraints(
  context: ConstraintContext,
  columns: ColumnSpec[],
  constraints: ConstraintSpec[],
): void {
  const { random, names, features } = context
  if (random.chance(0.3)) {
    const parts = random.sample(columns, 2)
    const [first] = parts
    // SQLite refuses two different ON CONFLICT clauses for the same columns
    if (first !== undefined && parts.length === 2 && parts.some((part) => !part.uses.has('primaryKey'))) {
      first.distinct = true
      for (const part of parts) part.uses.add('unique')
      features.add('UNIQUE')
      const [prefix, name] = constraintName(context)
      const list = parts.flatMap((part, at) => [...(at === 0 ? [] : [',']), names.written(part.name)])
      constraints.push({
        kind: 'unique',
        name,
        columns: parts.map((part) => part.name),
        tokens: [...prefix, 'UNIQUE', '(', ...list, ')', ...conflict(context)],
      })
    }
  }
  if (random.chance(0.3)) {
    const target = random.pick(columns)
    target.uses.add('check')
    const [prefix, name] = constraintName(context)
    const expression = checkOf(context, target)
    features.add('CHECK')
    constraints.push({
      kind: 'check',
      name,
      columns: [target.name],
      expression,
      tokens: [...prefix, 'CHECK', `(${expression})`],
    })
  }
}
