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
  startedMs: number,
  ended: AbortSignal,
): Promise<void> {
  let watcher: ServerSession | undefined
  try {
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
  const startedMs = performance.now()
  let end = async (): Promise<void> => undefined
  // Nearly every statement ends before that: to abort what waits costs more than the rest of this, by the error that is made for it.
  const timer = setTimeout(() => {
    const ended = new AbortController()
    const following = follow(context, progressSql, startedMs, ended.signal)
    end = () => {
      ended.abort()
      return following
    }
  }, firstMs)
  try {
    return await work()
  } finally {
    clearTimeout(timer)
    await end()
  }
}
