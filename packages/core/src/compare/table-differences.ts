import { canonicalJson, isSame } from '../model/canonical.ts'
import type { ColumnType } from '../model/column-type.ts'
import type {
  ColumnModel,
  DefaultValue,
  Identity,
  IndexElement,
  IndexModel,
  PolicyModel,
  TableModel,
} from '../model/schema-model.ts'
import { constraintDifferences } from './constraint-match.ts'
import { expressionText } from './expression-text.ts'

function typeText(type: ColumnType): string {
  switch (type.kind) {
    case 'native':
      return type.sql
    case 'integer':
      return `integer ${type.bits} bits`
    case 'enum':
      return `enum ${type.name ?? ''}(${type.values.join(', ')})`
    case 'timestamp':
      return `timestamp${type.precision === undefined ? '' : `(${type.precision})`}${type.withTimezone ? ' with time zone' : ''}`
    case 'decimal':
      return `decimal${type.precision === undefined ? '' : `(${[type.precision, type.scale ?? 0].join(', ')})`}`
    case 'varchar':
    case 'char':
    case 'bytes':
      return type.length === undefined ? type.kind : `${type.kind}(${type.length})`
    case 'time':
      return type.precision === undefined ? 'time' : `time(${type.precision})`
    case 'boolean':
    case 'text':
    case 'real':
    case 'double':
    case 'date':
    case 'json':
    case 'uuid':
      return type.kind
  }
}

/** The text of a type: the case of its words makes no difference, that of quoted names and of the values of a SET does. */
const nativeText = (sql: string): string =>
  sql
    .trim()
    .replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|[^'"`]+/g, (part) =>
      /^['"`]/.test(part) ? part : part.replaceAll(/\s+/g, ' ').toLowerCase(),
    )

/** A type as it is compared: an enum's name counts where both sides know one. */
function typeFacts(type: ColumnType, other: ColumnType): unknown {
  if (type.kind === 'native') return { ...type, sql: nativeText(type.sql) }
  if (type.kind === 'enum' && other.kind === 'enum' && (type.name === undefined || other.name === undefined))
    return type.values
  return type
}

/** A default as it is compared. DEFAULT NULL is no default. */
function defaultFacts(value: DefaultValue | undefined): unknown {
  if (value === undefined || (value.kind === 'literal' && value.value === null)) return null
  if (value.kind !== 'expression') return value
  const sql = expressionText(value.sql)
  if (sql === 'null') return null
  if (sql === 'current_timestamp') return { kind: 'now' }
  if (/^'(?:[^']|'')*'$/.test(sql)) return { kind: 'literal', value: sql.slice(1, -1).replaceAll("''", "'") }
  // Only numbers that JavaScript writes the same way: 1.0 and 12345678901234567890 stay text.
  if (String(Number(sql)) === sql) return { kind: 'literal', value: Number(sql) }
  return { kind: 'expression', sql }
}

function defaultText(value: DefaultValue | undefined): string {
  if (value === undefined) return 'none'
  if (value.kind === 'now') return 'now'
  return value.kind === 'literal' ? JSON.stringify(value.value) : value.sql
}

const identityFacts = ({ mode, start = 1, increment = 1, ...rest }: Identity): Identity => ({
  mode,
  start,
  increment,
  ...rest,
})

/** The name of a sequence is compared where the expected identity states it. */
function comparedIdentity(identity: Identity, expected: Identity | undefined): Identity {
  const { sequence, ...facts } = identityFacts(identity)
  return expected?.sequence === undefined || sequence === undefined ? facts : { ...facts, sequence }
}

function identityText(identity: Identity): string {
  const { mode, start, increment, ...rest } = identityFacts(identity)
  const otherFacts = Object.entries(rest).map(([fact, value]) => `, ${fact} ${value}`)
  return `${mode}, from ${start} by ${increment}${otherFacts.join('')}`
}

/** What is compared of a column: each fact as a comparable value and as words. */
function columnFacts(column: ColumnModel, other: ColumnModel, expected = column): Facts {
  const { generated, identity } = column
  return [
    ['type', typeFacts(column.type, other.type), typeText(column.type)],
    ['nullable', column.nullable, column.nullable ? 'yes' : 'no'],
    ['default', defaultFacts(column.default), defaultText(column.default)],
    [
      'generated',
      generated && { expression: expressionText(generated.expression), stored: generated.stored },
      generated ? `${generated.expression} (${generated.stored ? 'stored' : 'virtual'})` : 'no',
    ],
    ['identity', identity && comparedIdentity(identity, expected.identity), identity ? identityText(identity) : 'no'],
    ['onUpdate', column.onUpdate, column.onUpdate ?? 'no'],
    ['collation', column.collation, column.collation ?? 'none'],
    ['comment', column.comment === '' ? undefined : column.comment, JSON.stringify(column.comment ?? '')],
  ]
}

type Facts<F extends string = string> = readonly (readonly [F, unknown, string])[]

function factDifferences(what: string, expected: Facts, actual: Facts): readonly string[] {
  return expected.flatMap(([fact, value, text], at) => {
    const [, other, otherText] = actual[at] ?? [fact, undefined, 'none']
    return isSame(value ?? null, other ?? null) ? [] : [`${what}: ${fact} is ${otherText}, expected ${text}`]
  })
}

const differing = <F extends string>(expected: Facts<F>, actual: Facts<F>): readonly F[] =>
  expected.flatMap(([fact, value], at) => (isSame(value ?? null, actual[at]?.[1] ?? null) ? [] : [fact]))

/** The facts in which two columns of one name differ: `type`, `nullable`, `default`, … Both in the normal form of one dialect. */
export function differingColumnFacts(expected: ColumnModel, actual: ColumnModel): readonly string[] {
  // Of thousands of columns most are equal as they stand.
  if (isSame(expected, actual)) return []
  return differing(columnFacts(expected, actual), columnFacts(actual, expected, expected))
}

/** The facts in which two indexes differ, their names aside: `unique`, `columns`, `where`, … Both in the normal form of one dialect. */
export function differingIndexFacts(expected: IndexModel, actual: IndexModel): readonly string[] {
  if (isSame({ ...expected, name: '', source: '' }, { ...actual, name: '', source: '' })) return []
  return differing(indexFacts(expected), indexFacts(actual))
}

/** The options that two tables do not have alike. One that is off is not set. */
export function differingOptions(expected: TableModel, actual: TableModel): readonly string[] {
  return differing(optionFacts(expected, actual), optionFacts(actual, expected))
}

export type PolicyFact = 'as' | 'for' | 'to' | 'using' | 'withCheck'

/** What is compared of a policy: each fact as a comparable value and as a string. */
function policyFacts(policy: PolicyModel): Facts<PolicyFact> {
  const { as, for: command, to, using, withCheck } = policy
  return [
    ['as', as, as],
    ['for', command, command],
    ['to', [...to].sort(), to.join(', ')],
    ['using', using === undefined ? undefined : expressionText(using), using ?? 'none'],
    ['withCheck', withCheck === undefined ? undefined : expressionText(withCheck), withCheck ?? 'none'],
  ]
}

/** The facts in which two policies of one name differ. Both in the normal form of one dialect. */
export const differingPolicyFacts = (expected: PolicyModel, actual: PolicyModel): readonly PolicyFact[] =>
  differing(policyFacts(expected), policyFacts(actual))

function elementFacts(element: IndexElement): unknown {
  return {
    ...element,
    order: element.order ?? 'asc',
    ...(element.expression === undefined ? {} : { expression: expressionText(element.expression) }),
  }
}

function elementText(element: IndexElement): string {
  const { column, expression, ...rest } = element
  return [column ?? expression ?? '', ...Object.values(rest)].join(' ')
}

function indexFacts(index: IndexModel): Facts {
  return [
    ['unique', index.unique, index.unique ? 'yes' : 'no'],
    ['columns', index.elements.map(elementFacts), `(${index.elements.map(elementText).join(', ')})`],
    ['where', index.where === undefined ? undefined : expressionText(index.where), index.where ?? 'none'],
    ['method', (index.method ?? 'btree').toLowerCase(), index.method ?? 'btree'],
    ['include', [...(index.include ?? [])].sort(), `(${(index.include ?? []).join(', ')})`],
    ['nulls not distinct', index.nullsNotDistinct, index.nullsNotDistinct ? 'yes' : 'no'],
    ['options', index.options ?? {}, canonicalJson(index.options ?? {})],
    ['comment', index.comment === '' ? undefined : index.comment, JSON.stringify(index.comment ?? '')],
  ]
}

/** The differences of two lists whose parts have names. Their order does not count. */
function byName<T extends { readonly name: string }>(
  what: string,
  expected: readonly T[],
  actual: readonly T[],
  facts: (part: T, other: T, expected: T) => Facts,
): readonly string[] {
  const actualByName = new Map(actual.map((part) => [part.name, part]))
  const names = new Set(expected.map(({ name }) => name))
  return [
    ...expected.flatMap((part) => {
      const other = actualByName.get(part.name)
      if (other === undefined) return [`${what} ${part.name} is missing`]
      if (isSame(part, other)) return []
      return factDifferences(`${what} ${part.name}`, facts(part, other, part), facts(other, part, part))
    }),
    ...actual.filter(({ name }) => !names.has(name)).map(({ name }) => `${what} ${name} is not expected`),
  ]
}

/** The options of a table, also those that only the other one has. */
function optionFacts({ options }: TableModel, other: TableModel): Facts {
  const names = [...new Set([...Object.keys(options), ...Object.keys(other.options)])].sort()
  return names.map((name) => {
    const value = options[name]
    return [name, value === false ? undefined : value, String(value ?? 'not set')]
  })
}

/**
 * How a table differs from what was expected, a line each; empty where they are equal. Both sides have to be in the normal
 * form of one dialect (`dialect.model.normalise`). The names of the tables, the order of columns and the texts that a server
 * keeps (`source`) are not compared; comments are. Names of constraints count where both sides have one.
 *
 * ```ts
 * tableDifferences(dialect.model.normalise(declared), dialect.model.normalise(live)) // ['column email: nullable is yes, expected no']
 * ```
 */
export function tableDifferences(expected: TableModel, actual: TableModel): readonly string[] {
  const whole = (table: TableModel): Facts => [
    ['kind', table.opaque, table.opaque ?? 'table'],
    ['comment', table.comment === '' ? undefined : table.comment, JSON.stringify(table.comment ?? '')],
    ...(['enabled', 'forced'] as const).map((fact) => {
      const isSet = table.rowSecurity?.[fact] ?? false
      return [`row security ${fact}`, isSet, isSet ? 'yes' : 'no'] as const
    }),
  ]
  return [
    ...byName('column', expected.columns, actual.columns, columnFacts),
    ...constraintDifferences(expected, actual),
    ...byName('index', expected.indexes, actual.indexes, indexFacts),
    ...byName('policy', expected.policies ?? [], actual.policies ?? [], policyFacts),
    ...factDifferences('option', optionFacts(expected, actual), optionFacts(actual, expected)),
    ...factDifferences('table', whole(expected), whole(actual)),
  ]
}
