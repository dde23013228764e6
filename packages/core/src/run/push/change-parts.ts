import type { Session, TransactionOptions, TransactionScope } from '../../dialect/session.ts'
import { type Fence, stampLock } from '../../lock/fence.ts'
import type { StepParts } from '../journal/step-parts.ts'

/** Transactions of work that is not journaled: what was committed stays, and is found by inspection. */
interface ChangeParts extends StepParts {
  rollBack(): Promise<void>
}

/** One transaction, unless a statement commits by itself or what follows needs a commit. Each proves that the lock is still held. */
export function changeParts(session: Session, fence: Fence | undefined, options: TransactionOptions): ChangeParts {
  let scope: TransactionScope | undefined
  const take = (): TransactionScope | undefined => {
    const taken = scope
    scope = undefined
    return taken
  }
  const close = async (): Promise<void> => {
    await take()?.commit()
  }
  return {
    close,
    async runInTransaction(_span, work) {
      if (scope === undefined) {
        scope = await session.begin(options)
        await stampLock(session, fence)
      }
      return work()
    },
    async runNonTransactional(_span, statements, run) {
      await close()
      for (const statement of statements) await run(statement)
    },
    // The failure that made it necessary is the one to report.
    rollBack: async () =>
      take()
        ?.rollback()
        .catch(() => undefined),
  }
}
