import {
  createMigrator,
  graphOf,
  isMigrateError,
  type MigrateError,
  type Migrator,
  type MigratorOptions,
  type OperationRecorder,
  type Revision,
  revisions,
} from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'

export type Recorded = (op: OperationRecorder) => void

/** An upgrade, or both halves. */
export type RevisionBody = Recorded | { readonly up: Recorded; readonly down: Recorded }

/** A line of revisions r1 <- r2 <- … */
export function line(...bodies: readonly RevisionBody[]): Revision[] {
  return bodies.map((body, at) => ({
    revision: `r${at + 1}`,
    downRevision: at === 0 ? null : `r${at}`,
    ...(typeof body === 'function' ? { upgrade: body } : { upgrade: body.up, downgrade: body.down }),
  }))
}

/** The migrator of one tier with these revisions. */
export function migratorOf(
  dialect: UnloadedDialect,
  chain: readonly Revision[],
  options: Partial<MigratorOptions> = {},
): Migrator {
  return createMigrator({ dialect, tiers: [graphOf(revisions(chain))], ...options })
}

/** The error with which the work fails. */
export async function errorOf(work: Promise<unknown>): Promise<MigrateError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isMigrateError(error)) throw new Error(`no MigrateError but ${String(error)}`)
  return error
}
