import {
  deletePart,
  type InterruptedStep,
  type JournalPart,
  readJournal,
  updatePart,
} from '../../bookkeeping/journal-entries.ts'
import { requestFor } from '../../compile/named-tables.ts'
import type { ServerSession } from '../../dialect/dialect.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import { inTransaction } from '../../history/with-session.ts'
import { stampLock } from '../../lock/fence.ts'
import type { Hold } from '../../lock/hold.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import { operationsOf } from '../../operations/recording.ts'
import type { ResolvedOptions } from '../../options/resolve-options.ts'
import { currentFingerprints } from '../../planning/journal/fingerprint.ts'
import { decide, type RecoveryEvidence, undecidedError } from '../../planning/journal/resume.ts'
import type { Statement } from '../../sql/statement.ts'

/** Whether a part that was not noted as done stands. Throws REVISION_INTERRUPTED where it is neither there nor gone. */
function isPartApplied(
  resolved: ResolvedOptions,
  live: SchemaModel,
  interrupted: InterruptedStep,
  part: JournalPart,
  evidence: RecoveryEvidence,
): boolean {
  const { assume, fingerprints } = evidence
  if (part.state === 'failed' && part.done === 0 && assume?.part !== part.position) {
    const changed = part.fingerprint !== undefined && part.fingerprint !== fingerprints?.get(part)
    if (changed)
      throw undecidedError(interrupted, part, 'the server refused it, and the schema is another than before it')
    return false
  }
  const counted = part.statements.filter((each) => each.expectEmpty === undefined)
  if (part.done > 0 || part.resolvedOperations.length !== 1 || counted.length !== 1) {
    const why = `part ${part.position} stopped between its statements, and half of an operation has no inverse`
    throw new MigrateError(
      'REVISION_INTERRUPTED',
      { revision: interrupted.revision, why, part: part.position },
      `Revision ${interrupted.revision} cannot be taken back: ${why}.`,
      {
        remedy:
          'Correct what stopped it (the rows that the statement refused, or the permission), finish it with `migrate resume`, and then take the whole back with `migrate downgrade`.',
      },
    )
  }
  const decided = decide(resolved.dialect, live, interrupted, part, evidence)
  if (decided === 'run again') throw undecidedError(interrupted, part, 'nothing of it is to be seen in the schema')
  return decided === 'applied'
}

/**
 * Before interrupted steps are taken back: what is not known of their parts is found out by the tables as they stand and written down,
 * so that a revert that is itself interrupted takes back the same. Under the lock of the run. Throws REVISION_INTERRUPTED.
 */
export async function recoverForRevert(
  resolved: ResolvedOptions,
  session: ServerSession,
  hold: Hold,
  assume: RecoveryEvidence['assume'],
): Promise<void> {
  const { dialect, names } = resolved
  for (const interrupted of await readJournal(dialect, names, session)) {
    if (interrupted.original !== undefined) continue
    const unknown = interrupted.parts.filter((part) => part.state !== 'finished')
    if (unknown.length === 0) continue
    const operations = unknown.flatMap((part) => operationsOf(part.resolvedOperations))
    const live = await dialect.introspection.schema(session, requestFor(operations))
    const evidence: RecoveryEvidence = {
      fingerprints: await currentFingerprints(resolved, session, unknown),
      ...(assume === undefined ? {} : { assume }),
    }
    const writes: Statement[] = []
    for (const part of unknown) {
      if (isPartApplied(resolved, live, interrupted, part, evidence)) {
        const done = { state: 'finished', done: part.statements.length } as const
        writes.push(updatePart(dialect, names, interrupted, part.position, done))
        continue
      }
      for (const { leftover } of part.statements) {
        if (leftover !== undefined && (await session.query(leftover.find)).length > 0)
          await session.execute(leftover.clear)
      }
      writes.push(deletePart(dialect, names, interrupted, part.position))
    }
    const fence = await hold.fence(interrupted.revision)
    await inTransaction(session, {}, async () => {
      await stampLock(session, fence, interrupted.revision)
      for (const { sql, params } of writes) await session.execute(sql, params)
    })
  }
}
