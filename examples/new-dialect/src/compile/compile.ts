import type { CompileTable } from '@org/migrate-core/dialect'
import { absentStatements } from './absent.ts'
import { checkStatements } from './checks.ts'
import { columnStatements } from './columns.ts'
import { constraintStatements } from './constraints.ts'
import { rowStatements } from './rows.ts'
import { tableStatements } from './tables.ts'
import { viewStatements } from './views.ts'

export const compile: CompileTable = {
  ...tableStatements,
  ...columnStatements,
  ...constraintStatements,
  ...viewStatements,
  ...rowStatements,
  ...checkStatements,
  ...absentStatements,
}
