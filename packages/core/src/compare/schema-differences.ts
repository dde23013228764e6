import { canonicalJson, isSame } from '../model/canonical.ts'
import { refText } from '../model/edit.ts'
import type { SchemaModel, SequenceModel, ViewModel } from '../model/schema-model.ts'
import { withWholeReferences } from './constraint-match.ts'
import { expressionText } from './expression-text.ts'
import { tableDifferences } from './table-differences.ts'

function partDifferences<T>(
  expected: ReadonlyMap<string, T>,
  actual: ReadonlyMap<string, T>,
  name: (part: T) => string,
  compare: (part: T, other: T) => readonly string[],
): readonly string[] {
  return [
    ...[...expected].flatMap(([key, part]) => {
      const other = actual.get(key)
      if (other === undefined) return [`${name(part)} is missing`]
      return compare(part, other).map((line) => `${name(part)}: ${line}`)
    }),
    ...[...actual].flatMap(([key, part]) => (expected.has(key) ? [] : [`${name(part)} is not expected`])),
  ]
}

const shortText = 200
/** What is shown of a longer text before the first difference. */
const leading = 40

/** The part of a text on one line that has the character at `at`; a body of a trigger may have many lines. */
function excerpt(text: string, at: number): string {
  if (text.length <= shortText) return text
  const from = Math.max(0, at - leading)
  const end = from + shortText
  return `${from === 0 ? '' : '…'}${text.slice(from, end)}${end < text.length ? '…' : ''}`
}

function textDifferences(what: string, expected: string, actual: string): readonly string[] {
  if (expressionText(expected) === expressionText(actual)) return []
  const [one, other] = [expected, actual].map((text) => text.replaceAll(/\s+/g, ' ').trim()) as [string, string]
  const at = [...one].findIndex((character, index) => character !== other[index])
  const first = at === -1 ? one.length : at
  return [`${what} is ${excerpt(other, first)}, expected ${excerpt(one, first)}`]
}

interface NamedFacts {
  readonly [fact: string]: unknown
}

const factText = (value: unknown): string =>
  value === undefined ? 'not set' : typeof value === 'object' ? canonicalJson(value) : String(value)

function factDifferences(expected: NamedFacts, actual: NamedFacts, prefix = ''): readonly string[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(actual)])]
    .filter((name) => !isSame(expected[name] ?? null, actual[name] ?? null))
    .map((name) => `${prefix}${name} is ${factText(actual[name])}, expected ${factText(expected[name])}`)
}

/** The options of a view as they are compared: servers keep the word for true or false that was written. */
function viewOptionFacts({ options = {} }: Pick<ViewModel, 'options'>): { readonly [option: string]: string } {
  const word = (value: string): string =>
    value.replace(/^(?:on|yes|true)$/i, 'true').replace(/^(?:off|no|false)$/i, 'false')
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, word(value)]))
}

const viewKind = ({ materialized }: ViewModel): string => (materialized ? 'materialized view' : 'view')

/** How a view differs from the expected one, a line each; their names are not compared. */
export function viewDifferences(expected: ViewModel, actual: ViewModel): readonly string[] {
  return [
    ...factDifferences({ 'its kind': viewKind(expected) }, { 'its kind': viewKind(actual) }),
    ...textDifferences('its SELECT', expected.definition, actual.definition),
    // A view that states none keeps those that it has.
    ...(expected.options === undefined
      ? []
      : factDifferences(viewOptionFacts(expected), viewOptionFacts(actual), 'option ')),
  ]
}

/** A sequence as it is compared: one that says that it does not cycle says what an absent word says. */
export function sequenceFacts({
  ref: _,
  cycle,
  extras: __,
  lasting: ___,
  foreignOwner: ____,
  ...facts
}: SequenceModel): Omit<SequenceModel, 'ref'> {
  return cycle ? { ...facts, cycle } : facts
}

/**
 * How a schema differs from what was expected, a line each: tables, views, triggers, enums and sequences that are missing,
 * left over or of another shape. Namespaces and extensions are the server's surroundings and not compared.
 */
export function schemaDifferences(expected: SchemaModel, actual: SchemaModel): readonly string[] {
  return [
    ...partDifferences(
      expected.tables,
      actual.tables,
      (table) => `table ${refText(table.ref)}`,
      (table, other) => tableDifferences(withWholeReferences(expected, table), withWholeReferences(actual, other)),
    ),
    ...partDifferences(
      expected.views,
      actual.views,
      (view) => `${viewKind(view)} ${refText(view.ref)}`,
      viewDifferences,
    ),
    ...partDifferences(
      expected.triggers,
      actual.triggers,
      (trigger) => `trigger ${trigger.name} of ${refText(trigger.table)}`,
      (trigger, other) => textDifferences('its text', trigger.definition, other.definition),
    ),
    ...partDifferences(
      expected.enums,
      actual.enums,
      (item) => `enum ${refText(item.ref)}`,
      (item, other) =>
        isSame(item.values, other.values)
          ? []
          : [`values are ${other.values.join(', ')}, expected ${item.values.join(', ')}`],
    ),
    ...partDifferences(
      expected.sequences,
      actual.sequences,
      (sequence) => `sequence ${refText(sequence.ref)}`,
      (sequence, other) => factDifferences({ ...sequenceFacts(sequence) }, { ...sequenceFacts(other) }),
    ),
  ]
}
