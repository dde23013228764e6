import type { CompileTable } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { columnStatements } from './columns.ts'
import { commentStatements } from './comments.ts'
import { constraintStatements } from './constraints.ts'
import { requiringKeys } from './dependants/required-key.ts'
import { indexStatements } from './indexes.ts'
import { opaqueStatements } from './opaque.ts'
import { rowStatementsFor } from './rows.ts'
import { sequenceStatements } from './sequences.ts'
import { tableStatements } from './tables.ts'
import { triggerStatements } from './triggers.ts'
import { unsupportedStatements } from './unsupported.ts'
import { viewStatements } from './views.ts'

/** What each operation is in the words of that server. Every statement of DDL commits by itself. */
export function compileFor(server: Server): CompileTable {
  return requiringKeys(server, {
    ...tableStatements(server),
    ...columnStatements(server),
    ...constraintStatements(server),
    ...indexStatements(server),
    ...viewStatements(server),
    ...triggerStatements,
    ...sequenceStatements(server),
    ...commentStatements(server),
    ...rowStatementsFor(server),
    ...unsupportedStatements,
    ...opaqueStatements,
  })
}
