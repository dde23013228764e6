import type { StepParts } from '@org/migrate-core/dialect'
import { applyToModel } from './compile/apply-to-model.ts'
import { batchSize, compileBatch } from './compile/batch.ts'
import { compile } from './compile/compile.ts'
import { conversionLoss } from './compile/conversion-loss.ts'
import { counters } from './compile/counters.ts'
import { normalise } from './compile/normalise.ts'
import { freeRowid } from './compile/row-key.ts'
import { silenceTriggers } from './connection/silence-triggers.ts'
import { script } from './script.ts'
import { values } from './sql/value-expressions.ts'
import { types } from './types/types.ts'

/** What steps are planned and run with. */
export const stepParts: StepParts = {
  types: { ...types, conversionLoss },
  compiler: { table: compile, batch: { size: batchSize, compile: compileBatch } },
  model: { apply: applyToModel, normalise },
  values,
  rows: { identity: freeRowid, valuesAsTable: true, counters, silenceTriggers },
  script,
}
