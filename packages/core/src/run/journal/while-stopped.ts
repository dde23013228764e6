import type { Session } from '../../dialect/session.ts'

/** Work that is done also where the run is stopped: the session's signal ends all that it sends but a transaction with a signal of its own. */
export async function whileStopped<T>(session: Session, work: () => Promise<T>): Promise<T> {
  const scope = await session.begin({ signal: new AbortController().signal })
  try {
    const result = await work()
    await scope.commit()
    return result
  } catch (error) {
    await scope.rollback()
    throw error
  }
}
