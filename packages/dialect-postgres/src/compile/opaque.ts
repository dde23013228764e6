import type { CompileTable } from '@org/migrate-core/dialect'

export const opaqueStatements: Pick<CompileTable, 'sql' | 'run'> = {
  sql: ({ operation: { text, outside } }) => [
    { sql: typeof text === 'string' ? text : text.postgres, transaction: outside ? 'outside' : 'any' },
  ],
  // Data work is a function of the revision: it has no text.
  run: () => [],
}
