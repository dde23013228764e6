import type { ServerSession, UnloadedDialect } from '../dialect/dialect.ts'
import { type OptionCheck, requireArgument } from '../errors/option-check.ts'
import type { HookOptions } from '../options/hooks.ts'
import type { ResolvedOptions, UnloadedOptions } from '../options/resolve-options.ts'
import type { Migrator } from './types.ts'

/** What functions that take a migrator work with. */
export interface MigratorContext {
  readonly resolved: UnloadedOptions
  /** How long a call that only reads waits for a database that another session has locked, in ms. */
  readonly readOnlyWaitMs: number
  /** Opens a session that writes nothing, and closes it when the work has ended. */
  readonly withReadOnlySession: <T>(
    work: (session: ServerSession, resolved: ResolvedOptions) => Promise<T>,
  ) => Promise<T>
  /** A migrator with the same options on another database, with these hooks instead of its own. */
  readonly onDatabase: (dialect: UnloadedDialect, hooks: HookOptions) => Migrator
}

/** Registered: two copies of this module may be loaded into one process. */
const key: unique symbol = Symbol.for('@org/migrate-core/migrator/1') as never

/** The same migrator, for `contextOf`. A migrator that is printed shows no options: they may hold a password. */
export function withContext(migrator: Migrator, context: MigratorContext): Migrator {
  return Object.defineProperty(migrator, key, { value: context })
}

const isMigrator: OptionCheck = (value) =>
  typeof value === 'object' && value !== null && key in value
    ? undefined
    : 'a migrator is expected, as createMigrator gives it'

/** The context of a migrator, for a call of this name. Throws INVALID_OPTION for anything else. */
export function contextOf(call: string, migrator: Migrator): MigratorContext {
  requireArgument(call, 'migrator', migrator, isMigrator)
  return (migrator as Migrator & { readonly [key]: MigratorContext })[key]
}
