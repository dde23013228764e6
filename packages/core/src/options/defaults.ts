import { defaultNames } from '../bookkeeping/tables.ts'

/** What holds where an option of `createMigrator` is left out. */
export const migratorDefaults = {
  tables: defaultNames,
  preserve: { maxBytes: 1024 * 1024 * 1024 },
  heads: 'one',
  waitMs: 60_000,
  leaseMs: 30_000,
  lockRetries: 5,
  /** How long a step may do nothing at all before it counts as hung. */
  stepIdleMs: 10 * 60_000,
  hookTimeoutMs: 60_000,
} as const
