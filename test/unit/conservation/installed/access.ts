import type { UnloadedDialect } from '@org/migrate-core/dialect'

/** How a migrator reaches a database: by a driver of its own, or a client of the application. */
export interface DatabaseAccess {
  readonly name: string
  /** Before the first use. */
  prepare?(): Promise<void>
  dialect(): UnloadedDialect
  /** What is not as it was in the client. */
  check(): Promise<string | undefined>
}
