import { type PostgresClient, postgresDialect } from '@org/migrate-dialect-postgres'
import pg from 'pg'
import postgres from 'postgres'
import { onTestFinished } from 'vitest'
import type { Random } from '../../../kit/random.ts'
import type { Ground } from '../../ensure/ground.ts'
import type { DatabaseAccess } from './access.ts'

const settings: { readonly [name: string]: readonly string[] } = {
  DateStyle: ["'German, DMY'", "'SQL, DMY'", "'Postgres, MDY'"],
  IntervalStyle: ['sql_standard', 'iso_8601'],
  bytea_output: ['escape'],
  extra_float_digits: ['-15', '0', '3'],
  standard_conforming_strings: ['off'],
  escape_string_warning: ['off'],
  TimeZone: ["'Asia/Kathmandu'", "'America/New_York'"],
  search_path: ['public, pg_catalog', '"$user", public'],
  default_transaction_isolation: ['serializable', "'repeatable read'"],
  default_transaction_deferrable: ['on'],
  check_function_bodies: ['off'],
  array_nulls: ['off'],
  xmloption: ['document'],
  lc_monetary: ["'C'"],
  transform_null_equals: ['on'],
  quote_all_identifiers: ['on'],
  row_security: ['off'],
  client_min_messages: ['error', 'debug1'],
  client_encoding: ['LATIN1'],
  default_toast_compression: ['lz4'],
  synchronize_seqscans: ['off'],
  enable_seqscan: ['off'],
  plan_cache_mode: ['force_generic_plan'],
  'plpgsql.variable_conflict': ['use_column'],
  'plpgsql.extra_errors': ["'all'"],
  statement_timeout: ["'10min'"],
  lock_timeout: ["'1min'"],
  idle_in_transaction_session_timeout: ["'1min'"],
  jit_above_cost: ['0'],
  force_parallel_mode: ['on'],
  debug_parallel_query: ['on'],
  restrict_nonsystem_relation_kind: ["'view'"],
  backslash_quote: ['on'],
  constraint_exclusion: ['on'],
  timezone_abbreviations: ["'India'"],
  default_statistics_target: ['1'],
  work_mem: ['64'],
}

/** In which the test itself reads and writes. */
export const plainSession = `SET DateStyle = 'ISO, MDY'; SET IntervalStyle = postgres; SET TimeZone = 'UTC';
  SET standard_conforming_strings = on; SET bytea_output = hex; SET extra_float_digits = 1; SET transform_null_equals = off;`

/** Settings of a database or a session, as some have them. */
const drawn = (from: Random, chance: number): readonly (readonly [string, string])[] =>
  Object.entries(settings).flatMap(([name, values]) =>
    from.chance(chance) ? [[name, from.pick(values)] as const] : [],
  )

export async function configure(ground: Ground, from: Random): Promise<string> {
  const name = new URL(ground.url).pathname.slice(1)
  const set: string[] = []
  for (const [setting, value] of drawn(from, 0.25)) {
    const sql = `ALTER DATABASE "${name}" SET ${setting} = ${value}`
    await ground.sql(sql).then(
      () => set.push(`${setting} = ${value}`),
      () => undefined,
    )
  }
  return set.join(', ')
}

interface Client {
  readonly client: PostgresClient
  sql(text: string): Promise<readonly (readonly unknown[])[]>
}

const show =
  "SELECT 'pid=' || pg_backend_pid() || ';' || string_agg(name || '=' || setting, ';' ORDER BY name), (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) FROM pg_settings WHERE name NOT IN ('seed', 'transaction_isolation')"

function clientAccess(name: string, from: Random, makes: () => Client): DatabaseAccess {
  const set = drawn(from, 0.15)
  let client: Client | undefined
  let before: string | undefined
  const read = async (): Promise<string> => JSON.stringify(await (client as Client).sql(show))
  const prepare = async (): Promise<void> => {
    for (const [setting, value] of set) await (client as Client).sql(`SET ${setting} = ${value}`).catch(() => undefined)
    before = await read()
  }
  return {
    name: `${name} with ${set.map((one) => one.join(' = ')).join(', ')}`,
    dialect: () => {
      client ??= makes()
      return postgresDialect({ driver: client.client })
    },
    prepare: async () => {
      client ??= makes()
      await prepare()
    },
    check: async () => {
      const now = await read()
      const [a, b] = [(before ?? '').split(';'), now.split(';')]
      return now === before
        ? undefined
        : `${a.filter((x) => !b.includes(x)).join('; ')} became ${b.filter((x) => !a.includes(x)).join('; ')}`
    },
  }
}

export function postgresAccesses(ground: Ground, from: Random): readonly DatabaseAccess[] {
  const { url } = ground
  const named = (name: 'postgres' | 'pg', more = ''): DatabaseAccess => ({
    name: name + more,
    dialect: () => postgresDialect({ url: url + more, driver: name }),
    check: async () => undefined,
  })
  const rows = (answer: unknown): readonly (readonly unknown[])[] => {
    const list = (Array.isArray(answer) ? answer : [answer]) as readonly { rows: readonly (readonly unknown[])[] }[]
    return list.at(-1)?.rows ?? []
  }
  return [
    named('postgres'),
    named('pg'),
    clientAccess('pg.Pool', from, () => {
      const client = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0 })
      client.on('error', () => undefined)
      onTestFinished(() => client.end())
      return { client, sql: async (text) => rows(await client.query({ text, rowMode: 'array' })) }
    }),
    clientAccess('postgres.js', from, () => {
      const client = postgres(url, { max: 1, onnotice: () => undefined })
      onTestFinished(() => client.end({ timeout: 1 }))
      return { client, sql: async (text) => (await client.unsafe(text)).map((row) => Object.values(row)) }
    }),
  ]
}
