import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EmptyDatabase, ServerSession } from '../../dialect/dialect.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import { withDialectSession } from '../../history/with-session.ts'
import type { ResolvedOptions } from '../../options/resolve-options.ts'
import { type BackupCall, backUp, chooseProgram, runBackupProgram } from './back-up.ts'

function noCopy({ dialect }: ResolvedOptions, why: string): MigrateError<'SHADOW_REFUSED'> {
  return new MigrateError('SHADOW_REFUSED', { why }, `${dialect.connection.database} gives no copy: ${why}`, {
    remedy: 'Copy it with the program of its server into a database of your own, and name that one.',
  })
}

/** Brings a dump into the empty database, by the program of its server. */
async function load(
  resolved: ResolvedOptions,
  target: EmptyDatabase,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  await withDialectSession(target.dialect, { purpose: 'run', signal }, async (session, { connection }) => {
    const backup = await connection.backup?.(session)
    if (backup === undefined) throw noCopy(resolved, 'no program loads a dump into it')
    const { database } = resolved.dialect.connection
    const call: BackupCall = { purpose: 'copy', database, environment: backup.environment, signal }
    const { program, arguments: argumentsFor, readsInput } = await chooseProgram(call, backup.loading, backup.package)
    await runBackupProgram({ ...call, ...(readsInput ? { inputFile: file } : {}) }, program, argumentsFor(file))
  })
}

/**
 * Copies the database of the session into an empty one, by way of a proven backup that is deleted afterwards. The database itself is only
 * read. Throws BACKUP_FAILED, SHADOW_REFUSED, and the signal's reason.
 */
export async function copyDatabase(
  resolved: ResolvedOptions,
  session: ServerSession,
  target: EmptyDatabase,
  signal: AbortSignal,
): Promise<void> {
  if (target.isCopy) return
  if (session.backup !== undefined) {
    if (target.file === undefined) throw noCopy(resolved, 'it has no file')
    await backUp(resolved, session, target.file, signal, 'copy')
    return
  }
  const folder = await mkdtemp(join(tmpdir(), 'migrate-copy-'))
  try {
    const file = join(folder, 'copy.dump')
    await backUp(resolved, session, file, signal, 'copy')
    await load(resolved, target, file, signal)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
