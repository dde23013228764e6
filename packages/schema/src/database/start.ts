import { createMigrator, isMigrateError, MigrateError, type Migrator } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import type { OpenWebuiSettings } from '../environment.ts'
import { openWebuiTiers } from '../tiers.ts'
import type { OpenDatabaseOptions, Started } from './types.ts'

export function migratorOf(dialect: UnloadedDialect, { legacy = true }: OpenDatabaseOptions): Migrator {
  return createMigrator({ dialect, tiers: openWebuiTiers({ legacy }) })
}

/**
 * The cause first, then where it happened: a service that fails to start shows little more than the message. The remedy says
 * whether a start may simply be tried again.
 */
function failed(error: unknown): unknown {
  if (!isMigrateError(error)) return error
  const { code, details, message, location, outcome, cause } = error
  const { tier, revision } = location
  const isLocated = revision === undefined || (message.includes(revision) && message.includes(tier ?? ''))
  const where = isLocated ? '' : ` (${tier === undefined ? '' : `tier ${tier}, `}revision ${revision})`
  const lost = code === 'CONNECTION_LOST'
  if (where === '' && !lost) return error
  const remedy = lost
    ? 'It is safe to start again: what was not committed is gone, and the next start resumes where this one stopped.'
    : error.remedy
  return new MigrateError(code, details, `${message}${where}`, {
    location,
    remedy,
    cause: cause ?? error,
    ...(outcome === undefined ? {} : { outcome }),
  })
}

/** Both tiers to the head, or a look where migrations are off. Throws what `ensure` throws. */
export async function start(
  migrator: Migrator,
  settings: OpenWebuiSettings,
  options: OpenDatabaseOptions,
): Promise<Started> {
  const { timeoutMs, signal, onEvent, ahead, verify, requireHead = false } = options
  const mode = settings.migrate ? 'apply' : 'verify'
  try {
    const { state, revision, applied, warnings } = await migrator.ensure({
      mode,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(signal === undefined ? {} : { signal }),
      ...(onEvent === undefined ? {} : { onEvent }),
      ...(ahead === undefined ? {} : { ahead }),
      ...(verify === undefined ? {} : { verify }),
    })
    const unknown = settings.migrate ? [] : await unknownSteps(migrator)
    return { state, revision, applied, warnings: [...unknown, ...warnings] }
  } catch (error) {
    if (requireHead || settings.migrate || !isMigrateError(error, 'NOT_AT_HEAD') || error.details.state !== 'behind') {
      throw failed(error)
    }
    return behind(migrator)
  }
}

/** What a run says of names that another program has recorded; a look at the head says nothing of them. */
async function unknownSteps(migrator: Migrator): Promise<readonly string[]> {
  const { tiers } = await migrator.status()
  return tiers.flatMap(({ tier, kind, unknown }) =>
    kind === 'sequential' && unknown.length > 0
      ? [`Tier ${tier}: ${unknown.join(', ')} is recorded as applied but has no file; it is left as it is.`]
      : [],
  )
}

const shown = 5

/** Who turned migrations off has another way to migrate, and decides when: it is told what is missing, and not refused. */
async function behind(migrator: Migrator): Promise<Started> {
  const { database, tiers, revision } = await migrator.status()
  const pending = tiers.flatMap(({ tier, pending: names }) => names.map((name) => `${tier}:${name}`))
  const more = pending.length > shown ? ` and ${pending.length - shown} more` : ''
  const names = `${pending.slice(0, shown).join(', ')}${more}`
  const message = `ENABLE_DB_MIGRATIONS is off, and ${database} is behind: ${pending.length} pending (${names}).`
  return { state: 'behind', revision, applied: [], warnings: [...(await unknownSteps(migrator)), message] }
}
