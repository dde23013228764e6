import { type MysqlClient, mysqlDialect } from '@org/migrate-dialect-mysql'
import mariadb from 'mariadb'
import mysql from 'mysql2'
import { onTestFinished } from 'vitest'
import type { Random } from '../../../kit/random.ts'
import type { Ground } from '../../ensure/ground.ts'
import type { DatabaseAccess } from './access.ts'

export const settings: { readonly [name: string]: readonly string[] } = {
  sql_mode: [
    "''",
    "'ANSI_QUOTES'",
    "'NO_BACKSLASH_ESCAPES'",
    "'PIPES_AS_CONCAT'",
    "'PAD_CHAR_TO_FULL_LENGTH'",
    "'TIME_TRUNCATE_FRACTIONAL'",
    "'ANSI,NO_BACKSLASH_ESCAPES,TRADITIONAL'",
    "'HIGH_NOT_PRECEDENCE,NO_UNSIGNED_SUBTRACTION,REAL_AS_FLOAT,IGNORE_SPACE'",
    "'ORACLE'",
    "'MSSQL'",
    "'EMPTY_STRING_IS_NULL'",
    "'SIMULTANEOUS_ASSIGNMENT'",
    "'NO_DIR_IN_CREATE,ALLOW_INVALID_DATES'",
  ],
  time_zone: ["'+05:45'", "'-11:00'"],
  collation_connection: ['utf8mb4_bin', 'latin1_swedish_ci', 'utf8mb4_general_ci'],
  character_set_results: ['latin1', 'NULL', 'utf16'],
  autocommit: ['0'],
  completion_type: ['1'],
  foreign_key_checks: ['0'],
  unique_checks: ['0'],
  check_constraint_checks: ['0'],
  innodb_strict_mode: ['0'],
  tx_isolation: ["'READ-UNCOMMITTED'", "'SERIALIZABLE'"],
  transaction_isolation: ["'READ-UNCOMMITTED'", "'SERIALIZABLE'"],
  explicit_defaults_for_timestamp: ['0'],
  default_storage_engine: ['MyISAM'],
  sql_safe_updates: ['1'],
  sql_select_limit: ['1', '2', '7'],
  sql_auto_is_null: ['1'],
  sql_notes: ['0'],
  max_error_count: ['0'],
  sql_warnings: ['1'],
  div_precision_increment: ['0', '30'],
  max_sort_length: ['4', '64'],
  group_concat_max_len: ['4'],
  default_week_format: ['3'],
  lc_time_names: ["'de_DE'"],
  lc_messages: ["'de_DE'"],
  sql_quote_show_create: ['0'],
  auto_increment_increment: ['7'],
  auto_increment_offset: ['3'],
  sql_if_exists: ['1'],
  old_mode: [
    "'ZERO_DATE_TIME_CAST'",
    "'UTF8_IS_UTF8MB3'",
    "'NO_DUP_KEY_WARNINGS_WITH_IGNORE,NO_PROGRESS_INFO,COMPAT_5_1_CHECKSUM'",
  ],
  system_versioning_alter_history: ["'KEEP'"],
  character_set_collations: ["'utf8mb4=utf8mb4_bin'", "''"],
  alter_algorithm: ["'NOCOPY'", "'COPY'"],
  cte_max_recursion_depth: ['0'],
  max_recursive_iterations: ['0'],
  show_create_table_verbosity: ['1'],
  sql_generate_invisible_primary_key: ['1'],
  show_gipk_in_create_table_and_information_schema: ['0'],
  information_schema_stats_expiry: ['86400'],
  windowing_use_high_precision: ['0'],
  end_markers_in_json: ['1'],
  default_regex_flags: ["'DOTALL'"],
  updatable_views_with_limit: ['0'],
  storage_engine: ['MyISAM'],
  low_priority_updates: ['1'],
  standard_compliant_cte: ['0'],
  sql_require_primary_key: ['0'],
  lock_wait_timeout: ['30'],
  restrict_fk_on_non_standard_key: ['0'],
  print_identified_with_as_hex: ['1'],
  tmp_table_size: ['1024'],
  max_heap_table_size: ['16384'],
  big_tables: ['1'],
  default_tmp_storage_engine: ['MyISAM'],
  join_buffer_size: ['128'],
  range_optimizer_max_mem_size: ['1'],
  eq_range_index_dive_limit: ['1'],
  max_seeks_for_key: ['1'],
  innodb_compression_default: ['1'],
  column_compression_threshold: ['1'],
  note_verbosity: ["''", "'all'"],
  system_versioning_insert_history: ['1'],
}

interface Client {
  readonly client: MysqlClient
  sql(text: string): Promise<readonly unknown[]>
}

const volatile =
  /^(timestamp|insert_id|last_insert_id|identity|rand_seed\d|error_count|warning_count|pseudo_thread_id|statement_id|gtid.*|last_gtid|in_transaction)$/i

function clientAccess(name: string, from: Random, makes: () => Promise<Client>): DatabaseAccess {
  const set = Object.entries(settings).flatMap(([one, values]) =>
    from.chance(0.12) ? [[one, from.pick(values)] as const] : [],
  )
  let client: Client | undefined
  let before: string | undefined
  const read = async (): Promise<string> => {
    const { sql } = client as Client
    const [row] = (await sql('SELECT HEX(@@character_set_results), CONCAT(@@sql_select_limit)')) as readonly object[]
    const [hex, limit] = Object.values(row ?? {}).map((one) => String(one).replaceAll('\0', ''))
    const results = hex === 'null' ? 'NULL' : Buffer.from(hex ?? '', 'hex').toString()
    await sql('SET sql_select_limit = DEFAULT, character_set_results = utf8mb4')
    const rows = (await sql('SHOW SESSION VARIABLES')) as readonly Record<string, unknown>[]
    await sql(`SET sql_select_limit = ${limit}, character_set_results = ${results}`)
    return [...rows, { limit: `limit ${limit} ${results}` }]
      .map((row) => Object.values(row).map((one) => (Buffer.isBuffer(one) ? one.toString() : String(one))))
      .filter(([one]) => !volatile.test(one ?? ''))
      .map((row) => row.join('='))
      .join('\n')
  }
  const diff = (a: string, b: string): string => {
    const [one, two] = [a.split('\n'), b.split('\n')]
    return `${one.filter((x) => !two.includes(x)).join('; ')} became ${two.filter((x) => !one.includes(x)).join('; ')}`
  }
  return {
    name: `${name} with ${set.map((one) => one.join(' = ')).join(', ')}`,
    dialect: () => mysqlDialect({ driver: (client as Client).client }),
    prepare: async () => {
      client = await makes()
      for (const [setting, value] of set) await client.sql(`SET SESSION ${setting} = ${value}`).catch(() => undefined)
      // A limit of rows is one of what is read here, too.
      before = await read()
    },
    check: async () => {
      const now = await read()
      return now === before ? undefined : diff(before ?? '', now)
    },
  }
}

export function mysqlAccesses(ground: Ground, from: Random): readonly DatabaseAccess[] {
  const { url } = ground
  const named = (name: 'mysql2' | 'mariadb'): DatabaseAccess => ({
    name,
    dialect: () => mysqlDialect({ url, driver: name }),
    check: async () => undefined,
  })
  const { hostname: host, port, username: user, password, pathname } = new URL(url)
  const address = { host, port: Number(port), user, password, database: pathname.slice(1) }
  const options = from.pick<object>([
    {},
    { supportBigNumbers: true, bigNumberStrings: true },
    { dateStrings: true },
    { timezone: '+03:00' },
    { multipleStatements: true },
    { rowsAsArray: true },
    { decimalNumbers: true },
    { typeCast: false },
  ])
  const mOptions = from.pick<object>([
    {},
    { bigIntAsNumber: true },
    { dateStrings: true },
    { multipleStatements: true },
    { rowsAsArray: false, insertIdAsNumber: true },
    { decimalAsNumber: true },
    { timezone: '+03:00' },
    { nestTables: false, checkDuplicate: false },
  ])
  return [
    named('mysql2'),
    named('mariadb'),
    clientAccess(`pool of mysql2 ${JSON.stringify(options)}`, from, async () => {
      const client = mysql.createPool({ ...address, connectionLimit: 1, ...options })
      onTestFinished(() => client.promise().end())
      return {
        client,
        sql: async (text) => (await client.promise().query({ sql: text, rowsAsArray: false }))[0] as unknown[],
      }
    }),
    clientAccess(`connection of mariadb ${JSON.stringify(mOptions)}`, from, async () => {
      const client = await mariadb.createConnection({ ...address, allowPublicKeyRetrieval: true, ...mOptions })
      client.on('error', () => undefined)
      onTestFinished(() => client.destroy())
      return { client, sql: async (text) => (await client.query(text)) as unknown[] }
    }),
  ]
}
