import {
  isRecord,
  MigrateError,
  requireArguments,
  requireOptions,
  type SqlGrammar,
  type SqlValue,
  type StepDatabase,
  withMethods,
} from '@org/migrate-core/dialect'
import type { QueryOptions } from './query-options.ts'
import { nameResults } from './result-names.ts'

/** What Drizzle needs of the database of a data step, a hook or a seed. */
export interface RowDatabase extends Pick<StepDatabase, 'dialect' | 'query' | 'execute'> {
  transaction<T>(body: (db: RowDatabase) => Promise<T>): Promise<T>
}

/** How a dialect's steps write SQL. */
export interface StepText {
  readonly grammar: SqlGrammar
  quote(name: string): string
}

/** The rows of a query as lists, in the order of its results: what a library needs that maps results by their place. */
export async function listedRows(
  db: RowDatabase,
  sql: string,
  params: readonly unknown[],
  { grammar, quote }: StepText,
): Promise<readonly (readonly unknown[])[]> {
  const named = nameResults(sql, grammar, quote)
  const rows = await db.query(named.sql, params as readonly SqlValue[])
  const [first] = rows
  if (first !== undefined && named.count !== undefined && Object.keys(first).length !== named.count) {
    const why = 'its columns cannot be told apart by their names'
    const details = { dialect: db.dialect, operation: 'the result of a query', why }
    throw new MigrateError('UNSUPPORTED', details, `The result of this query: ${why}: ${sql}`)
  }
  return rows.map((row) => Object.values(row))
}

const isStepDatabase = withMethods('the database that a data step is given', 'query', 'execute')

/** Throws WRONG_DIALECT where the step runs on another database. */
export function requireDialect(db: RowDatabase, expected: string, options: QueryOptions<object>): void {
  requireArguments('drizzleOf', { db }, { db: isStepDatabase })
  requireOptions('drizzleOf', options, { schema: isRecord, relations: isRecord })
  if (db.dialect === expected) return
  const message = `This step runs on ${db.dialect}, and drizzleOf of this package is for ${expected}.`
  throw new MigrateError('WRONG_DIALECT', { expected, actual: db.dialect }, message)
}
