import { type Store, sequentialStore, versionStore } from '../bookkeeping/store.ts'
import type { BookkeepingNames } from '../bookkeeping/tables.ts'
import type { Dialect, UnloadedDialect } from '../dialect/dialect.ts'
import type { StatementLimits } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { Tier } from '../files/tier.ts'
import { present } from '../model/edit.ts'
import { hostOfProcess, migratorDefaults, userOfProcess } from './defaults.ts'
import type { Hooks } from './hooks.ts'
import type { BackupCommand, MigratorOptions, PreserveLimits } from './migrator-options.ts'

export const toolVersion = '0.0.0'

/** What a script records as host and user: they are not known when it is written. */
export const byScript = { host: 'script', user: 'script', tool: toolVersion } as const

export interface ResolvedTier extends Tier {
  readonly store: Store
}

/** The options with every default filled in. The parts of the dialect that steps need may not be loaded yet. */
export interface UnloadedOptions {
  readonly dialect: UnloadedDialect
  readonly tiers: readonly ResolvedTier[]
  readonly names: BookkeepingNames
  readonly preserve: PreserveLimits & { readonly upgrades: boolean }
  readonly transaction?: 'revision' | 'run'
  readonly heads: 'one' | 'several'
  readonly ignored: ReadonlySet<string>
  readonly waitMs: number
  readonly lockWaitMs: number
  readonly leaseMs: number
  readonly stepIdleMs: number
  readonly limits: StatementLimits
  readonly lockRetries: number
  readonly backupCommand?: BackupCommand
  readonly hooks: Hooks
  readonly arguments: Readonly<Record<string, string>>
  readonly recordedBy: () => { readonly host: string; readonly user: string }
}

/** The same with a dialect that has all its parts. */
export interface ResolvedOptions extends UnloadedOptions {
  readonly dialect: Dialect
  /** What the rows of a run are recorded with. Absent: outside of a run. */
  readonly run?: string
}

/** Loads what steps are planned and run with. */
export async function loadParts(options: UnloadedOptions): Promise<ResolvedOptions> {
  return { ...options, dialect: await options.dialect.load() }
}

export function invalid(option: string, why: string): MigrateError {
  return new MigrateError('INVALID_OPTION', { option, why }, `The option \`${option}\` is not right: ${why}.`)
}

function tiersOn(
  dialect: Pick<UnloadedDialect, 'sql'>,
  tiers: readonly Tier[],
  names: BookkeepingNames,
): readonly ResolvedTier[] {
  return tiers.map((tier) => ({
    ...tier,
    store:
      tier.kind === 'graph' ? versionStore(dialect, names) : sequentialStore(dialect, tier.table ?? 'migratehistory'),
  }))
}

/** The same options for the dialect as a server speaks it. */
export function resolveForDialect<D extends UnloadedDialect>(
  resolved: UnloadedOptions,
  dialect: D,
): UnloadedOptions & { readonly dialect: D } {
  const isSameSql = dialect.sql === resolved.dialect.sql
  const tiers = isSameSql ? resolved.tiers : tiersOn(dialect, resolved.tiers, resolved.names)
  return { ...resolved, dialect, tiers }
}

/** Shorter ones would run out while a process is only busy. */
const shortestLeaseMs = 200

function hooksOf(options: MigratorOptions): Hooks {
  const { onEvent, beforeRevision, afterRevision, afterHead, hookTimeoutMs } = options
  return {
    limitMs: hookTimeoutMs ?? migratorDefaults.hookTimeoutMs,
    ...present({ onEvent, beforeRevision, afterRevision, afterHead }),
  }
}

/** Fills in what the checked options of createMigrator leave out. Throws INVALID_OPTION, INVALID_NAME, NAME_TOO_LONG. */
export function resolveOptions(options: MigratorOptions): UnloadedOptions {
  const names = { ...migratorDefaults.tables, ...present(options.tables ?? {}) }
  let by: ReturnType<UnloadedOptions['recordedBy']> | undefined
  const waitMs = options.waitMs ?? migratorDefaults.waitMs
  const tierNames = new Set<string>()
  options.tiers.forEach((tier, at) => {
    if (tierNames.has(tier.name)) throw invalid('tiers', `two tiers are called ${tier.name}`)
    tierNames.add(tier.name)
    if (tier.kind === 'graph' && at !== options.tiers.length - 1)
      throw invalid('tiers', 'the graph tier has to be the last one, and the only one')
  })
  if (options.tiers.length === 0) throw invalid('tiers', 'there is none')
  const tables = [
    ...Object.values(names),
    ...options.tiers.flatMap((tier) => (tier.kind === 'sequential' ? [tier.table ?? 'migratehistory'] : [])),
  ]
  if (new Set(tables).size !== tables.length) throw invalid('tables', 'two bookkeeping tables have one name')
  // Some of these tables are first used in the middle of a run: their names are refused here. `quote` checks them.
  for (const name of tables) options.dialect.sql.quote.table({ name })
  return {
    dialect: options.dialect,
    tiers: tiersOn(options.dialect, options.tiers, names),
    names,
    preserve: {
      maxBytes: options.preserve?.maxBytes ?? migratorDefaults.preserve.maxBytes,
      upgrades: options.preserve?.upgrades === true,
    },
    ...present({ transaction: options.transaction }),
    heads: options.heads ?? migratorDefaults.heads,
    ignored: new Set(options.ignoreForeignHistory ?? []),
    waitMs,
    lockWaitMs: options.lockWaitMs ?? waitMs,
    leaseMs: Math.max(shortestLeaseMs, Math.ceil(options.leaseMs ?? migratorDefaults.leaseMs)),
    limits: { ...present({ lockMs: options.lockTimeoutMs, statementMs: options.statementTimeoutMs }) },
    lockRetries: options.lockRetries ?? migratorDefaults.lockRetries,
    ...present({ backupCommand: options.backupCommand }),
    stepIdleMs: options.stepIdleMs ?? migratorDefaults.stepIdleMs,
    hooks: hooksOf(options),
    // Without a prototype: a key may be called `constructor`.
    arguments: Object.freeze(Object.assign(Object.create(null), options.arguments) as Record<string, string>),
    recordedBy: () => {
      const { host, user } = options.recordedBy ?? {}
      by ??= { host: host ?? hostOfProcess(), user: user ?? userOfProcess() }
      return by
    },
  }
}
