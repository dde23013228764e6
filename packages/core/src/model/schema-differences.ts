import { isSame } from './canonical.ts'
import { tableDifferences, withWholeReferences } from './differences.ts'
import { refText } from './edit.ts'
import { expressionText } from './expression-text.ts'
import type { SchemaModel, SequenceModel } from './schema-model.ts'
import { viewOptionDifferences } from './view-options.ts'

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
    ...[...actual].flatMap(([key, part]) => (expected.has(key) ? [] : [`${name(part)} is left over`])),
  ]
}

const unequal = (what: string, expected: unknown, actual: unknown): readonly string[] =>
  isSame(expected ?? null, actual ?? null) ? [] : [`${what} differs`]

/** A sequence as it is compared: one that says that it does not cycle says what an absent word says. */
function sequenceFacts({ cycle, extras: _, lasting: __, ...rest }: SequenceModel): object {
  return cycle ? { ...rest, cycle } : rest
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
      (view, other) => [
        ...unequal('its kind', view.materialized, other.materialized),
        ...unequal('its SELECT', expressionText(view.definition), expressionText(other.definition)),
        // A view that states none keeps those that it has.
        ...(view.options === undefined ? [] : viewOptionDifferences(view, other)),
      ],
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
