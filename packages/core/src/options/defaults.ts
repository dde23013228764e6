import { hostname, userInfo } from 'node:os'
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

/** Containers run as users that the system does not know, and a Worker has neither user nor host: the history then says so. */
function known(read: () => string | undefined): string {
  try {
    return read() ?? 'unknown'
  } catch {
    return 'unknown'
  }
}

let processUser: string | undefined

/** Read once: each answer reads the system's list of users. */
export function userOfProcess(): string {
  processUser ??= known(() => {
    const { username, uid } = userInfo()
    // Bun has no other name without USER.
    return username === 'unknown' ? `uid ${uid}` : username
  })
  return processUser
}

export const hostOfProcess = (): string => known(hostname)
