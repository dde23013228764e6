import { type StepParts, type UnloadedDialect, withFreeNames } from '@org/migrate-core/dialect'
import { oldestMajor } from './capabilities.ts'
import { applyToModel, usualSchema } from './compile/apply-to-model.ts'
import { conversion } from './compile/casts.ts'
import { compileFor } from './compile/compile.ts'
import { inverseWithNulls } from './compile/constraints.ts'
import { conversionLoss } from './compile/conversion-loss.ts'
import { counters } from './compile/counters.ts'
import { collatedAs } from './compile/definitions/definitions.ts'
import { blocked } from './compile/dependants/blocked-tables.ts'
import { nameRules } from './compile/dependants/constraint-names.ts'
import { parentsOf } from './compile/dependants/model-heirs.ts'
import { inverseWithTexts } from './compile/dependants/retyped-texts.ts'
import { stepNotes } from './compile/dependants/step-notes.ts'
import { measures } from './compile/measures.ts'
import { normalise, normaliseForDrift } from './compile/normalise.ts'
import { afterNumbers, fitted, isPadded, lockRows, lockTables, ownNumbers, stored, typed } from './compile/rows.ts'
import { silenceTriggers } from './connection/silence-triggers.ts'
import { olderThan, type ScriptTarget, scriptFor } from './script.ts'
import { values } from './sql/value-expressions.ts'
import { newestMajor } from './sql/version.ts'
import { asWritten } from './types/created-table.ts'
import { misfitOf } from './types/default-misfit.ts'
import { enumValueRows } from './types/enum-columns.ts'
import { alignSequences } from './types/owned-sequences.ts'
import { types } from './types/types.ts'

interface ServerDialect {
  readonly major: number
  readonly ownSchema: string | undefined
  readonly target: ScriptTarget
  readonly dialectFor: (major: number) => UnloadedDialect
}

/** What steps are planned and run with on a server of that major version. */
export function stepPartsFor({ major, ownSchema, target, dialectFor }: ServerDialect): StepParts {
  return {
    types: { ...types, conversion, conversionLoss, defaultMisfit: misfitOf, enumValueRows, collatedAs },
    // Tables are changed in place: nothing is won by compiling several changes as one.
    compiler: withFreeNames(
      {
        table: compileFor(major, ownSchema),
        blocked,
        invert: (around, inverse) => inverseWithTexts(around, inverseWithNulls(around, inverse)),
        notes: stepNotes,
      },
      nameRules,
    ),
    model: {
      apply: (before, operation) => applyToModel(before, operation, ownSchema ?? usualSchema),
      parentsOf: (table) => parentsOf(table, ownSchema ?? usualSchema),
      normalise,
      normaliseForDrift,
      alignSequences,
      asWritten,
      ownSchema: ownSchema ?? usualSchema,
    },
    values,
    measures,
    rows: {
      typed,
      fitted,
      stored,
      isPadded,
      valuesAsTable: true,
      ownNumbers,
      afterNumbers,
      counters,
      lockRows,
      lockTables,
      silenceTriggers,
    },
    script: {
      ...scriptFor(major, target, olderThan(major, oldestMajor, dialectFor)),
      forServer: (version) => {
        const requested = Number(/^(\d+)(?:\.\d+)*$/.exec(version)?.[1])
        return requested >= oldestMajor && requested <= newestMajor ? dialectFor(requested) : undefined
      },
    },
  }
}
