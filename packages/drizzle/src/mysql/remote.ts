import type { StatementOutcome } from '@org/migrate-core/dialect'
import { Column, getTableColumns, is, Param, type SQL, sql as sqlText, type Table } from 'drizzle-orm'
import { drizzle, type MySqlRemoteDatabase } from 'drizzle-orm/mysql-proxy'
import { type QueryOptions, queryOptions } from '../connect/query-options.ts'
import { type Runner, type Tables, withTransactions } from '../connect/remote.ts'
import { autoIncrements } from '../read/internals.ts'
import { isVersion1 } from '../version.ts'
import { mysqlCodecs } from './codecs.ts'

/** What Drizzle reads of a change. */
const changed = ({ changes, insertId }: StatementOutcome) => ({
  affectedRows: changes,
  ...(insertId === undefined ? {} : { insertId }),
})

type Prepare = (...given: readonly unknown[]) => object

const isCounted = (field: unknown): boolean => is(field, Column) && autoIncrements(field)

/**
 * `$returningId()` counts on from the first number that the server gave, which costs a question of its own: asked only where a
 * prepared query says that it wants it. Drizzle publishes neither that nor the function that a query sends itself with.
 */
function withIds<D extends object>(db: D, runner: Runner): D {
  if (isVersion1) return withIdsOfVersion1(db, runner)
  const { session } = db as { readonly session?: { prepareQuery?: Prepare } }
  const prepare = session?.prepareQuery?.bind(session)
  if (session === undefined || prepare === undefined) return db
  session.prepareQuery = (...given) => {
    const returning = given[4] as readonly { readonly field: unknown }[] | undefined
    if (returning?.some(({ field }) => isCounted(field)) !== true) return prepare(...given)
    const client = async (sql: string, params: readonly unknown[]) => ({
      rows: [changed(await (runner.inserted ?? runner.send)(sql, params))],
    })
    return Object.assign(prepare(...given), { client })
  }
  return db
}

type ReturnIds = (
  returning: readonly { readonly field: unknown }[] | undefined,
  generated: unknown,
) => object | undefined

/** The same in 1.0, where a function reads the answer to an insert, and a prepared query has one that sends it. */
function withIdsOfVersion1<D extends object>(db: D, runner: Runner): D {
  const { dialect, session } = db as {
    readonly dialect?: { mapperGenerators?: { $returning?: ReturnIds } }
    readonly session?: { prepareQuery?: Prepare }
  }
  const prepare = session?.prepareQuery?.bind(session)
  const { $returning: returnIds } = dialect?.mapperGenerators ?? {}
  if (dialect === undefined || session === undefined || prepare === undefined || returnIds === undefined) return db
  const counting = new WeakSet<object>()
  dialect.mapperGenerators = {
    ...dialect.mapperGenerators,
    $returning(returning, generated) {
      const read = returnIds(returning, generated)
      if (read !== undefined && returning?.some(({ field }) => isCounted(field)) === true) counting.add(read)
      return read
    },
  }
  session.prepareQuery = (...given) => {
    const preparedQuery = prepare(...given)
    const [query, , read] = given as readonly [{ readonly sql: string }, unknown, object | undefined]
    if (read === undefined || !counting.has(read)) return preparedQuery
    const executor = async (params: readonly unknown[] = []) =>
      changed(await (runner.inserted ?? runner.send)(query.sql, params.map(sentValue)))
    return Object.assign(preparedQuery, { executor })
  }
  return db
}

interface Insert {
  readonly table: Table
  readonly values: unknown
  readonly select?: unknown
}

/** What is inserted comes from a query; 1.0 says false where it does not. */
const isOfQuery = ({ select }: Insert): boolean => select !== undefined && select !== false

type NewRow = Readonly<Record<string, Param | SQL | undefined>>

const isMissing = (value: Param | SQL | undefined): boolean =>
  value === undefined || (is(value, Param) && value.value === undefined)

/**
 * Drizzle writes DEFAULT for a number that is to be counted, and in our sessions (NO_AUTO_VALUE_ON_ZERO) that is the column's
 * default, 0; NULL is counted in every mode. Drizzle does not publish where it puts a statement together.
 */
function withCounting<D extends object>(db: D): D {
  const { dialect } = db as { readonly dialect?: { buildInsertQuery?: (insert: Insert) => unknown } }
  const build = dialect?.buildInsertQuery?.bind(dialect)
  if (dialect === undefined || build === undefined) return db
  dialect.buildInsertQuery = (insert) => {
    const counted = Object.entries(getTableColumns(insert.table)).filter(([, column]) => isCounted(column))
    if (isOfQuery(insert) || counted.length === 0 || !Array.isArray(insert.values)) return build(insert)
    const filled = (row: NewRow): NewRow => ({
      ...row,
      ...Object.fromEntries(counted.filter(([key]) => isMissing(row[key])).map(([key]) => [key, sqlText`null`])),
    })
    return build({ ...insert, values: (insert.values as readonly NewRow[]).map(filled) })
  }
  return db
}

/** Drizzle hands a Date of its `date()` column to the driver. It reads the column in UTC. */
const sentValue = (value: unknown): unknown =>
  value instanceof Date ? value.toISOString().slice(0, -1).replace('T', ' ') : value

/** Sends Drizzle's queries through `runner`; transactions too, so that nothing of Drizzle's own begins or commits. */
export function remote<S extends Tables = Record<string, never>>(
  runner: Runner,
  tables: QueryOptions<S> = {},
): MySqlRemoteDatabase<S> {
  const send = async (sql: string, given: unknown[], method: 'all' | 'execute'): Promise<{ rows: unknown[] }> => {
    const params = given.map(sentValue)
    if (method === 'all') return { rows: [...(await runner.lists(sql, params))] }
    // Drizzle takes the driver's answer apart: `[rows or what changed, …]`.
    const answer = await runner.send(sql, params)
    return { rows: [answer.rows ?? changed(answer)] }
  }
  const options = { ...queryOptions(tables), ...(isVersion1 ? { codecs: mysqlCodecs() } : {}) }
  const db = withCounting(withIds(drizzle<S>(send, options as never), runner))
  return withTransactions(db, runner, (inner) => remote(inner, tables))
}
