import { drizzle, type SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'
import { type QueryOptions, queryOptions } from '../connect/query-options.ts'
import { type Runner, type Tables, withTransactions } from '../connect/remote.ts'
import { isVersion1 } from '../version.ts'
import { sqliteCodecs } from './codecs.ts'

/** What `defineRelations` gives, where the drizzle-orm of the program has it. */
type RelationsOf<Parameter> = Parameter extends unknown
  ? 'relations' extends keyof Parameter
    ? NonNullable<Parameter['relations']>
    : never
  : never
type Relations = RelationsOf<NonNullable<Parameters<typeof drizzle>[number]>>

/** Drizzle's instance with the tables of `db.query`: 1.0 has another parameter of its type before them. */
export type SqliteDatabase<S extends Tables> = [Relations] extends [never]
  ? SqliteRemoteDatabase<S>
  : S extends Relations
    ? ReturnType<typeof drizzle<S>>
    : SqliteRemoteDatabase

type Method = 'run' | 'all' | 'values' | 'get'
interface Query {
  readonly sql: string
  readonly params: readonly unknown[]
  readonly method: Method
}

/** The queries of a batch, all or nothing; `answer` gives what Drizzle wants for the rows of one. */
const batchOver =
  <A>(runner: Runner, answer: (rows: readonly (readonly unknown[])[], method: Method) => A) =>
  (queries: readonly Query[]): Promise<A[]> =>
    runner.transaction(async (inner) => {
      const answers: A[] = []
      for (const { sql, params, method } of queries) {
        if (method === 'run') await inner.send(sql, params)
        answers.push(answer(method === 'run' ? [] : await inner.lists(sql, params), method))
      }
      return answers
    })

/** One function for each kind of query, as drizzle-orm 1.0 takes them. It gives lists of values where Drizzle wants objects, too. */
const executors = (runner: Runner) => ({
  all: async (sql: string, params: readonly unknown[]) => [...(await runner.lists(sql, params))],
  get: async (sql: string, params: readonly unknown[]) => (await runner.lists(sql, params))[0],
  run: async (sql: string, params: readonly unknown[]) => {
    await runner.send(sql, params)
    return { rows: [] }
  },
  batch: batchOver(runner, (rows, method) =>
    method === 'get' ? rows[0] : method === 'run' ? { rows: [] } : [...rows],
  ),
})

function drizzleOver<S extends Tables>(runner: Runner, tables: QueryOptions<S>): SqliteDatabase<S> {
  const options = queryOptions(tables)
  if (isVersion1) return drizzle<S>(executors(runner) as never, { ...options, codecs: sqliteCodecs() } as never)
  const send = async (sql: string, params: readonly unknown[], method: Method): Promise<{ rows: unknown[] }> => {
    if (method === 'run') {
      await runner.send(sql, params)
      return { rows: [] }
    }
    const rows = await runner.lists(sql, params)
    // For a single row Drizzle wants the row itself, and takes `undefined` for none although its type has no word for it.
    return { rows: method === 'get' ? (rows[0] as unknown[]) : [...rows] }
  }
  return drizzle<S>(
    send,
    batchOver(runner, (rows) => ({ rows: [...rows] })),
    options,
  )
}

/** Sends Drizzle's queries through `runner`; transactions too, so that nothing of Drizzle's own begins or commits. */
export function remote<S extends Tables = Record<string, never>>(
  runner: Runner,
  tables: QueryOptions<S> = {},
): SqliteDatabase<S> {
  return withTransactions(drizzleOver(runner, tables), runner, (inner) => remote(inner, tables))
}
