import type { StatementOutcome } from '@org/migrate-core/dialect'
import { Column, getTableColumns, is, Param, type SQL, sql as sqlText, type Table } from 'drizzle-orm'
import { drizzle, type MySqlRemoteDatabase } from 'drizzle-orm/mysql-proxy'
import { type Runner, type Tables, withTransactions } from '../connect/remote.ts'
import { autoIncrements } from '../read/internals.ts'

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

interface Insert {
  readonly table: Table
  readonly values: unknown
  readonly select?: unknown
}

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
    if (insert.select !== undefined || counted.length === 0 || !Array.isArray(insert.values)) return build(insert)
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
export function remote<S extends Tables = Record<string, never>>(runner: Runner, schema?: S): MySqlRemoteDatabase<S> {
  const send = async (sql: string, given: unknown[], method: 'all' | 'execute'): Promise<{ rows: unknown[] }> => {
    const params = given.map(sentValue)
    if (method === 'all') return { rows: [...(await runner.lists(sql, params))] }
    // Drizzle takes the driver's answer apart: `[rows or what changed, …]`.
    const answer = await runner.send(sql, params)
    return { rows: [answer.rows ?? changed(answer)] }
  }
  const db = withCounting(withIds(drizzle<S>(send, schema === undefined ? {} : { schema }), runner))
  return withTransactions(db, runner, (inner) => remote(inner, schema))
}
