import { isSignificant, lexSql } from '@org/migrate-core/dialect'
import { grammar } from '@org/migrate-dialect-postgres/internal'
import { drizzle, type PgRemoteDatabase } from 'drizzle-orm/pg-proxy'
import { type QueryOptions, queryOptions } from '../connect/query-options.ts'
import { type Runner, type Tables, withTransactions } from '../connect/remote.ts'
import { isVersion1 } from '../version.ts'
import { postgresCodecs } from './codecs.ts'

/**
 * Drizzle's `$n` as the `?` of our sessions, and a question mark that is an operator (of jsonb) as `??`. The parameters follow
 * their places, also where one is used twice.
 */
function questionMarks(
  sql: string,
  params: readonly unknown[],
): { readonly sql: string; readonly params: readonly unknown[] } {
  const tokens = lexSql(sql, grammar)
  const ordered: unknown[] = []
  let text = ''
  for (let at = 0; at < tokens.length; at += 1) {
    const { kind, text: token } = tokens[at] as (typeof tokens)[number]
    const number = token === '$' ? tokens[at + 1]?.text : undefined
    if (number !== undefined && /^\d+$/.test(number)) {
      ordered.push(params[Number(number) - 1])
      text += '?'
      at += 1
    } else text += kind === 'placeholder' ? '??' : token
  }
  return { sql: text, params: ordered }
}

type Options = NonNullable<Parameters<typeof drizzle>[1]>

/** Sends Drizzle's queries through `runner`; transactions too, so that nothing of Drizzle's own begins or commits. */
export function remote<S extends Tables = Record<string, never>>(
  runner: Runner,
  tables: QueryOptions<S> = {},
): PgRemoteDatabase<S> {
  const send = async (text: string, given: unknown[], method: 'all' | 'execute'): Promise<{ rows: unknown[] }> => {
    const { sql, params } = questionMarks(text, given)
    if (method === 'all') return { rows: [...(await runner.lists(sql, params))] }
    return { rows: [...((await runner.send(sql, params)).rows ?? [])] }
  }
  const options: Options & { readonly codecs?: unknown } = {
    ...queryOptions(tables),
    ...(isVersion1 ? { codecs: postgresCodecs() } : {}),
  }
  const db = drizzle<S>(send, options as never)
  return withTransactions(db, runner, (inner) => remote(inner, tables))
}

/** Whether the statement gives rows: a change without RETURNING gives none, and is sent as a change. */
export function givesRows(sql: string): boolean {
  const tokens = lexSql(sql, grammar).filter(isSignificant)
  const first = tokens.find(({ kind }) => kind === 'word')?.text.toLowerCase()
  if (first !== 'insert' && first !== 'update' && first !== 'delete') return true
  return tokens.some(({ kind, text }) => kind === 'word' && text.toLowerCase() === 'returning')
}
