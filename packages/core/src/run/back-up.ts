import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'

/** Copies the database, where its session can. Throws INVALID_OPTION. */
export async function backUp(
  { dialect }: ResolvedOptions,
  session: Session,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  if (session.backup !== undefined) return session.backup(file, signal)
  const why = `${dialect.name} has backups of its own`
  throw new MigrateError('INVALID_OPTION', { option: 'backup', why }, `No backup can be made here: ${why}.`)
}
