import type { Statement } from '../../compile/statement.ts'
import { namedTables } from '../../compile/tables-named.ts'
import type { ServerSession } from '../../dialect/dialect.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import type { Hold } from '../../lock/hold.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import type { Settled } from '../options.ts'
import { stampLock } from '../running.ts'
import { deletePart, type JournalPart, type OpenStep, readJournal, updatePart } from './entries.ts'
import { schemaFingerprint } from './fingerprint.ts'
import { decide, type Findings, undecided } from './resume.ts'

/** Whether a part that was not noted as done stands. Throws REVISION_INTERRUPTED where it is neither there nor gone. */
function stands(settled: Settled, live: SchemaModel, open: OpenStep, part: JournalPart, findings: Findings): boolean {
  const { assume, fingerprint } = findings
  if (part.state === 'failed' && part.done === 0 && assume?.part !== part.position) {
    const changed = part.fingerprint !== undefined && part.fingerprint !== fingerprint
    if (changed) throw undecided(open, part, 'the server refused it, and the schema is another than before it')
    return false
  }
  const counted = part.statements.filter((each) => !each.preparatory && each.expectEmpty === undefined)
  if (part.done > 0 || part.effective.length !== 1 || counted.length !== 1) {
    const why = `part ${part.position} stopped between its statements, and half of an operation has no inverse`
    throw new MigrateError(
      'REVISION_INTERRUPTED',
      { revision: open.revision, why, part: part.position },
      `Revision ${open.revision} cannot be taken back: ${why}.`,
      {
        remedy:
          'Correct what stopped it (the rows that the statement refused, or the permission), finish it with `migrate resume`, and then take the whole back with `migrate downgrade`.',
      },
    )
  }
  const decided = decide(settled.dialect, live, open, part, findings)
  if (decided === 'run again') throw undecided(open, part, 'nothing of it is to be seen in the schema')
  return decided === 'applied'
}

/**
 * Before interrupted steps are taken back: what is not known of their parts is found out by the tables as they stand and written down,
 * so that a revert that is itself interrupted takes back the same. Under the lock of the run. Throws REVISION_INTERRUPTED.
 */
export async function settleForRevert(
  settled: Settled,
  session: ServerSession,
  hold: Hold,
  assume: Findings['assume'],
): Promise<void> {
  const { dialect, names } = settled
  for (const open of await readJournal(dialect, names, session)) {
    if (open.original !== undefined) continue
    const unknown = open.parts.filter((part) => part.state !== 'done')
    if (unknown.length === 0) continue
    const operations = unknown.flatMap((part) => part.effective.map((each) => each.operation))
    const live = await dialect.introspect(session, { tables: namedTables(operations), referrers: true })
    const printed = unknown.some((part) => part.fingerprint !== undefined)
    const findings: Findings = {
      ...(printed ? { fingerprint: await schemaFingerprint(settled, session) } : {}),
      ...(assume === undefined ? {} : { assume }),
    }
    const writes: Statement[] = []
    for (const part of unknown) {
      if (stands(settled, live, open, part, findings)) {
        const done = { state: 'done', done: part.statements.length } as const
        writes.push(updatePart(dialect, names, open, part.position, done))
        continue
      }
      for (const { leftover } of part.statements) {
        if (leftover !== undefined && (await session.query(leftover.find)).length > 0)
          await session.execute(leftover.clear)
      }
      writes.push(deletePart(dialect, names, open, part.position))
    }
    const fence = await hold.fence(open.revision)
    const scope = await session.begin()
    try {
      if (fence !== undefined) await stampLock(session, fence, open.revision)
      for (const { sql, params } of writes) await session.execute(sql, params)
    } catch (error) {
      await scope.rollback()
      throw error
    }
    await scope.commit()
  }
}
