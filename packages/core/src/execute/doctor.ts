import type { ServerSession } from '../dialect/dialect.ts'
import type { Finding } from '../dialect/finding.ts'
import { remedies } from '../errors/codes.ts'
import { counted } from '../errors/counted.ts'
import { isMigrateError } from '../errors/migrate-error.ts'
import type { Examination } from './check-types.ts'
import { interruptedRemedy, interruptedText } from './journal/interrupted.ts'
import { reportLock } from './lock-report.ts'
import { type Look, look } from './look.ts'
import type { Settled } from './options.ts'
import { ownTables } from './own-tables.ts'
import { countPreserved } from './records.ts'
import { findUnversioned, unversionedRemedy, unversionedText } from './unversioned.ts'
import { describeError } from './with-session.ts'

async function lock(settled: Settled, session: ServerSession, found: Look): Promise<Finding> {
  const { held, holder = 'somebody', left } = await reportLock(settled, session, found)
  if (held) {
    const next = 'Wait for the end of it; `migrate lock status` tells more.'
    return { level: 'warning', about: 'lock', what: `A run is under way: ${holder}.`, next }
  }
  if (left === undefined) return { level: 'ok', about: 'lock', what: 'Nobody migrates.' }
  const next = 'Run `migrate upgrade`: it takes over the lock and resumes where that run stopped.'
  return { level: 'warning', about: 'lock', what: `${left} ended without giving the lock back.`, next }
}

function halfWay({ open }: Look): readonly Finding[] {
  return open.map((each) => ({
    level: 'problem',
    about: 'interrupted',
    what: interruptedText(each),
    next: interruptedRemedy,
  }))
}

function foreign({ foreign: found }: Look): readonly Finding[] {
  if (found === undefined) return []
  const next = found.remedy ?? remedies.FOREIGN_HISTORY
  return [{ level: 'problem', about: 'another tool', what: found.message, next }]
}

async function preserved(settled: Settled, session: ServerSession, { present }: Look): Promise<readonly Finding[]> {
  const values = present.has(settled.names.preserved) ? (await countPreserved(settled, session)).preserved : 0
  if (values === 0) return []
  const what = `${counted(values, 'old value')} ${values === 1 ? 'is' : 'are'} preserved for a downgrade, in ${settled.names.preserved}; every user who may read the database may read ${values === 1 ? 'it' : 'them'}.`
  const next = 'See them with `migrate preserved`; `migrate preserved purge <revision>` deletes those of one revision.'
  return [{ level: 'ok', about: 'preserved values', what, next }]
}

async function own(settled: Settled, session: ServerSession, found: Look): Promise<readonly Finding[]> {
  const tables = [...found.present]
  const what =
    tables.length === 0
      ? 'There is no bookkeeping yet: nothing was migrated here.'
      : `The bookkeeping is in ${tables.join(', ')}.`
  return [
    { level: 'ok', about: 'bookkeeping', what },
    ...foreign(found),
    ...halfWay(found),
    ...(await unversioned(settled, session, found)),
    await lock(settled, session, found),
    ...(await preserved(settled, session, found)),
  ]
}

async function unversioned(settled: Settled, session: ServerSession, found: Look): Promise<readonly Finding[]> {
  return (await findUnversioned(settled, session, found)).map((each) => ({
    level: 'problem',
    about: 'bookkeeping',
    what: unversionedText(each),
    next: unversionedRemedy,
  }))
}

/** A right that the user lacks and a damaged page are among the things that may be wrong, too. Throws any other error. */
function unreadable(settled: Settled, error: unknown): Finding {
  const described = describeError(settled, 'look', error)
  if (isMigrateError(described, 'DATABASE_DAMAGED'))
    return { level: 'problem', about: 'bookkeeping', what: described.message, next: described.remedy }
  if (!isMigrateError(described, 'STATEMENT_FAILED') || described.details.fault !== 'permission') throw error
  return { level: 'problem', about: 'rights', what: described.message, next: described.remedy }
}

async function existingTables(settled: Settled, session: ServerSession): Promise<readonly string[]> {
  const names = ownTables(settled).map(({ ref }) => ref.name)
  const { tables } = await settled.dialect.introspect(session, {
    tables: names.map((name) => ({ name })),
    only: 'tables',
  })
  return [...tables.values()].flatMap(({ ref }) => (ref.schema === undefined ? ref.name : []))
}

const ranks: { readonly [L in Finding['level']]: number } = { problem: 0, warning: 1, ok: 2 }

/** What could go wrong on this database: what its server tells, and our own tables. Nothing is written, made or locked. */
export async function examine(settled: Settled, session: ServerSession): Promise<Examination> {
  const { dialect } = settled
  const findings: Finding[] = []
  let existing: readonly string[] = []
  try {
    const found = await look(settled, session)
    existing = [...found.present]
    findings.push(...(await own(settled, session, found)))
  } catch (error) {
    // The bookkeeping is one of the things that may be wrong: the rest is looked at all the same.
    if (isMigrateError(error, 'BOOKKEEPING_INVALID'))
      findings.push({ level: 'problem', about: 'bookkeeping', what: error.message, next: error.remedy })
    else findings.push(unreadable(settled, error))
    existing = await existingTables(settled, session)
  }
  findings.push(...((await dialect.examine?.(session, { ownTables: existing })) ?? []))
  const sorted = findings.toSorted((one, other) => ranks[one.level] - ranks[other.level])
  return { database: dialect.database, ok: sorted[0]?.level !== 'problem', findings: sorted }
}
