import { isSame } from '../model/canonical.ts'
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

const unequal = (what: string, expected: unknown, actual: unknown): readonly string[] =>
  isSame(expected ?? null, actual ?? null) ? [] : [`${what} differs`]

/** The options of a view as they are compared: servers keep the word for true or false that was written. */
function viewOptionFacts({ options = {} }: Pick<ViewModel, 'options'>): { readonly [option: string]: string } {
  const word = (value: string): string =>
    value.replace(/^(?:on|yes|true)$/i, 'true').replace(/^(?:off|no|false)$/i, 'false')
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, word(value)]))
}

/** How the options of a view differ, a line each. */
function viewOptionDifferences(view: ViewModel, other: ViewModel): readonly string[] {
  const [expected, actual] = [viewOptionFacts(view), viewOptionFacts(other)]
  return [...new Set([...Object.keys(expected), ...Object.keys(actual)])]
    .filter((name) => expected[name] !== actual[name])
    .map((name) => `option ${name} is ${actual[name] ?? 'not set'}, expected ${expected[name] ?? 'not set'}`)
}

/** How a view differs from the expected one, a line each; their names are not compared. */
export function viewDifferences(expected: ViewModel, actual: ViewModel): readonly string[] {
  return [
    ...unequal('its kind', expected.materialized, actual.materialized),
    ...unequal('its SELECT', expressionText(expected.definition), expressionText(actual.definition)),
    // A view that states none keeps those that it has.
    ...(expected.options === undefined ? [] : viewOptionDifferences(expected, actual)),
  ]
}

/** A sequence as it is compared: one that says that it does not cycle says what an absent word says. */
export function sequenceFacts({
  ref: _,
  cycle,
  extras: __,
  lasting: ___,
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
      (view) => `${view.materialized ? 'materialized view' : 'view'} ${refText(view.ref)}`,
      viewDifferences,
    ),
    ...partDifferences(
      expected.triggers,
      actual.triggers,
      (trigger) => `trigger ${trigger.name} of ${refText(trigger.table)}`,
      (trigger, other) => unequal('its text', expressionText(trigger.definition), expressionText(other.definition)),
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
      (sequence, other) => unequal('its definition', sequenceFacts(sequence), sequenceFacts(other)),
    ),
  ]
}
