import type { CompileTable } from '@org/migrate-core/dialect'

export const opaqueStatements: Pick<CompileTable, 'sql' | 'run'> = {
  // What it is nobody knows: where it is DDL, it commits by itself, and the executor finds that out from its words.
  sql: ({ operation: { text, outside } }) => [
    { sql: typeof text === 'string' ? text : text.mysql, transaction: outside ? 'outside' : 'any' },
  ],
  // Data work is a function of the revision: it has no text.
  run: () => [],
}
