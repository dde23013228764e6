import { isMigrateError, MigrateError, type ServiceConnection, type StatementOutcome } from '@org/migrate-core/dialect'
import { Column, getTableName, is, TransactionRollbackError } from 'drizzle-orm'
import { answerReader, plainValue } from './plain-columns.ts'

/** A portable column says which columns name a row of its table. */
type SelectedColumn = Column & { readonly plan?: { readonly key: readonly string[] } }

function columnOf(selected: unknown): SelectedColumn | undefined {
  const { field } = (selected ?? {}) as { readonly field?: unknown }
  return is(field, Column) ? field : undefined
}

/** What reading the value throws; undefined where it can be read. */
function whyUnreadable(column: SelectedColumn, value: unknown): unknown {
  if (value === null) return undefined
  try {
    column.mapFromDriverValue(plainValue(column, value))
    return undefined
  } catch (error) {
    return error
  }
}

const shownCharacters = 100
const shown = (value: unknown): string => {
  const text = value instanceof Uint8Array ? `0x${Buffer.from(value).toString('hex')}` : String(value)
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text
}

/** The key of the row, as far as it was selected. */
function keyOf(columns: readonly (SelectedColumn | undefined)[], of: SelectedColumn, row: readonly unknown[]): string {
  const isKey = ({ name, primary, plan }: SelectedColumn): boolean => plan?.key.includes(name) ?? primary
  return columns
    .flatMap((column, at) =>
      column !== undefined && column.table === of.table && isKey(column) ? [`${column.name} ${shown(row[at])}`] : [],
    )
    .join(', ')
}

/**
 * The error of a query whose rows could not be read, with the table, the column and the key of the row. Drizzle reads a value without
 * its row, so the value is searched for once more. Gives the error itself where no selected column refuses its value.
 */
function unreadableRow(error: unknown, selected: readonly unknown[], rows: readonly unknown[]): unknown {
  if (isMigrateError(error, 'VALUE_INVALID') && error.details.key !== undefined) return error
  const columns = selected.map(columnOf)
  for (const [number, row] of rows.entries()) {
    if (!Array.isArray(row)) return error
    const values: readonly unknown[] = row
    for (const [at, column] of columns.entries()) {
      if (column === undefined) continue
      const cause = whyUnreadable(column, values[at] ?? null)
      if (cause === undefined) continue
      const why = isMigrateError(cause, 'VALUE_INVALID')
        ? cause.details.why
        : cause instanceof Error
          ? cause.message
          : String(cause)
      const table = getTableName(column.table)
      const key = keyOf(columns, column, values)
      const rowLabel = key === '' ? `row ${number + 1} of the result` : `the row with ${key}`
      const details = { table, column: column.name, why, ...(key === '' ? {} : { key }) }
      return new MigrateError('VALUE_INVALID', details, `${table}.${column.name} of ${rowLabel}: ${why}.`, { cause })
    }
  }
  return error
}

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
  session.prepareQuery = (...given) => {
    const preparedQuery = prepare(...given)
    const selected: readonly object[] | undefined = Array.isArray(given[1]) ? given[1] : undefined
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
  selected: readonly unknown[],
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
