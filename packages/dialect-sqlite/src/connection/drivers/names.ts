/** In the order in which installed ones are taken; what is part of the runtime comes after the first of them. */
export const driverNames = [
  'better-sqlite3',
  'better-sqlite3-multiple-ciphers',
  'libsql',
  'node:sqlite',
  'bun:sqlite',
] as const
export type SqliteDriverName = (typeof driverNames)[number]

/** The one for encrypted files; others are opened with it where it is named. */
export const encrypting = 'better-sqlite3-multiple-ciphers'

/** Which driver it is and why, for people. */
export interface DriverChoice {
  readonly name: SqliteDriverName
  /** Absent: it can't be told, as of an open client. */
  readonly version?: string
  readonly why: string
  /** Why an installed driver that comes first was not taken. */
  readonly warning?: string
}

/** https://github.com/oven-sh/bun/issues/4290: whatever is installed or compiled, Bun refuses the package. */
export const isRefusedByBun = (name: SqliteDriverName): boolean => name.startsWith('better-sqlite3')
