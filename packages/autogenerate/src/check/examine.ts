import { type Finding, isMigrateError, type Migrator } from '@org/migrate-core'
import { counted, describeDriver, type ServerSession } from '@org/migrate-core/dialect'
import {
  type BookkeepingInspection,
  contextOf,
  countPreserved,
  describeError,
  findUnversioned,
  graphsOfFiles,
  hasFileOf,
  inspectBookkeeping,
  interruptedRemedy,
  interruptedText,
  ownTables,
  type ResolvedOptions,
  remedies,
  reportLock,
  resumedElsewhere,
  unversionedRemedy,
  unversionedText,
} from '@org/migrate-core/internal'
import { pushedFinding } from './database.ts'
import type { Examination } from './types.ts'

async function lock(
  resolved: ResolvedOptions,
  session: ServerSession,
  inspection: BookkeepingInspection,
): Promise<Finding> {
  const { held, holder = 'another session', abandonedBy } = await reportLock(resolved, session, inspection)
  if (held) {
    const next = 'Wait for the end of it; `migrate lock status` tells more.'
    return { level: 'warning', about: 'lock', what: `A run is under way: ${holder}.`, next }
  }
  if (abandonedBy === undefined) return { level: 'ok', about: 'lock', what: 'No run is in progress.' }
  const next = 'Run `migrate upgrade`: it takes over the lock and resumes where that run stopped.'
  return { level: 'warning', about: 'lock', what: `${abandonedBy} ended without releasing the lock.`, next }
}

async function interruptedFindings(
  resolved: ResolvedOptions,
  { interrupted }: BookkeepingInspection,
): Promise<readonly Finding[]> {
  if (interrupted.length === 0) return []
  // What is wrong with files is reported by `check`.
  const graphs = await graphsOfFiles(resolved).catch(() => undefined)
  return interrupted.map((each) => ({
    level: 'problem',
    about: 'interrupted',
    what: interruptedText(each),
    next: graphs === undefined || hasFileOf(graphs, each) ? interruptedRemedy : resumedElsewhere,
  }))
}

function pushedFindings({ pushed }: BookkeepingInspection): readonly Finding[] {
  if (pushed === undefined) return []
  return [
    { level: pushed.isLoad ? 'problem' : 'warning', about: pushed.isLoad ? 'load' : 'push', ...pushedFinding(pushed) },
  ]
}

function foreign({ foreign: inspection }: BookkeepingInspection): readonly Finding[] {
  if (inspection === undefined) return []
  const next = inspection.remedy ?? remedies.FOREIGN_HISTORY
  return [{ level: 'problem', about: 'another tool', what: inspection.message, next }]
}

async function preserved(
  resolved: ResolvedOptions,
  session: ServerSession,
  { present }: BookkeepingInspection,
): Promise<readonly Finding[]> {
  const { preserved: values } = await countPreserved(resolved, session, present)
  if (values === 0) return []
  const what = `${counted(values, 'old value')} ${values === 1 ? 'is' : 'are'} preserved in ${resolved.names.preserved}; every user who may read the database may read ${values === 1 ? 'it' : 'them'}.`
  const next = 'See them with `migrate preserved`; `migrate preserved purge <revision>` deletes those of one revision.'
  return [{ level: 'ok', about: 'preserved values', what, next }]
}

async function own(
  resolved: ResolvedOptions,
  session: ServerSession,
  inspection: BookkeepingInspection,
): Promise<readonly Finding[]> {
  const tables = [...inspection.present]
  const what =
    tables.length === 0
      ? 'There is no bookkeeping yet: nothing was migrated here.'
      : `The bookkeeping is in ${tables.join(', ')}.`
  return [
    { level: 'ok', about: 'bookkeeping', what },
    ...foreign(inspection),
    ...(await interruptedFindings(resolved, inspection)),
    ...pushedFindings(inspection),
    ...(await unversioned(resolved, session, inspection)),
    await lock(resolved, session, inspection),
    ...(await preserved(resolved, session, inspection)),
  ]
}

async function unversioned(
  resolved: ResolvedOptions,
  session: ServerSession,
  inspection: BookkeepingInspection,
): Promise<readonly Finding[]> {
  return (await findUnversioned(resolved, session, inspection)).map((each) => ({
    level: 'problem',
    about: 'bookkeeping',
    what: unversionedText(each),
    next: unversionedRemedy,
  }))
}

/** A right that the user lacks and a damaged page are among the things that may be wrong, too. Throws any other error. */
function unreadable(resolved: ResolvedOptions, error: unknown): Finding {
  const described = describeError(resolved, 'inspect', error)
  if (isMigrateError(described, 'DATABASE_DAMAGED'))
    return { level: 'problem', about: 'bookkeeping', what: described.message, next: described.remedy }
  if (!isMigrateError(described, 'STATEMENT_FAILED') || described.details.fault !== 'permission') throw error
  return { level: 'problem', about: 'rights', what: described.message, next: described.remedy }
}

async function existingTables(resolved: ResolvedOptions, session: ServerSession): Promise<readonly string[]> {
  const names = ownTables(resolved).map(({ ref }) => ref.name)
  const { tables } = await resolved.dialect.introspection.schema(session, {
    tables: names.map((name) => ({ name })),
    only: 'tables',
  })
  return [...tables.values()].flatMap(({ ref }) => (ref.schema === undefined ? ref.name : []))
}

const ranks: { readonly [L in Finding['level']]: number } = { problem: 0, warning: 1, ok: 2 }

/**
 * What could go wrong on this database: rights, versions, indexes, what is left over, and our own tables. Nothing is written, made or
 * locked. Throws INVALID_OPTION, and what opening throws.
 */
export async function examine(migrator: Migrator): Promise<Examination> {
  return contextOf('examine', migrator).withReadOnlySession((session, here) => examineDatabase(here, session))
}

async function examineDatabase(resolved: ResolvedOptions, session: ServerSession): Promise<Examination> {
  const { dialect } = resolved
  const fact = await dialect.connection.driver?.()
  const findings: Finding[] = fact ? [{ level: 'ok', about: 'driver', what: `${describeDriver(fact)}.` }] : []
  let existing: readonly string[] = []
  try {
    const inspection = await inspectBookkeeping(resolved, session)
    existing = [...inspection.present]
    findings.push(...(await own(resolved, session, inspection)))
  } catch (error) {
    // The bookkeeping is one of the things that may be wrong: the rest is looked at all the same.
    if (isMigrateError(error, 'BOOKKEEPING_INVALID') || isMigrateError(error, 'BOOKKEEPING_NEWER'))
      findings.push({ level: 'problem', about: 'bookkeeping', what: error.message, next: error.remedy })
    else findings.push(unreadable(resolved, error))
    existing = await existingTables(resolved, session)
  }
  findings.push(...((await dialect.doctor?.examine(session, { ownTables: existing })) ?? []))
  const sorted = findings.toSorted((one, other) => ranks[one.level] - ranks[other.level])
  return { database: dialect.connection.database, ok: sorted[0]?.level !== 'problem', findings: sorted }
}
