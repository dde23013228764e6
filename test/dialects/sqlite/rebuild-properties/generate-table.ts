import {
  type ConstraintContext,
  checkOf,
  compositeKey,
  conflict,
  constraintName,
  tableConstraints,
} from './generate-constraints.ts'
import type { Affinity, ColumnSpec, ConstraintSpec, TableSpec } from './spec.ts'
import { fold } from './sql-text.ts'

const types: readonly (readonly [string, Affinity])[] = [
  ['', 'any'],
  ['INTEGER', 'integer'],
  ['int', 'integer'],
  ['BIGINT', 'integer'],
  ['UNSIGNED  BIG INT', 'integer'],
  ['TEXT', 'text'],
  ['text', 'text'],
  ['VARCHAR(20)', 'text'],
  ['varchar ( 20 )', 'text'],
  ['NATIVE CHARACTER(70)', 'text'],
  ['DECIMAL(10,2)', 'any'],
  ['NUMERIC', 'any'],
  ['BOOLEAN', 'any'],
  ['DATETIME', 'any'],
  ['REAL', 'real'],
  ['DOUBLE PRECISION', 'real'],
  ['FLOAT', 'real'],
  ['BLOB', 'blob'],
  ['JSON', 'any'],
  ['"odd type"', 'any'],
  ['[un typed]', 'any'],
  ['FLOATING POINT', 'integer'],
]
const strictTypes: readonly (readonly [string, Affinity])[] = [
  ['INT', 'integer'],
  ['INTEGER', 'integer'],
  ['REAL', 'real'],
  ['TEXT', 'text'],
  ['text', 'text'],
  ['BLOB', 'blob'],
  ['ANY', 'any'],
]
function defaultTokens({ random, features }: ConstraintContext, column: ColumnSpec): string[] {
  column.hasDefault = true
  features.add('DEFAULT')
  const literals: readonly string[] = {
    integer: ['0', '42', '-7', '0x1F', '9223372036854775807'],
    real: ['1.5', '-2.5e3', '+0.25', '.5'],
    text: [`''`, `'it''s'`, `'a, b)'`, `'-- no'`],
    blob: [`x''`, `X'00fF'`],
    any: ['NULL', '1', '-3', `'x'`, `x'01'`, 'TRUE', '1e3'],
  }[column.values]
  const expressions: readonly string[] = {
    integer: ['(1 + 2)', "(length('abc)'))", '( - 4 )'],
    real: ['(1.0 / 3)', '( 2.5 )'],
    text: [`(lower('ABC') || ')')`, `('a' || 'b' /* ) */)`, "(upper('x'))"],
    blob: [`(x'0102')`, '(zeroblob(3))'],
    any: ['(1 + 2)', `(lower('ABC'))`, '(NULL)'],
  }[column.values]
  if (random.chance(0.45)) {
    features.add('DEFAULT expression')
    return ['DEFAULT', random.pick(expressions)]
  }
  if (column.values === 'text' && random.chance(0.3)) {
    features.add('DEFAULT CURRENT_TIMESTAMP')
    return ['DEFAULT', random.pick(['CURRENT_TIMESTAMP', 'current_date', '(CURRENT_TIME)'])]
  }
  return ['DEFAULT', random.pick(literals)]
}

export function emptyColumn(name: string, type: string, values: Affinity): ColumnSpec {
  return {
    name,
    tokens: [],
    type,
    values,
    distinct: false,
    notNull: false,
    hasDefault: false,
    collation: undefined,
    generated: undefined,
    rowidAlias: false,
    autoincrement: false,
    checks: [],
    uniqueName: undefined,
    uses: new Set(),
  }
}

function column(context: ConstraintContext, strict: boolean, given?: string): ColumnSpec {
  const { random, names, features } = context
  const name = given ?? names.nextName()
  const [type, values] = random.pick(strict ? strictTypes : types)
  const spec = emptyColumn(name, type, values)
  if (type === '') features.add('column without a type')
  const written = random.chance(0.05) ? `'${name.replaceAll(`'`, `''`)}'` : names.declared(name)
  const pieces: string[][] = []
  if (random.chance(0.3)) {
    spec.notNull = true
    const [prefix] = constraintName(context, 0.1)
    pieces.push([...prefix, 'NOT', 'NULL', ...conflict(context)])
    if (random.chance(0.15)) pieces.push(['NOT', 'NULL'])
  } else if (random.chance(0.06)) pieces.push(['NULL'])
  if (random.chance(0.35)) pieces.push(defaultTokens(context, spec))
  if ((spec.values === 'text' || spec.values === 'any') && random.chance(0.35)) {
    spec.collation = random.pick(['NOCASE', 'NOCASE', 'RTRIM', 'BINARY'])
    features.add(`COLLATE ${spec.collation}`)
    pieces.push(['COLLATE', random.pick([spec.collation, spec.collation.toLowerCase(), `"${spec.collation}"`])])
  }
  if (random.chance(0.25)) {
    const [prefix, checkName] = constraintName(context)
    const expression = checkOf(context, spec)
    spec.checks.push({ expression, name: checkName })
    spec.uses.add('check')
    features.add('CHECK')
    pieces.push([...prefix, 'CHECK', `(${expression})`])
  }
  if (random.chance(0.18)) {
    const [prefix, uniqueName] = constraintName(context)
    spec.distinct = true
    spec.uniqueName = uniqueName
    spec.uses.add('unique')
    features.add('UNIQUE')
    pieces.push([...prefix, 'UNIQUE', ...conflict(context)])
  } else if (random.chance(0.15)) spec.distinct = true
  spec.tokens = [written, ...(type === '' ? [] : [type]), ...random.sample(pieces, pieces.length).flat()]
  return spec
}

function generatedColumn(context: ConstraintContext, from: readonly ColumnSpec[]): ColumnSpec {
  const { random, names, features } = context
  const base = random.pick(from.filter((one) => one.generated === undefined))
  const spec = emptyColumn(names.nextName(), 'TEXT', 'text')
  const mention = names.written(base.name)
  const stored = random.chance(0.5)
  const expression = random.pick([
    `${mention} || '!'`,
    `coalesce(${mention}, '-') || ')'`,
    `'<' || substr(${mention}, 1, 3) || '>'`,
  ])
  spec.generated = { expression, stored }
  base.uses.add('generated')
  features.add(stored ? 'generated STORED' : 'generated VIRTUAL')
  const word = stored ? ['STORED'] : random.pick([['VIRTUAL'], []])
  // SQLite reads GENERATED ALWAYS as a part of the type and cuts it off again, which a comment between the words defeats
  const lead = random.pick([['TEXT GENERATED ALWAYS', 'AS'], ['TEXT AS']])
  spec.tokens = [names.declared(spec.name), ...lead, `(${expression})`, ...word]
  return spec
}

export function generateTable(
  context: ConstraintContext,
  wishes: { readonly plainNames: boolean; readonly rowid: boolean },
): TableSpec {
  const { random, names, features } = context
  const strict = random.chance(0.22)
  const strictable = !strict && random.chance(0.12)
  const strictTyped = strict || strictable
  const name = names.nextName(wishes.plainNames ? 'plain' : 'any')
  const columns: ColumnSpec[] = []
  const constraints: ConstraintSpec[] = []
  const key = random.weighted([
    [40, 'alias'],
    [18, 'text'],
    [20, 'composite'],
    [6, 'int desc'],
    [16, 'none'],
  ] as const)
  const withoutRowid = !wishes.rowid && (key === 'text' || key === 'composite') && random.chance(0.55)
  if (key === 'alias') columns.push(aliasKey(context, constraints))
  if (key === 'text' || key === 'int desc') {
    const spec = emptyColumn(names.nextName(), key === 'text' ? 'TEXT' : 'INTEGER', key === 'text' ? 'text' : 'integer')
    spec.distinct = true
    spec.uses.add('primaryKey')
    spec.notNull = key === 'int desc' || withoutRowid || strictTyped
    const [prefix] = constraintName(context, 0.2)
    const order = key === 'text' ? [] : ['DESC']
    if (key === 'int desc') features.add('INTEGER PRIMARY KEY DESC')
    const nulls = spec.notNull ? ['NOT', 'NULL'] : []
    spec.tokens = [
      names.declared(spec.name),
      spec.type,
      ...prefix,
      'PRIMARY',
      'KEY',
      ...order,
      ...conflict(context),
      ...nulls,
    ]
    columns.push(spec)
  }
  const many = random.int(2, 6)
  if (!wishes.rowid && random.chance(0.16)) {
    features.add('column called rowid')
    for (const alias of random.pick([['rowid'], ['rowid'], ['RowId', 'oid'], ['rowid', 'oid', '_rowid_']])) {
      columns.push(column(context, strictTyped, alias))
    }
  }
  for (let at = 0; at < many; at++) columns.push(column(context, strictTyped))
  if (wishes.plainNames) {
    const plain = emptyColumn(names.nextName('plain'), 'TEXT', 'text')
    plain.tokens = [plain.name, 'TEXT']
    columns.push(plain)
  }
  if (key === 'composite') compositeKey(context, columns, constraints, withoutRowid || strictTyped)
  tableConstraints(context, columns, constraints)
  if (random.chance(0.32)) columns.push(generatedColumn(context, columns))
  if (random.chance(0.06)) columns.push(generatedColumn(context, columns))
  const shadowed = new Set(columns.map((one) => fold(one.name)))
  const rowid = withoutRowid ? undefined : ['rowid', 'oid', '_rowid_'].find((alias) => !shadowed.has(alias))
  if (strict) features.add('STRICT')
  if (withoutRowid) features.add('WITHOUT ROWID')
  if (!withoutRowid && rowid === undefined) features.add('no name left for the rowid')
  return { name, columns, constraints, strict, strictable, withoutRowid, rowid }
}

function aliasKey(context: ConstraintContext, constraints: ConstraintSpec[]): ColumnSpec {
  const { random, names, features } = context
  const spec = emptyColumn(names.nextName(), random.pick(['INTEGER', 'integer']), 'integer')
  spec.distinct = true
  spec.rowidAlias = true
  spec.uses.add('primaryKey')
  features.add('INTEGER PRIMARY KEY')
  const declared = names.declared(spec.name)
  if (random.chance(0.25)) {
    spec.tokens = [declared, spec.type]
    constraints.push({
      kind: 'primaryKey',
      name: undefined,
      columns: [spec.name],
      tokens: ['PRIMARY', 'KEY', '(', names.written(spec.name), ')'],
    })
    return spec
  }
  spec.autoincrement = random.chance(0.5)
  if (spec.autoincrement) features.add('AUTOINCREMENT')
  const nulls = random.chance(0.3) ? ['NOT', 'NULL'] : []
  spec.notNull = nulls.length > 0
  const clause = ['PRIMARY', 'KEY', ...conflict(context, 0.1), ...(spec.autoincrement ? ['AUTOINCREMENT'] : [])]
  spec.tokens = [
    declared,
    spec.type,
    ...random.pick([
      [...nulls, ...clause],
      [...clause, ...nulls],
    ]),
  ]
  return spec
}
