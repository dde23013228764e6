import type { LibsqlLocation } from './libsql-url.ts'
import {
  type Attempt,
  type ListDriver,
  ListRefusal,
  type ListResult,
  type ListStatement,
  tokenRefused,
  unanswered,
  unreachable,
  unsentCode,
  withTries,
} from './statement-list.ts'

interface Failure {
  readonly message: string
  readonly code?: string
}

interface Cell {
  readonly type: 'null' | 'integer' | 'float' | 'text' | 'blob'
  readonly value?: string | number | null
  readonly base64?: string
}

interface StepResult {
  readonly cols: readonly { readonly name: string | null }[]
  readonly rows: readonly (readonly Cell[])[]
}

interface Answer {
  readonly error?: string
  readonly results?: readonly {
    readonly error?: Failure
    readonly response?: {
      readonly result?: {
        readonly step_results: readonly (StepResult | null)[]
        readonly step_errors: readonly (Failure | null)[]
      }
    }
  }[]
}

const answerMs = 120_000

/** What stands before the server may answer in words of its own. */
function answerOf(body: string): Answer {
  try {
    const answer: unknown = JSON.parse(body)
    if (typeof answer === 'object' && answer !== null) return answer
  } catch {
    // Its text is the answer.
  }
  return { error: body.trim().slice(0, 200) }
}

function cellValue({ type, value, base64 }: Cell): unknown {
  if (type === 'integer') return Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value ?? 0)
  return type === 'blob' ? Buffer.from(base64 ?? '', 'base64') : (value ?? null)
}

const resultOf = ({ cols, rows }: StepResult): ListResult => ({
  columns: cols.map(({ name }) => name ?? ''),
  rows: rows.map((row) => row.map(cellValue)),
})

const refusal = ({ message, code = 'SQLITE_ERROR' }: Failure, at?: number): ListRefusal =>
  new ListRefusal(message.replace(/^SQLite error: /, ''), /^SQLITE_(?!UNKNOWN)/.test(code) ? code : 'SQLITE_ERROR', at)

interface Step {
  readonly condition?: unknown
  readonly stmt: { readonly sql: string; readonly args: readonly Cell[]; readonly want_rows: true }
}

const stepOf = ({ sql, params }: ListStatement, condition?: unknown): Step => ({
  ...(condition === undefined ? {} : { condition }),
  stmt: {
    sql,
    args: params.map((value) => (typeof value === 'string' ? { type: 'text', value } : { type: 'float', value })),
    want_rows: true,
  },
})

const ok = (step: number) => ({ type: 'ok', step })

/** Each runs where the one before it did; one that fails leaves the transaction to the end of the stream, which undoes it. */
function stepsOf(statements: readonly ListStatement[], repeatable: boolean): readonly Step[] {
  const [only] = statements
  if (only !== undefined && statements.length === 1) return [stepOf(only)]
  const begin = repeatable ? 'BEGIN' : 'BEGIN IMMEDIATE'
  const texts = [{ sql: begin, params: [] }, ...statements, { sql: 'COMMIT', params: [] }]
  return texts.map((each, at) => stepOf(each, at === 0 ? undefined : ok(at - 1)))
}

/** A libSQL server over HTTP: https://github.com/tursodatabase/libsql/blob/main/docs/HRANA_3_SPEC.md */
export function libsqlHttp({ api, database }: LibsqlLocation, token: string | undefined): ListDriver {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const post = (steps: readonly Step[]): Promise<Response> =>
    fetch(`${api}/v2/pipeline`, {
      method: 'POST',
      headers: { ...authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ baton: null, requests: [{ type: 'batch', batch: { steps } }, { type: 'close' }] }),
      signal: AbortSignal.timeout(answerMs),
    })

  /** Throws what is final. */
  async function attempt(statements: readonly ListStatement[], repeatable: boolean): Promise<Attempt> {
    const steps = stepsOf(statements, repeatable)
    const offset = steps.length === statements.length ? 0 : 1
    let response: Response
    let body: string
    try {
      response = await post(steps)
      body = await response.text()
    } catch (error) {
      const code = unsentCode(error)
      return code === undefined
        ? { error: unanswered(database, error), applied: 'unknown' }
        : { error: unreachable(database, code, error), applied: 'no' }
    }
    const answer = answerOf(body)
    const text = `${answer.error ?? 'no reason given'} (HTTP ${response.status})`
    if (response.status === 401 || response.status === 403)
      throw tokenRefused(database, `the token was refused: ${text}`)
    if (response.status === 404) throw unreachable(database, text)
    if (response.status === 429) return { error: unreachable(database, text), applied: 'no' }
    const [first] = answer.results ?? []
    // What its own parser refuses is refused before any of them runs.
    if (first?.error !== undefined) throw refusal(first.error)
    const result = first?.response?.result
    if (result === undefined) return { error: unanswered(database, new Error(text)), applied: 'unknown' }
    const failed = result.step_errors.findIndex((each) => each !== null)
    const failure = result.step_errors[failed]
    if (failure !== undefined && failure !== null) {
      const at = failed - offset
      // The transaction itself: which of the statements is to blame is not said.
      throw refusal(failure, at >= 0 && at < statements.length ? at : undefined)
    }
    return {
      results: result.step_results
        .slice(offset, offset + statements.length)
        .map((each) => (each === null ? { columns: [], rows: [] } : resultOf(each))),
    }
  }

  return { run: (statements, options) => withTries(() => attempt(statements, options.repeatable), options) }
}
