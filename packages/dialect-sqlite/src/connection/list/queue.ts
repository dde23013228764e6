import type { SqlValue } from '@org/migrate-core/dialect'
import { withoutEnd, withValues } from './list-values.ts'
import { type ListDriver, ListRefusal, type ListStatement } from './statement-list.ts'

/** A statement of a list, or a guard: a query that fails the list where it gives a row. */
export interface QueuedStatement {
  readonly sql: string
  readonly params?: readonly SqlValue[]
  /** The error where it fails the list; `detail` is the text that the query gave. */
  readonly refused?: (detail: string) => Error | Promise<Error>
}

/**
 * SQLite has no statement that only raises an error outside of a trigger; a path that is none does, with the path in its words:
 * `bad JSON path: 'migrate 3: …'`. Proven on the engine by test/dialects/sqlite/d1/engine.test.ts.
 */
const fails = (at: number, detail: string): string => `json_extract('{}', 'migrate ${at}: ' || ${detail})`

/** A guard that a query gives no row. */
export function noRow(
  query: string,
  params: readonly SqlValue[],
  refused: QueuedStatement['refused'],
): QueuedStatement {
  return { sql: `EXISTS (${withoutEnd(query)}\n)`, params, ...(refused && { refused }) }
}

/** A guard that the statement before it changed one row. */
export function oneRow(refused: (rows: number) => Error): QueuedStatement {
  return { sql: 'changes() <> 1', refused: (detail) => refused(Number(detail)) }
}

function encode({ sql, params, refused }: QueuedStatement, at: number): ListStatement {
  if (refused === undefined) return withValues(sql, params)
  return withValues(`SELECT ${fails(at, 'changes()')} WHERE ${sql}`, params)
}

const failed = /^bad JSON path: '(?:migrate (\d+): )([\s\S]*)'$/

/** Which guard failed a list. */
function guardOf(error: unknown): { readonly at: number; readonly detail: string } | undefined {
  const match = error instanceof ListRefusal ? failed.exec(error.message) : null
  return match === null ? undefined : { at: Number(match[1]), detail: (match[2] ?? '').replaceAll("''", "'") }
}

/** Which of the statements fails: the list up to it is sent with an end that undoes it. Undefined: all of them pass, and the commit failed. */
async function failingStatement(driver: ListDriver, statements: readonly ListStatement[]): Promise<number | undefined> {
  const stop: ListStatement = { sql: `SELECT ${fails(statements.length, "''")}`, params: [] }
  const passes = async (count: number): Promise<boolean> => {
    try {
      await driver.run([...statements.slice(0, count), stop], { repeatable: true })
      return false
    } catch (error) {
      return guardOf(error)?.at === statements.length
    }
  }
  let [low, high] = [0, statements.length + 1]
  // Up to `low` they pass, with `high` of them they don't.
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (await passes(middle)) low = middle
    else high = middle
  }
  return low === statements.length ? undefined : low
}

/** Sends a list. Throws the error of the guard that failed, or `described` of the statement that did. */
export async function sendList(
  driver: ListDriver,
  queue: readonly QueuedStatement[],
  described: (error: ListRefusal, statement: QueuedStatement | undefined) => Error,
): Promise<void> {
  if (queue.length === 0) return
  const statements = queue.map(encode)
  try {
    await driver.run(statements, { repeatable: queue.every(({ refused }) => refused !== undefined) })
  } catch (error) {
    const guard = guardOf(error)
    const refused = guard === undefined ? undefined : queue[guard.at]?.refused
    if (guard !== undefined && refused !== undefined) throw await refused(guard.detail)
    if (!(error instanceof ListRefusal)) throw error
    const at = error.at ?? (await failingStatement(driver, statements).catch(() => undefined))
    throw described(error, at === undefined ? undefined : queue[at])
  }
}
