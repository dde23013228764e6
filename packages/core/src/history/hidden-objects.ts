import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'

/** Throws INVALID_OPTION where statements of a run, or of an inspection, would reach temporary objects of the application. */
export async function refuseHidden(session: Session, names: readonly string[]): Promise<void> {
  const hidden = (await session.hiddenNames?.(names)) ?? []
  if (hidden.length === 0) return
  const list = hidden.map((name) => JSON.stringify(name)).join(', ')
  const why = `this client has temporary objects that hide those of a migration: ${list}`
  throw new MigrateError('INVALID_OPTION', { option: 'driver', why }, `driver: ${why}`, {
    remedy: 'Drop the temporary objects first, or give a client that has none.',
  })
}
