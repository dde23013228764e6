import { MigrateError } from '@org/migrate-core'
import type { Row, SqlValue } from '@org/migrate-core/dialect'
import { quoteName, significant, tokenize } from '@org/migrate-dialect-sqlite/internal'
import type { QueryOptions } from '../connect/query-options.ts'
import type { Runner, Tables } from '../connect/remote.ts'
import { type RowDatabase, requireDialect } from '../connect/step-rows.ts'
import { remote, type SqliteDatabase } from './remote.ts'

function unsupported(operation: string, why: string, remedy: string): MigrateError<'UNSUPPORTED'> {
  return new MigrateError('UNSUPPORTED', { dialect: 'sqlite', operation, why }, `${operation}: ${why}.`, { remedy })
}

/** A JavaScript object puts such keys first, whatever the order they were set in. */
const numbered = (row: Row): boolean => Object.keys(row).some((name) => /^\d+$/.test(name))

/** How many results stand after the statement's own RETURNING: 0 without one, undefined where a star hides the number. */
function returned(sql: string): number | undefined {
  let depth = 0
  let count = 0
  for (const token of significant(tokenize(sql))) {
    if (token.text === '(') depth += 1
    else if (token.text === ')') depth -= 1
    else if (depth === 0 && token.kind === 'word' && token.text.toLowerCase() === 'returning') count = 1
    else if (depth === 0 && token.text === ',' && count > 0) count += 1
    else if (depth === 0 && token.text === '*' && count > 0) return undefined
  }
  return count
}

const isQuery = (sql: string): boolean => {
  const tokens = significant(tokenize(sql))
  const first = tokens[0]?.text.toLowerCase()
  if (first === 'select' || first === 'values') return true
  // After its WITH a statement may also write; only a query can stand in a FROM.
  return first === 'with' && returned(sql) === 0
}

/**
 * The step's rows are objects: two columns of one name (any join of Drizzle's) would be one, and numbered names change their
 * places. In a FROM, SQLite gives each column a name of its own; where one is a number, all get new names.
 */
async function queryRows(db: RowDatabase, sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
  const rows = await db.query(`SELECT * FROM (${sql}\n)`, params)
  const [first] = rows
  if (first === undefined || !numbered(first)) return rows
  const names = Object.keys(first).map((_, at) => quoteName(`c${at}`))
  return db.query(
    `WITH ${quoteName('drizzle rows')}(${names.join(', ')}) AS (${sql}\n) SELECT * FROM ${quoteName('drizzle rows')}`,
    params,
  )
}

async function returningRows(db: RowDatabase, sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> {
  const rows = await db.query(sql, params)
  const [first] = rows
  const expected = returned(sql)
  const lost = first !== undefined && expected !== undefined && expected > 0 && Object.keys(first).length !== expected
  if (first !== undefined && (lost || numbered(first))) {
    const remedy = 'Return each column once, under a name that is not a number.'
    throw unsupported('The result of this statement', 'two of its columns have one name, or a name is a number', remedy)
  }
  return rows
}

function runnerOf(db: RowDatabase): Runner {
  return {
    async lists(sql, params) {
      const values = params as readonly SqlValue[]
      const rows = await (isQuery(sql) ? queryRows(db, sql, values) : returningRows(db, sql, values))
      return rows.map((row) => Object.values(row))
    },
    send: (sql, params) => db.execute(sql, params as readonly SqlValue[]),
    transaction: (body) => db.transaction((inner) => body(runnerOf(inner))),
  }
}

/**
 * A typed Drizzle instance on the database of a data step, for SQLite. Everything goes through the step's own `query` and
 * `execute`: what they refuse stays refused, `transaction` is a savepoint, and after the step it is dead.
 *
 * A query of your own SQL (`db.all(sql`…`)`) gives lists of values, as every remote Drizzle does.
 *
 * Throws WRONG_DIALECT on another database; ask `db.dialect` first, or record the step in `op.on({ sqlite(op) {…} })`.
 *
 * ```ts
 * op.run('lower the names', async (db) => {
 *   const drizzle = drizzleOf(db)
 *   for (const { id, name } of await drizzle.select().from(tags))
 *     await drizzle.update(tags).set({ name: name.toLowerCase() }).where(eq(tags.id, id))
 * })
 * ```
 */
export function drizzleOf<S extends Tables = Record<string, never>>(
  db: RowDatabase,
  options: QueryOptions<S> = {},
): SqliteDatabase<S> {
  requireDialect(db, 'sqlite', options)
  return remote(runnerOf(db), options)
}
