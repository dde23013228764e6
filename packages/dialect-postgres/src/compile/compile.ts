import type { CompileTable } from '@org/migrate-core/dialect'
import { featuresOf } from '../sql/version.ts'
import { columnStatements } from './columns.ts'
import { commentStatements } from './comments.ts'
import { constraintStatements } from './constraints.ts'
import { moveStatements } from './dependants/moves.ts'
import { enumStatements } from './enums.ts'
import { extensionStatements } from './extensions.ts'
import { indexStatements } from './indexes.ts'
import { opaqueStatements } from './opaque.ts'
import { policyStatements } from './policies.ts'
import { rowStatements } from './rows.ts'
import { schemaStatements } from './schemas.ts'
import { sequenceStatements } from './sequences.ts'
import { tableStatements } from './tables.ts'
import { triggerStatements } from './triggers.ts'
import { viewStatements } from './views.ts'

/**
 * The statements of every operation, as a server of that major version takes them. `ownSchema`: what the schema of the connection is
 * called, where that is known.
 */
export function compileFor(major: number, ownSchema?: string): CompileTable {
  const features = featuresOf(major)
  return {
    ...tableStatements(features),
    ...columnStatements(features),
    ...constraintStatements(features),
    ...indexStatements(features),
    ...schemaStatements,
    ...extensionStatements,
    ...enumStatements(features),
    ...moveStatements(ownSchema),
    ...viewStatements(features),
    ...triggerStatements,
    ...policyStatements,
    ...sequenceStatements,
    ...commentStatements,
    ...rowStatements,
    ...opaqueStatements,
  }
}
