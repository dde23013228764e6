import type { CompileTable, OperationAround, OperationKind, Statement } from '@org/migrate-core/dialect'
import { requireNoComment } from './batch.ts'
import { columnStatements } from './columns.ts'
import { commentStatements } from './comments.ts'
import { constraintStatements } from './constraints.ts'
import { indexStatements } from './indexes.ts'
import { nativeStatement } from './native/native-change.ts'
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

/** In place where SQLite can, else as before 3.53. */
function orRebuilt<K extends OperationKind>(
  rebuilt: (at: OperationAround<K>) => readonly Statement[],
): (at: OperationAround<K>) => readonly Statement[] {
  return (at) => {
    requireNoComment(at.operation)
    const native = nativeStatement(at)
    return native === undefined ? rebuilt(at) : [native]
  }
}

/** For SQLite 3.53 and later. https://www.sqlite.org/releaselog/3_53_0.html */
export const natively = (table: CompileTable): CompileTable => ({
  ...table,
  alterColumn: orRebuilt(table.alterColumn),
  addConstraint: orRebuilt(table.addConstraint),
  dropConstraint: orRebuilt(table.dropConstraint),
})
