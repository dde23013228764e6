import { type DialectCompiler, type OperationAround, type StepParts, withFreeNames } from '@org/migrate-core/dialect'
import { applyToModel } from './compile/apply-to-model.ts'
import { batchSize, compileBatch } from './compile/batch.ts'
import { compile, natively } from './compile/compile.ts'
import { conversionLoss } from './compile/conversion-loss.ts'
import { counters } from './compile/counters.ts'
import { nameRules } from './compile/ddl/free-names.ts'
import { compileFamily, familySize } from './compile/family/changes.ts'
import { compileWithFamilies } from './compile/family/compile.ts'
import { uncountedNotes } from './compile/family/uncounted-keys.ts'
import { measures } from './compile/measures.ts'
import { nativeStatement, withNativeText } from './compile/native/native-change.ts'
import { normalise } from './compile/normalise.ts'
import { freeRowid, inverseWithIntKey } from './compile/row-key.ts'
import { refusing } from './compile/rows.ts'
import { silenceTriggers } from './connection/silence-triggers.ts'
import { scriptFor, type VersionDialect } from './script.ts'
import { values } from './sql/value-expressions.ts'
import { misfitOf } from './types/default-misfit.ts'
import { types } from './types/types.ts'

function compilerFor({ older, foreignKeysStayOn }: VersionDialect): DialectCompiler {
  const isNative = (at: OperationAround): boolean => older !== undefined && nativeStatement(at) !== undefined
  const rebuilds = foreignKeysStayOn === true ? compileWithFamilies(compile) : compile
  return withFreeNames(
    {
      table: older === undefined ? rebuilds : natively(rebuilds),
      invert: inverseWithIntKey,
      notes: uncountedNotes,
      batch:
        foreignKeysStayOn === true
          ? { size: (operations) => familySize(operations, isNative), compile: compileFamily }
          : { size: (operations) => batchSize(operations, isNative), compile: compileBatch },
    },
    nameRules,
  )
}

/** What steps are planned and run with: from 3.53 on NOT NULL and CHECKs are changed in place. */
export function stepPartsFor(version: VersionDialect): StepParts {
  return {
    types: { ...types, conversionLoss, defaultMisfit: misfitOf },
    compiler: compilerFor(version),
    // A rebuild before 3.53 leaves the same text as the change in place since.
    model: {
      apply: (before, operation) => withNativeText({ operation, before, after: applyToModel(before, operation) }),
      normalise,
    },
    values,
    measures,
    rows: { identity: freeRowid, refusing, valuesAsTable: true, counters, silenceTriggers },
    script: scriptFor(version),
  }
}
