import {
  deletePart,
  type InterruptedStep,
  type JournalPart,
  readJournal,
  updatePart,
} from '../../bookkeeping/journal-entries.ts'
import { requestFor } from '../../compile/introspect-request.ts'
import type { ServerSession } from '../../dialect/dialect.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import { inTransaction } from '../../history/with-session.ts'
import { stampLock } from '../../lock/fence.ts'
import type { Hold } from '../../lock/hold.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import { operationsOf } from '../../operations/recording.ts'
import { describe } from '../../operations/table.ts'
import type { ResolvedOptions } from '../../options/resolve-options.ts'
import { currentFingerprints } from '../../planning/journal/fingerprint.ts'
import { decide, isSingle, type RecoveryEvidence, undecidedError } from '../../planning/journal/resume.ts'
import type { Leftover, Statement } from '../../sql/statement.ts'
import { clearLeft, interimOf } from './clear-left.ts'

/** Half of an operation has no inverse: it is finished first. */
function notInvertibleError({ revision, direction }: InterruptedStep, part: JournalPart): MigrateError {
  const what = part.resolvedOperations.map(({ operation }) => describe(operation)).join('; ')
  const why = `\`${what}\` stopped between its statements, and half of an operation has no inverse`
  const whole = direction === 'up' ? 'migrate downgrade' : 'migrate upgrade'
  return new MigrateError(
    'REVISION_INTERRUPTED',
    { revision, why, part: part.position },
    `Revision ${revision} cannot be taken back: ${why}.`,
    {
      remedy: `Correct what stopped it (the rows that the statement refused, or the permission), finish it with \`migrate resume\`, and then take the whole back with \`${whole}\`.`,
    },
  )
}

/** Whether the last statement of a part has run, before which nothing stands but what is cleared away here. */
async function isInterimReplaced(session: ServerSession, part: JournalPart, interim: Leftover): Promise<boolean> {
  const isCleared = await clearLeft(session, interim)
  return !isCleared && part.state === 'started' && part.done === part.statements.length - 1
}

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
  if (part.done > 0 || !isSingle(part)) throw notInvertibleError(interrupted, part)
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
      const interim = interimOf(part.statements)
      const isApplied =
        interim === undefined
          ? isPartApplied(resolved, live, interrupted, part, evidence)
          : await isInterimReplaced(session, part, interim)
      if (isApplied) {
        const done = { state: 'finished', done: part.statements.length } as const
        writes.push(updatePart(dialect, names, interrupted, part.position, done))
        continue
      }
      for (const { leftover } of part.statements) {
        if (leftover !== undefined) await clearLeft(session, leftover)
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
