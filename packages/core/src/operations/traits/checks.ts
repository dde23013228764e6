import type { OperationTable } from '../operation.ts'

export const checkTraits: Pick<OperationTable, 'expectNone'> = {
  expectNone: {
    apply: (before) => before,
    // Nothing was changed, so that there is nothing to take back; a downgrade expects other rows.
    invert: () => [],
    // It leaves everything as it was, so that no order of two branches matters to the other one. That rows which the other one
    // writes may be in its way, it says itself, when it runs.
    touches: () => [],
    describe: ({ what }) => `expect no ${what}`,
  },
}
