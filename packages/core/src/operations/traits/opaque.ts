import type { SchemaModel } from '../../model/schema-model.ts'
import type { Irreversible, Operation, OperationTable, SqlText } from '../operation.ts'
import { isPreservedLabel } from '../preserved-label.ts'
import { part } from './footprints.ts'
import { invalid, irreversible } from './objects.ts'

/** The fold over all kinds, which opaque SQL needs for what it declares to amount to. */
interface Fold {
  readonly apply: (before: SchemaModel, operation: Operation) => SchemaModel
  readonly invert: (before: SchemaModel, operation: Operation) => readonly Operation[] | Irreversible
  readonly touches: (operation: Operation) => readonly string[]
}

function variantsOf(text: SqlText): readonly string[] {
  return typeof text === 'string' ? [text] : Object.values(text)
}

function summaryOf(text: SqlText): string {
  const line = (variantsOf(text)[0] ?? '').replaceAll(/\s+/g, ' ').trim()
  return line.length <= 60 ? line : `${line.slice(0, 57)}...`
}

/** The effects of the inverse: those of the text, backwards. Undefined where one has no inverse. */
function inverseEffects(
  fold: Fold,
  before: SchemaModel,
  effects: readonly Operation[],
): readonly Operation[] | undefined {
  const back: Operation[][] = []
  let model = before
  for (const effect of effects) {
    const inverse = fold.invert(model, effect)
    if ('irreversible' in inverse) return undefined
    back.unshift([...inverse])
    model = fold.apply(model, effect)
  }
  return back.flat()
}

export function opaqueTraits(fold: Fold): Pick<OperationTable, 'sql' | 'run'> {
  const traits: Pick<OperationTable, 'sql' | 'run'> = {
    sql: {
      apply(before, operation) {
        if (variantsOf(operation.text).some((text) => text.trim() === '')) throw invalid('sql', 'the text is empty')
        return (operation.effects ?? []).reduce(fold.apply, before)
      },
      invert(before, { text, inverse, effects, nonTransactional: isNonTransactional }) {
        if (inverse === undefined) return irreversible('the text names no inverse')
        // Declared effects that cannot be turned round are left out: the schema is read again after the inverse.
        const back = effects === undefined ? undefined : inverseEffects(fold, before, effects)
        return [
          {
            kind: 'sql',
            text: inverse,
            inverse: text,
            ...(back === undefined ? {} : { effects: back }),
            ...(isNonTransactional ? { nonTransactional: isNonTransactional } : {}),
          },
        ]
      },
      touches: ({ effects }) => (effects === undefined ? ['sql'] : [...new Set(effects.flatMap(fold.touches))]),
      describe: ({ text }) => `sql: ${summaryOf(text)}`,
    },

    run: {
      apply: (before) => before,
      invert(_before, operation) {
        if (operation.direction === 'down') return [{ ...operation, direction: 'up' }]
        if (operation.down === 'none') return []
        if (operation.down === 'missing') return irreversible('the data step has no `down`')
        return [{ ...operation, direction: 'down' }]
      },
      touches: ({ label }) => [`run:${part(label)}`],
      describe: ({ label, direction }) =>
        isPreservedLabel(label)
          ? `restore what the upgrade preserved of ${label.slice(label.indexOf(' ') + 1)}`
          : `data step: ${label}${direction === 'down' ? ' (back)' : ''}`,
    },
  }
  return traits
}
