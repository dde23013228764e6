import type { D1Location } from './d1-url.ts'
import {
  type Attempt,
  type ListDriver,
  type ListResult,
  type ListStatement,
  refusalOf,
  tokenRefused,
  unanswered,
  unreachable,
  unsentCode,
  withTries,
} from './statement-list.ts'

interface Answer {
  readonly result?: readonly { readonly results: ListResult }[]
  readonly success: boolean
  readonly errors?: readonly { readonly code: number; readonly message: string }[]
}

/** D1 ends a query after 30 s. */
const answerMs = 120_000

/** D1 through Cloudflare's HTTP API: https://developers.cloudflare.com/api/resources/d1/subresources/database/methods/raw/ */
export function d1Http({ api, account, id, database }: D1Location, token: string): ListDriver {
  async function post(statements: readonly ListStatement[]): Promise<Response> {
    const [only] = statements
    const body = statements.length === 1 ? only : { batch: statements }
    return fetch(`${api}/accounts/${encodeURIComponent(account)}/d1/database/${encodeURIComponent(id)}/raw`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(answerMs),
    })
  }

  /** Throws what is final. */
  async function attempt(statements: readonly ListStatement[]): Promise<Attempt> {
    let response: Response
    let answer: Answer
    try {
      response = await post(statements)
    } catch (error) {
      const code = unsentCode(error)
      return code === undefined
        ? { error: unanswered(database, error), applied: 'unknown' }
        : { error: unreachable(database, code, error), applied: 'no' }
    }
    try {
      answer = (await response.json()) as Answer
    } catch (error) {
      return { error: unanswered(database, error), applied: 'unknown' }
    }
    if (answer.success && answer.result !== undefined) return { results: answer.result.map(({ results }) => results) }
    const [error] = answer.errors ?? []
    const text = `${error?.message ?? 'no reason given'} (HTTP ${response.status}, code ${error?.code ?? 'none'})`
    const refusal = refusalOf(error?.message ?? '')
    if (refusal !== undefined) throw refusal
    if (response.status === 401 || response.status === 403)
      throw tokenRefused(database, `the API token was refused: ${text}`)
    if (response.status === 404) throw unreachable(database, text)
    // Too many requests: it was turned away at the door, unless it is D1 itself that says so.
    const isOfD1 = error !== undefined && error.code >= 7400 && error.code < 7600
    if (response.status === 429 && !isOfD1) return { error: unreachable(database, text), applied: 'no' }
    // An engine that was reset answers 400, and may have done the list.
    return { error: unanswered(database, new Error(text)), applied: 'unknown' }
  }

  return { run: (statements, options) => withTries(() => attempt(statements), options) }
}
