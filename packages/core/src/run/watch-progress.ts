import { setTimeout as pause } from 'node:timers/promises'
import type { ServerSession } from '../dialect/dialect.ts'
import type { RunContext } from './run-context.ts'

/** What ends sooner is not watched. */
const firstMs = 2_000
const everyMs = 1_000

/** Asks again and again how far the session is, on a session of its own, until the signal says that it is done. */
async function follow(
  { dialect, emit, named }: RunContext,
  progressSql: () => Promise<string>,
  ended: AbortSignal,
): Promise<void> {
  const startedMs = performance.now()
  let watcher: ServerSession | undefined
  try {
    await pause(firstMs, undefined, { signal: ended })
    watcher = await dialect.connection.connect({ purpose: 'inspect', signal: ended })
    const sql = await progressSql()
    for (;;) {
      const [row] = await watcher.query(sql)
      if (row?.total === null) {
        emit({ type: 'waiting', what: String(row.what), waitedMs: performance.now() - startedMs })
      } else if (row !== undefined) {
        emit({ type: 'progress', ...named, what: String(row.what), done: Number(row.done), total: Number(row.total) })
      }
      await pause(everyMs, undefined, { signal: ended })
    }
  } catch {
    // It has ended; or the server has no place for another session, or hides the view from this user. The statement does not depend on it.
  } finally {
    await watcher?.close().catch(() => undefined)
  }
}

/** Does the work of one statement, and reports how far the server is with it where the server tells. */
export async function watchProgress<T>(context: RunContext, work: () => Promise<T>): Promise<T> {
  const { progressSql } = context.session
  if (progressSql === undefined) return work()
  const ended = new AbortController()
  const following = follow(context, progressSql, ended.signal)
  try {
    return await work()
  } finally {
    ended.abort()
    await following
  }
}
