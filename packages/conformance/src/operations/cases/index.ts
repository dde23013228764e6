import type { OperationKind } from '@org/migrate-core/dialect'
import type { Cases } from './case.ts'
import { columnCases } from './columns.ts'
import { constraintCases } from './constraints.ts'
import { indexCases } from './indexes.ts'
import { moveCases } from './moves.ts'
import { objectCases } from './objects.ts'
import { policyCases } from './policies.ts'
import { rowCases } from './rows.ts'
import { sequenceCases } from './sequences.ts'
import { tableCases } from './tables.ts'

/** Every kind of operation with its options: a new kind does not compile until it has a case. */
export const cases: Cases<OperationKind> = {
  ...tableCases,
  ...columnCases,
  ...constraintCases,
  ...indexCases,
  ...objectCases,
  ...policyCases,
  ...sequenceCases,
  ...moveCases,
  ...rowCases,
}

export const kinds = Object.keys(cases) as readonly OperationKind[]
