import type { CompileTable } from '@org/migrate-core/dialect'
import { columnStatements } from './columns.ts'
import { commentStatements } from './comments.ts'
import { constraintStatements } from './constraints.ts'
import { indexStatements } from './indexes.ts'
import { opaqueStatements } from './opaque.ts'
import { rowStatements } from './rows.ts'
import { tableStatements } from './tables.ts'
import { triggerStatements } from './triggers.ts'
import { unsupportedStatements } from './unsupported.ts'
import { viewStatements } from './views.ts'

export const compile: CompileTable = {
  ...tableStatements,
  ...columnStatements,
  ...constraintStatements,
  ...indexStatements,
  ...viewStatements,
  ...triggerStatements,
  ...rowStatements,
  ...commentStatements,
  ...unsupportedStatements,
  ...opaqueStatements,
}
