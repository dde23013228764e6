import type { CompileTable } from '@org/migrate-core/dialect'
import { compileBatch } from './batch.ts'

/** SQLite's ALTER TABLE knows no constraints. */
export const constraintStatements: Pick<CompileTable, 'addConstraint' | 'dropConstraint' | 'renameConstraint'> = {
  addConstraint: (at) => compileBatch([at]),
  dropConstraint: (at) => compileBatch([at]),
  renameConstraint: (at) => compileBatch([at]),
}
