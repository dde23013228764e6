import type { ServiceConnection, StatementOutcome } from '@org/migrate-core/dialect'
import { TransactionRollbackError } from 'drizzle-orm'
import { isVersion1 } from '../version.ts'
import { throwingPlainly, withReaders } from './mapped-queries.ts'
import { answerReader } from './plain-columns.ts'
import { type Selected, unreadableRow } from './unreadable-row.ts'

/** Drizzle tables and relations by their names. */
export type Tables = Record<string, unknown>

/** What runs the statements of a Drizzle instance. */
export interface Runner extends Pick<ServiceConnection, 'send' | 'lists'> {
  /** An INSERT whose first number is asked for, where `send` does not know it. */
  inserted?(sql: string, params: readonly unknown[]): Promise<StatementOutcome>
  /** All of the body or nothing: a transaction, or a savepoint inside one. */
  transaction<T>(body: (inner: Runner) => Promise<T>): Promise<T>
}

type Query = () => Promise<unknown>
type Send = (...given: readonly unknown[]) => Promise<unknown>

/** What is read of a prepared query of Drizzle. */
interface PreparedQuery {
  queryWithCache?: (sql: string, params: unknown, query: Query) => Promise<unknown>
  /** Of a batch on SQLite, which does not ask `queryWithCache`. */
  mapResult?: (answer: unknown, isFromBatch?: boolean) => unknown
  execute?: Send
  all?: Send
  get?: Send
}

/** How a prepared query is run. On SQLite `all` and `get` are called without `execute`. */
const executionMethods = ['execute', 'all', 'get'] as const

/** The rows that Drizzle's remote drivers answer with; one row where the caller wanted one. */
function rowsOf(answer: unknown): readonly unknown[] {
  const { rows } = (answer ?? {}) as { readonly rows?: unknown }
  if (!Array.isArray(rows)) return []
  return Array.isArray(rows[0]) ? rows : [rows]
}

/**
 * Drizzle wraps what a query throws into an error of its own, whose message holds every value of the query: secrets do not
 * belong into messages, and a MigrateError has to arrive as one. It does so where it would look into its cache. Rows are read for its columns,
 * and those that cannot be read are named, there, too.
 */
function plainQueries<D extends object>(db: D): D {
  const { session } = db as { readonly session?: { prepareQuery?: (...given: readonly unknown[]) => PreparedQuery } }
  const prepare = session?.prepareQuery?.bind(session)
  if (session === undefined || prepare === undefined) return db
  if (isVersion1) withReaders(db)
  session.prepareQuery = (...given) => {
    const preparedQuery = prepare(...given)
    if (isVersion1) {
      throwingPlainly(preparedQuery)
      return preparedQuery
    }
    const selected: readonly Selected[] | undefined = Array.isArray(given[1]) ? given[1] : undefined
    // A relational query gives a function that reads its rows; its place differs between Drizzle's drivers.
    const read = answerReader(
      selected,
      given.some((each) => typeof each === 'function'),
    )
    preparedQuery.queryWithCache = async (_sql, _params, query) => read(await query())
    const mapResult = preparedQuery.mapResult?.bind(preparedQuery)
    if (mapResult !== undefined) preparedQuery.mapResult = (answer, isFromBatch) => mapResult(read(answer), isFromBatch)
    if (selected !== undefined) for (const method of executionMethods) nameRows(preparedQuery, method, selected, read)
    return preparedQuery
  }
  return db
}

/** Gives what a prepared query throws of a row that cannot be read the key of the row. */
function nameRows(
  preparedQuery: PreparedQuery,
  method: (typeof executionMethods)[number],
  selected: readonly Selected[],
  read: (answer: unknown) => unknown,
): void {
  const send = preparedQuery[method]
  if (send === undefined) return
  preparedQuery[method] = async (...values) => {
    let answer: unknown
    // A prepared query may run several times at once: the rows are those of this call.
    const call: PreparedQuery = Object.create(preparedQuery, {
      queryWithCache: {
        value: async (_sql: string, _params: unknown, query: Query) => {
          answer = await query()
          return read(answer)
        },
      },
    })
    try {
      return await send.apply(call, [...values])
    } catch (error) {
      throw unreadableRow(error, selected, rowsOf(answer))
    }
  }
}

/**
 * Gives a Drizzle instance the transactions of its runner: nothing of Drizzle's own begins or commits. `make` makes the
 * instance of the inner runner.
 */
export function withTransactions<D extends object>(db: D, runner: Runner, make: (inner: Runner) => D): D {
  const rollbackTransaction = (): never => {
    throw new TransactionRollbackError()
  }
  return Object.assign(plainQueries(db), {
    transaction: (body: (tx: object) => Promise<unknown>) =>
      runner.transaction((inner) => body(Object.assign(make(inner), { rollback: rollbackTransaction }))),
  })
}
