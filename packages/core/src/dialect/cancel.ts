import { setTimeout as sleep } from 'node:timers/promises'

const firstRetryMs = 100

/**
 * Cancels a statement until its answer has come: a server forgets the request that reaches it before the statement does. PostgreSQL
 * clears it each time it reads a command (`PostgresMain`), MySQL takes no KILL QUERY for a session that is idle.
 */
export async function cancelUntilAnswered(answer: PromiseLike<unknown>, cancel: () => Promise<void>): Promise<void> {
  let isAnswered = false
  const answered = answer.then(
    () => (isAnswered = true),
    () => (isAnswered = true),
  )
  for (let ms = 0; ; ms = ms * 2 || firstRetryMs) {
    // The first time so that an answer that has come already is known.
    await Promise.race([answered, sleep(ms, undefined, { ref: false })])
    if (isAnswered) return
    await cancel()
  }
}
