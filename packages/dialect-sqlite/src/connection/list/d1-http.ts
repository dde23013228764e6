import { setTimeout as sleep } from 'node:timers/promises'
import { MigrateError } from '@org/migrate-core/connection'
import type { D1Location } from './d1-url.ts'
import { type ListDriver, type ListResult, type ListStatement, refusalOf, unanswered } from './statement-list.ts'

interface Answer {
  readonly result?: readonly { readonly results: ListResult }[]
  readonly success: boolean
  readonly errors?: readonly { readonly code: number; readonly message: string }[]
}

const tries = 4
/** D1 ends a query after 30 s. */
const answerMs = 120_000

/** What says that the request did not leave. */
const unsent: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

const causeCode = (error: unknown): string | undefined => {
  const cause = error instanceof Error ? (error.cause as { readonly code?: unknown } | undefined) : undefined
  return typeof cause?.code === 'string' ? cause.code : undefined
}

/** D1 through Cloudflare's HTTP API: https://developers.cloudflare.com/api/resources/d1/subresources/database/methods/raw/ */
export function d1Http({ api, account, id, database }: D1Location, token: string): ListDriver {
  const unreachable = (why: string, cause?: unknown): MigrateError<'DATABASE_UNREACHABLE'> =>
    new MigrateError('DATABASE_UNREACHABLE', { database, why }, `cannot reach ${database}: ${why}`, { cause })

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

  /** The results, or what can be tried again; throws what is final. */
  async function attempt(
    statements: readonly ListStatement[],
  ): Promise<readonly ListResult[] | { readonly error: Error; readonly applied: 'no' | 'unknown' }> {
    let response: Response
    let answer: Answer
    try {
      response = await post(statements)
    } catch (error) {
      const applied = unsent.has(causeCode(error) ?? '') ? 'no' : 'unknown'
      return {
        error: applied === 'no' ? unreachable(causeCode(error) ?? '', error) : unanswered(database, error),
        applied,
      }
    }
    try {
      answer = (await response.json()) as Answer
    } catch (error) {
      return { error: unanswered(database, error), applied: 'unknown' }
    }
    if (answer.success && answer.result !== undefined) return answer.result.map(({ results }) => results)
    const [error] = answer.errors ?? []
    const text = `${error?.message ?? 'no reason given'} (HTTP ${response.status}, code ${error?.code ?? 'none'})`
    const refusal = refusalOf(error?.message ?? '')
    if (refusal !== undefined) throw refusal
    if (response.status === 401 || response.status === 403) throw unreachable(`the API token was refused: ${text}`)
    if (response.status === 404) throw unreachable(text)
    // Too many requests: it was turned away at the door, unless it is D1 itself that says so.
    const isOfD1 = error !== undefined && error.code >= 7400 && error.code < 7600
    if (response.status === 429 && !isOfD1) return { error: unreachable(text), applied: 'no' }
    // An engine that was reset answers 400, and may have done the list.
    return { error: unanswered(database, new Error(text)), applied: 'unknown' }
  }

  return {
    async run(statements, { repeatable }) {
      for (let count = 1; ; count += 1) {
        const outcome = await attempt(statements)
        if (!('error' in outcome)) return outcome
        if (count === tries || (outcome.applied === 'unknown' && !repeatable)) throw outcome.error
        await sleep(100 * 4 ** (count - 1))
      }
    },
  }
}
