import { MigrateError } from '@org/migrate-core'
import { type BookkeepingInspection, type ResolvedOptions, refuseForeign } from '@org/migrate-core/internal'
import type { LiveSchema } from '../compare/sources.ts'

function refused(database: string, why: string, remedy: string): MigrateError<'DATABASE_PROTECTED'> {
  const message = `\`migrate push\` does not run on ${database}: ${why}`
  return new MigrateError('DATABASE_PROTECTED', { database, command: 'push' }, message, { remedy })
}

/** A push is for a database whose schema no revision has made. Throws DATABASE_PROTECTED, FOREIGN_HISTORY. */
export function refuseHistory(
  { dialect }: ResolvedOptions,
  inspection: BookkeepingInspection,
  { tools }: LiveSchema,
): void {
  const { database } = dialect.connection
  refuseForeign(inspection)
  const revisions = [...inspection.applied.values()].flat()
  const recorded = [...revisions, ...inspection.interrupted.map(({ revision }) => revision)]
  if (recorded.length > 0) {
    const remedy = 'Run `migrate dev`, which writes a revision of what is declared and applies it.'
    throw refused(database, `it has a history, at ${recorded.join(', ')}`, remedy)
  }
  const [tool] = tools
  if (tool === undefined) return
  throw refused(database, `${tool.tool} has migrated it`, 'Take the database over with `migrate adopt`.')
}
