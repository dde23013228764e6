import type { CompileTable } from '@org/migrate-core/dialect'
import { classify } from '../sql/classify.ts'

export const opaqueStatements: Pick<CompileTable, 'sql' | 'run'> = {
  sql: ({ operation: { text, nonTransactional: isNonTransactional } }) => {
    const sql = typeof text === 'string' ? text : text.mysql
    // DDL of the author commits as ours does.
    return [
      {
        sql,
        transaction: isNonTransactional ? 'none' : 'any',
        ...(classify(sql) === 'ddl' ? { commits: true } : {}),
      },
    ]
  },
  // Data work is a function of the revision: it has no text.
  run: () => [],
}
