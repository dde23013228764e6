import type { ConnectOptions, Row, StatementLimits } from '@org/migrate-core/dialect'
import { atLeast, defaultEngine, type Flavour, flavourOf, type Server, usualPage, type Version } from '../flavour.ts'
import { modeVariables } from '../sql/classify.ts'
import { type Cluster, clusterIn, clusterSettings, clusterSql } from './cluster.ts'

/** What the server said when the session began. */
export interface ServerFacts {
  readonly server: Server
  readonly cluster: Cluster
  /** Which server of all it is; of two nodes behind one address each has its own. */
  readonly node: string
  readonly connection: string
  /** The database as the server writes it. */
  readonly database: string
  readonly maxAllowedPacket: number
  readonly modes: string
  readonly waitTimeout: number
  readonly netTimeout: number
  readonly groupConcatMaxLen: bigint
  readonly innodbStrict: boolean
  /** Else a rollback that was not complete gives no warning. */
  readonly storesWarnings: boolean
  /** The server takes changes from privileged users only, or from no user. */
  readonly readOnly: boolean
  /** Of the session: milliseconds on MySQL, seconds on MariaDB. */
  readonly statementTime: string
  /** In which the session is. */
  readonly role: string
  /** At its isolation. */
  readonly refusesWrites: boolean
}

/** InnoDB logs no statement below REPEATABLE READ (1665). A name that MySQL has dropped gives no row. */
const refusesWrites = `/*!80000 , @@log_bin AND @@transaction_isolation LIKE 'READ-%'
 AND (SELECT variable_value = 'STATEMENT' FROM performance_schema.session_variables WHERE variable_name = 'binlog_format') AS refusesWrites */
 /*M! , @@log_bin AND @@tx_isolation LIKE 'READ-%' AND @@binlog_format = 'STATEMENT' AS refusesWrites */`

// Comments that only the servers run that know the variable: MariaDB skips those of MySQL from 5.7 on.
// https://mariadb.com/kb/en/comment-syntax/
export const serverFactsSql = `SELECT VERSION() AS version, @@version_comment AS comment, DATABASE() AS name,
 @@sql_mode AS modes, @@GLOBAL.sql_mode AS globalModes, @@lower_case_table_names AS lowerCase,
 @@character_set_database AS charset, @@collation_database AS collation, COLLATION(_utf8mb4'') AS utf8mb4,
 @@max_allowed_packet AS packet, @@wait_timeout AS waitTimeout,
 LEAST(@@net_read_timeout, @@net_write_timeout) AS netTimeout, @@group_concat_max_len AS groupConcat,
 @@innodb_strict_mode AS innodbStrict, @@max_error_count AS warnings, @@innodb_page_size AS page, @@innodb_default_row_format AS rowFormat, @@read_only AS readOnly,
 CONNECTION_ID() AS connection, CONCAT_WS(':', LEFT(@@hostname, 100), @@port, @@server_id) AS address
 /*!80000 , @@server_uuid AS uuid */ ${clusterSql}
 /*!80013 , @@sql_require_primary_key AS requirePrimaryKey */ /*!80030 , @@sql_generate_invisible_primary_key AS generatePrimaryKey */
 /*!80000 , @@max_execution_time AS statementTime */ /*M! , @@max_statement_time AS statementTime */
 ${refusesWrites}
 /*M! , @@explicit_defaults_for_timestamp AS explicitTimestamps, @@innodb_force_primary_key AS forcesKey */
 /*!80000 , CURRENT_ROLE() AS role */ /*M! , CURRENT_ROLE() AS role */`

/** Older releases of MariaDB read it at their start only: https://mariadb.com/kb/en/server-system-variables/#explicit_defaults_for_timestamp */
export const explicitTimestamps = 'explicit_defaults_for_timestamp = 1'
const takesIt = ({ flavour, version }: Pick<Server, 'flavour' | 'version'>): boolean =>
  flavour === 'mysql' || atLeast(version, [10, 10, 0])

const ignoreSpace = 'IGNORE_SPACE'

/**
 * Undefined for what is neither MySQL nor MariaDB.
 *
 * @param addsIgnoreSpace the driver adds that mode; stored programs would remember it
 */
export function readServerFacts(row: Row | undefined, addsIgnoreSpace: boolean): ServerFacts | undefined {
  const version = flavourOf(String(row?.version), String(row?.comment))
  if (row === undefined || version === undefined) return undefined
  const lowerCase = Number(row.lowerCase)
  const modes = String(row.modes)
  const isOwnMode = String(row.globalModes).split(',').includes(ignoreSpace)
  return {
    server: Object.freeze({
      ...version,
      lowerCaseTableNames: lowerCase === 1 || lowerCase === 2 ? lowerCase : 0,
      sqlRequirePrimaryKey: row.requirePrimaryKey === 1n,
      generatesPrimaryKey: row.generatePrimaryKey === 1n,
      ...(Number(row.page) < usualPage ? { smallPages: Number(row.page) } : {}),
      ...(/^(?:compact|redundant)$/i.test(String(row.rowFormat)) ? { olderRowFormat: true } : {}),
      ...(row.forcesKey === 1n ? { innodbForcesKey: true } : {}),
      ...(row.explicitTimestamps === 0n && !takesIt(version) ? { implicitTimestamps: true } : {}),
      defaultCharset: String(row.charset),
      defaultCollation: String(row.collation),
      utf8mb4Collation: String(row.utf8mb4),
    }),
    cluster: clusterIn(row),
    node: typeof row.uuid === 'string' ? row.uuid : String(row.address),
    connection: String(row.connection),
    database: String(row.name),
    maxAllowedPacket: Number(row.packet),
    modes: addsIgnoreSpace && !isOwnMode ? without(modes, [ignoreSpace]).join(',') : modes,
    waitTimeout: Number(row.waitTimeout),
    netTimeout: Number(row.netTimeout),
    groupConcatMaxLen: BigInt(String(row.groupConcat)),
    innodbStrict: row.innodbStrict === 1n,
    storesWarnings: row.warnings !== 0n,
    readOnly: row.readOnly !== 0n,
    statementTime: String(row.statementTime),
    role: String(row.role),
    refusesWrites: row.refusesWrites === 1n,
  }
}

/**
 * Modes that change how SQL text reads, so that the same revision would do something else: names and texts (ANSI_QUOTES,
 * NO_BACKSLASH_ESCAPES, and what brings them along), and '' as NULL. Stored programs remember the mode they were created in: their
 * bodies too read the same on every server.
 */
export const modesOfText: readonly string[] = [
  ...['ANSI', 'ANSI_QUOTES', 'DB2', 'EMPTY_STRING_IS_NULL', 'MAXDB', 'MSSQL', 'MYSQL323', 'MYSQL40'],
  ...['NO_BACKSLASH_ESCAPES', 'ORACLE', 'POSTGRESQL'],
]

/**
 * Modes that change how a statement runs: CHAR with its padding, and what SHOW CREATE leaves out. Rows of old programs hold dates of zeros,
 * which have to survive a change of their table, a downgrade and an upgrade: what forbids them goes, too (TRADITIONAL brings it back). A
 * date that is none is an error all the same, by the strict mode.
 */
export const modesOfRunning: readonly string[] = [
  ...['NO_FIELD_OPTIONS', 'NO_KEY_OPTIONS', 'NO_TABLE_OPTIONS', 'NO_ZERO_DATE', 'NO_ZERO_IN_DATE'],
  ...['PAD_CHAR_TO_FULL_LENGTH', 'TRADITIONAL'],
]

const without = (modes: string, removed: readonly string[]): readonly string[] =>
  modes.split(',').filter((mode) => mode !== '' && !removed.includes(mode))

/** A 0 stays a 0 in an AUTO_INCREMENT column (also while ALTER TABLE copies the rows), and an engine is the one that was named. */
export const addedModes = ['NO_AUTO_VALUE_ON_ZERO', 'NO_ENGINE_SUBSTITUTION']

/**
 * The server's own modes, strict: else a value that does not fit is stored as another one.
 * https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html#sql-mode-strict
 */
export function sqlModes(serverModes: string): string {
  const remaining = without(serverModes, [...modesOfText, ...modesOfRunning])
  const strict = remaining.some((mode) => mode === 'STRICT_TRANS_TABLES' || mode === 'STRICT_ALL_TABLES')
  return [...new Set([...remaining, ...(strict ? [] : ['STRICT_TRANS_TABLES']), ...addedModes])].join(',')
}

/**
 * For the CREATE of stored programs: in which modes they run is the server's own affair, as for those that its other clients create.
 * https://dev.mysql.com/doc/refman/8.4/en/create-trigger.html
 */
const programModes = (serverModes: string): string => without(serverModes, modesOfText).join(',')

const day = 86_400
const longestLockWaitS = 31_536_000
/** Used where no option says how long to wait for a lock. The server's own limit for metadata locks is a year or a day. */
const lockWaitS = 60

const seconds = (ms: number): number => Math.min(Math.max(1, Math.ceil(ms / 1_000)), longestLockWaitS)

function lockWait(ms: number): string[] {
  const limit = seconds(ms)
  return [`lock_wait_timeout = ${limit}`, `innodb_lock_wait_timeout = ${limit}`]
}

/** MySQL's limit holds for SELECT alone: https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_max_execution_time */
function statementTime({ server, statementTime: own }: ServerFacts, ms: number | undefined): string {
  if (server.flavour === 'mysql') return `max_execution_time = ${ms === undefined ? own : Math.ceil(ms)}`
  return `max_statement_time = ${ms === undefined ? own : ms / 1_000}`
}

/** One SET for all limits: those that are absent as the connection has them; 0 is no limit. */
export function limitsSql(facts: ServerFacts, { lockMs, statementMs }: StatementLimits, ownLockMs?: number): string {
  const lock = lockMs === 0 ? longestLockWaitS * 1_000 : (lockMs ?? ownLockMs ?? lockWaitS * 1_000)
  return `SET ${[...lockWait(lock), statementTime(facts, statementMs)].join(', ')}`
}

export const flavourSettings: { readonly [F in Flavour]: readonly string[] } = {
  mysql: [
    // Else information_schema tells the AUTO_INCREMENT value of up to a day ago.
    // Else the catalog leaves out the keys that the server generated: https://dev.mysql.com/doc/refman/8.4/en/create-table-gipks.html
    'information_schema_stats_expiry = 0 /*!80030 , show_gipk_in_create_table_and_information_schema = 1 */',
    'transaction_read_only = 0',
  ],
  mariadb: [
    'check_constraint_checks = 1',
    // Else each table that names no PAGE_COMPRESSED gets it when it is created, or copied: https://mariadb.com/kb/en/innodb-page-compression/
    'innodb_compression_default = 0',
    'idle_transaction_timeout = 0',
    'idle_readonly_transaction_timeout = 0',
    'idle_write_transaction_timeout = 0',
    'tx_read_only = 0',
  ],
}

/** INSTANT refuses most changes; the keyword DEFAULT is the server's own. https://mariadb.com/kb/en/server-system-variables/#alter_algorithm */
export const anyAlgorithm = "alter_algorithm = 'DEFAULT'"
export const ignoresAlgorithm: Version = [11, 5, 0]

export const longestConcat = 16_777_216

export const statementSettings: readonly string[] = [
  'autocommit = 1',
  'completion_type = 0',
  `default_storage_engine = ${defaultEngine}`,
  'foreign_key_checks = 1',
  'unique_checks = 1',
  'sql_safe_updates = 0',
  'sql_auto_is_null = 0',
  'sql_select_limit = 18446744073709551615',
  'sql_big_selects = 1',
]

/** A row that an application changed meanwhile would end a data step by an error (1020). It reads rows under a lock before it writes. */
export const withoutSnapshots = '/*M!110402 , innodb_snapshot_isolation = 0 */'

/**
 * ALTER, RENAME and DROP of what is not there would do nothing, and be recorded as done; and what is read of a table with history would be that
 * of another time. https://mariadb.com/kb/en/server-system-variables/#sql_if_exists, https://mariadb.com/kb/en/system-versioned-tables/
 */
export const asWritten = '/*M! , sql_if_exists = 0, system_versioning_asof = DEFAULT */'

/** What a session is opened for; `serve`: for a service, which reads as much of a cluster's changes as the server says. */
export interface SessionRequest extends Omit<ConnectOptions, 'purpose'> {
  readonly purpose: ConnectOptions['purpose'] | 'serve'
}

/** All settings of a session in one statement; whatever the server's defaults are, a revision does the same. */
export function settingsSql(facts: ServerFacts, { purpose, waitMs }: SessionRequest): string {
  const { flavour, version } = facts.server
  const own = [
    ...flavourSettings[flavour],
    ...(flavour === 'mariadb' && !atLeast(version, ignoresAlgorithm) ? [anyAlgorithm] : []),
  ]
  const longest = BigInt(longestConcat)
  const settings = [
    // Without a COLLATE: texts with an introducer, and those without, get the same one.
    'NAMES utf8mb4',
    `sql_mode = '${sqlModes(facts.modes)}'`,
    `${modeVariables.session} = '${sqlModes(facts.modes)}'`,
    `${modeVariables.program} = '${programModes(facts.modes)}'`,
    "time_zone = '+00:00'",
    ...statementSettings,
    'sql_quote_show_create = 1',
    `group_concat_max_len = ${facts.groupConcatMaxLen < longest ? longest : facts.groupConcatMaxLen}${purpose === 'serve' ? '' : ` ${withoutSnapshots} ${asWritten}`}`,
    `wait_timeout = ${Math.max(day, facts.waitTimeout)}`,
    `net_read_timeout = ${Math.max(600, facts.netTimeout)}`,
    `net_write_timeout = ${Math.max(600, facts.netTimeout)}`,
    ...lockWait(waitMs ?? lockWaitS * 1_000),
    ...(facts.refusesWrites && purpose === 'run'
      ? [`${flavour === 'mysql' ? 'transaction' : 'tx'}_isolation = 'REPEATABLE-READ'`]
      : []),
    ...(purpose === 'serve'
      ? []
      : [...(takesIt(facts.server) ? [explicitTimestamps] : []), ...clusterSettings(facts.cluster, flavour)]),
    ...(purpose === 'inspect' ? own.map((setting) => setting.replace(/(_read_only) = 0$/, '$1 = 1')) : own),
  ]
  return `SET ${settings.join(', ')}`
}
