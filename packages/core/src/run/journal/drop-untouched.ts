import { deleteParts, type JournalPart, readJournal } from '../../bookkeeping/journal-entries.ts'
import { requestFor } from '../../compile/introspect-request.ts'
import type { Dialect, ServerSession } from '../../dialect/dialect.ts'
import type { Direction } from '../../graph/selection/plan.ts'
import { inTransaction } from '../../history/with-session.ts'
import { stampLock } from '../../lock/fence.ts'
import type { Hold } from '../../lock/hold.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import { operationsOf } from '../../operations/recording.ts'
import type { ResolvedOptions } from '../../options/resolve-options.ts'
import { type CurrentFingerprints, currentFingerprints } from '../../planning/journal/fingerprint.ts'
import { recoverOperation } from '../../planning/journal/recover-operation.ts'
import { isSingle } from '../../planning/journal/resume.ts'

/** Whether nothing of a part was done, as far as the schema shows. */
function isUntouched(
  dialect: Dialect,
  live: SchemaModel,
  part: JournalPart,
  fingerprints: CurrentFingerprints,
): boolean {
  if (part.state === 'finished' || part.done > 0) return false
  if (part.fingerprint !== undefined) return part.state === 'failed' && part.fingerprint === fingerprints.get(part)
  const [only] = part.resolvedOperations
  return only !== undefined && isSingle(part) && recoverOperation(dialect, live, only.operation) === 'not applied'
}

/**
 * Forgets interrupted steps of the other direction of which nothing was done: the database stands where it stood before them, and a
 * statement that can never succeed must not keep it from going elsewhere. Only under the lock of the run: without it a server may
 * still be executing what is inspected.
 */
export async function dropUntouched(
  resolved: ResolvedOptions,
  session: ServerSession,
  hold: Hold,
  direction: Direction,
): Promise<void> {
  const { dialect, names } = resolved
  for (const step of await readJournal(dialect, names, session)) {
    if (step.direction === direction || step.original !== undefined) continue
    const operations = step.parts.flatMap((part) => operationsOf(part.resolvedOperations))
    const live = await dialect.introspection.schema(session, requestFor(operations))
    const fingerprints = await currentFingerprints(resolved, session, step.parts)
    if (!step.parts.every((part) => isUntouched(dialect, live, part, fingerprints))) continue
    const fence = await hold.fence(undefined)
    await inTransaction(session, {}, async () => {
      await stampLock(session, fence)
      const { sql, params } = deleteParts(dialect, names, step)
      await session.execute(sql, params)
    })
  }
}
