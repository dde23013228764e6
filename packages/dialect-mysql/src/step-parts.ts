import { type StepParts, withFreeNames } from '@org/migrate-core/dialect'
import { applyToModelFor } from './compile/apply-to-model.ts'
import { compileFor } from './compile/compile.ts'
import { conversionLossFor } from './compile/conversion-loss.ts'
import { counters } from './compile/counters.ts'
import { decomposeFor } from './compile/decompose.ts'
import { alterCheckedColumns, checkedColumnsLength } from './compile/dependants/checked-columns.ts'
import { nameRulesFor } from './compile/dependants/constraint-names.ts'
import { inverseWithPrefixes } from './compile/dependants/index-prefixes.ts'
import { withRequiredKey } from './compile/dependants/required-key.ts'
import { unpreservable, unpreservableValues } from './compile/limits.ts'
import { measures } from './compile/measures.ts'
import { onlineFor } from './compile/online.ts'
import { replacedKeyLength, replaceKey } from './compile/primary-key.ts'
import { fitted, storedFor } from './compile/rows.ts'
import { normaliseFor } from './ddl/normalise.ts'
import { respell } from './ddl/respell.ts'
import type { Server } from './flavour.ts'
import { scriptFor } from './script.ts'
import { lockRows, updateFrom, values } from './sql/value-expressions.ts'
import { collatedAsFor } from './types/canonicalise.ts'
import { asWritten } from './types/implicit-indexes.ts'
import { keyOrder } from './types/key-order.ts'
import { typesFor } from './types/types.ts'

/** What steps are planned and run with on one server. */
export function stepPartsFor(server: Server): StepParts {
  return {
    types: { ...typesFor(server), conversionLoss: conversionLossFor(server), collatedAs: collatedAsFor(server) },
    compiler: withFreeNames(
      {
        table: compileFor(server),
        // Each statement of DDL stands alone; but a table goes from one primary key to another in one, and so do columns that a check compares.
        batch: {
          size: (operations) => Math.max(replacedKeyLength(operations), checkedColumnsLength(server, operations)),
          compile: (operations) =>
            operations[0]?.operation.kind === 'alterColumn'
              ? withRequiredKey(server, operations[0], alterCheckedColumns(server, operations))
              : replaceKey(server, operations),
        },
        decompose: decomposeFor(server),
        invert: inverseWithPrefixes,
        online: onlineFor(server),
      },
      nameRulesFor(server),
    ),
    model: {
      apply: applyToModelFor(server),
      normalise: normaliseFor(server),
      asWritten,
      ...(server.lowerCaseTableNames === 0 ? {} : { respell }),
    },
    values,
    measures,
    rows: {
      updateFrom,
      counters,
      keyOrder,
      lockRows,
      fitted,
      stored: storedFor(server),
      unpreservable,
      unpreservableValues,
    },
    script: scriptFor(server),
  }
}
