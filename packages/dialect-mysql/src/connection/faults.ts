import { codeOf, MigrateError, thrownMessage as messageOf, systemFaults } from '@org/migrate-core/connection'
import type { FaultKind } from '@org/migrate-core/dialect'
import type { Flavour } from '../flavour.ts'
import { quote } from '../sql/quote.ts'
import type { Target } from './url.ts'

export { codeOf, messageOf }

type Numbers = { readonly [K in FaultKind]?: readonly number[] }

/** What both servers mean by a number: https://dev.mysql.com/doc/mysql-errors/9.0/en/server-error-reference.html */
const shared: Numbers = {
  connection: [
    1040, 1042, 1043, 1053, 1080, 1129, 1130, 1152, 1153, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161, 1184, 1203,
    2002, 2003, 2006, 2013, 2055,
  ],
  permission: [1044, 1045, 1095, 1131, 1132, 1141, 1142, 1143, 1227, 1345, 1370, 1410, 1419, 1449, 1698, 1699],
  // 1047: a node of Galera that is not with the majority; it has run nothing.
  busy: [1015, 1047, 1099, 1192, 1205, 1223, 1637, 1689],
  deadlock: [1213, 1614],
  constraint: [
    1022, 1048, 1062, 1169, 1171, 1216, 1217, 1263, 1264, 1265, 1292, 1364, 1365, 1366, 1367, 1369, 1406, 1411, 1451,
    1452, 1525, 1526, 1557, 1586, 1644, 1690, 1701, 1761, 1762, 1859,
  ],
  syntax: [1064, 1065, 1115, 1149, 1231, 1232, 1273, 1327, 1582, 1630],
  missing: [1008, 1032, 1049, 1051, 1054, 1072, 1082, 1091, 1109, 1146, 1176, 1193, 1286, 1305, 1360, 1539],
  exists: [1007, 1050, 1060, 1061, 1304, 1359, 1537, 1826],
  full: [1021, 1026, 1041, 1114, 1135, 1206, 1799],
  readOnly: [1036, 1792, 1836, 1874],
  corrupt: [1033, 1034, 1035, 1194, 1195, 1707, 1712, 1877],
}

/** Above them each has numbers of its own, and 4092 is a view that is not there for one, and a table's limit for the other. */
const own: { readonly [F in Flavour]: Numbers } = {
  mysql: {
    // killed; idle for too long
    connection: [3169, 4031],
    permission: [3118, 3159, 3530, 3955],
    // The group has certified another change of the same rows before.
    deadlock: [3101],
    // named locks in a circle; NOWAIT
    busy: [3058, 3572],
    constraint: [3140, 3156, 3157, 3730, 3819, 3903],
    missing: [1824, 3821, 3940],
    exists: [3822],
    full: [3019],
  },
  // https://mariadb.com/kb/en/mariadb-error-code-reference/
  mariadb: { connection: [1927], constraint: [4025], missing: [4091, 4092] },
}

const kindsOf = (numbers: Numbers): readonly (readonly [number, FaultKind])[] =>
  (Object.entries(numbers) as [FaultKind, readonly number[]][]).flatMap(([kind, all]) =>
    all.map((number) => [number, kind] as const),
  )

const byNumber: { readonly [F in Flavour]: ReadonlyMap<number, FaultKind> } = {
  mysql: new Map([...kindsOf(shared), ...kindsOf(own.mysql)]),
  mariadb: new Map([...kindsOf(shared), ...kindsOf(own.mariadb)]),
}

/** `Can't create table … (errno: 121 …)`, `Got error 28 from storage engine`: the engine's own number says what it is. */
const byEngine: ReadonlyMap<string, FaultKind> = new Map<string, FaultKind>([
  ['28', 'full'],
  ['121', 'exists'],
  ['126', 'corrupt'],
])

const byCode: ReadonlyMap<string, FaultKind> = new Map<string, FaultKind>([
  ...systemFaults,
  ['ENOENT', 'connection'],
  ['PROTOCOL_CONNECTION_LOST', 'connection'],
  ['PROTOCOL_ERROR', 'connection'],
  ['PROTOCOL_UNEXPECTED_PACKET', 'connection'],
  ['HANDSHAKE_NO_SSL_SUPPORT', 'connection'],
  ['HANDSHAKE_SSL_ERROR', 'connection'],
  ['EPERM', 'permission'],
])

interface DriverError {
  readonly errno?: unknown
  readonly fatal?: unknown
}

function partsOf(error: unknown): DriverError {
  return typeof error === 'object' && error !== null ? error : {}
}

/** The number of the server's error; undefined for errors of the driver and of the system. */
export function numberOf(error: unknown): number | undefined {
  const { errno } = partsOf(error)
  return typeof errno === 'number' && errno > 0 ? errno : undefined
}

/** What kind of failure a driver's error is; `unknown` for everything else. */
export function faultsOf(flavour: Flavour): (error: unknown) => FaultKind {
  return (error) => {
    const number = numberOf(error)
    const kind = number === undefined ? undefined : byNumber[flavour].get(number)
    if (kind !== undefined) return kind
    // The option may be another one: --secure-file-priv.
    if (number === 1290) return /--(?:super|innodb)?[-_]?read[-_]only/i.test(messageOf(error)) ? 'readOnly' : 'unknown'
    if (number === 1005 || number === 1030) {
      const [, engine = ''] = /\b(?:errno:|error) (\d+)/.exec(messageOf(error)) ?? []
      return byEngine.get(engine) ?? 'unknown'
    }
    const code = codeOf(error)
    const named = code === undefined ? undefined : byCode.get(code)
    return named ?? (partsOf(error).fatal === true ? 'connection' : 'unknown')
  }
}

/**
 * 1142, 1143: a right on a table. 1044: on a database. 1370: on a routine. 1227: on the server. The server names the right; MySQL names
 * the table without its database.
 */
export function grantFor(error: unknown, database: string | undefined): string | undefined {
  const message = messageOf(error)
  const of = (privilege: string, name = database): string | undefined =>
    name === undefined ? undefined : `GRANT ${privilege.toUpperCase()} ON ${quote.identifier(name).text}.* TO the user`
  switch (numberOf(error)) {
    case 1142:
    case 1143:
    case 1370: {
      const [, privilege] = /^([\w ,]+) command denied to user /i.exec(message) ?? []
      return privilege === undefined ? undefined : of(privilege)
    }
    case 1044:
      return of('ALL', / to database '(.+)'$/.exec(message)?.[1])
    // A trigger or a function on a server with a binary log: https://dev.mysql.com/doc/refman/8.4/en/stored-programs-logging.html
    case 1419:
      return 'SET GLOBAL log_bin_trust_function_creators = 1'
    case 1227: {
      const [, privilege] = /the ([\w ]+?)(?: or [\w ]+|, .+)? privilege\(s\)/.exec(message) ?? []
      return privilege === undefined ? undefined : `GRANT ${privilege} ON *.* TO the user`
    }
    default:
      return undefined
  }
}

const timeLimits: ReadonlyMap<number | undefined, string> = new Map([
  // ER_QUERY_TIMEOUT: https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_max_execution_time
  [3024, 'max_execution_time'],
  // ER_STATEMENT_TIMEOUT: https://mariadb.com/kb/en/aborting-statements/
  [1969, 'max_statement_time'],
])

export function limitFor(error: unknown): string | undefined {
  return timeLimits.get(numberOf(error))
}

/** Whether nothing more comes over this connection. */
export function endsConnection(error: unknown): boolean {
  const { fatal } = partsOf(error)
  const code = codeOf(error)
  const hasEndingNumber = [1053, 1927, 2006, 2013, 3169, 4031].includes(numberOf(error) ?? 0)
  return (
    fatal === true ||
    hasEndingNumber ||
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code === 'PROTOCOL_CONNECTION_LOST'
  )
}

/** KILL QUERY from another session. */
export function isInterrupted(error: unknown): boolean {
  return numberOf(error) === 1317
}

/**
 * Out of range, truncated, an incorrect value, no JSON, a wrong character of the character set.
 * https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
 */
const ofValues: ReadonlySet<number | undefined> = new Set([
  1264, 1265, 1292, 1300, 1366, 1406, 1411, 1416, 1525, 1690, 3140, 3141, 3144, 3146, 3147, 3156, 3157, 3854, 4037,
  4038, 4079,
])

export function refusesValue(error: unknown): boolean {
  return ofValues.has(numberOf(error))
}

/**
 * Logins and hosts that the server refuses, 3118, 3955 and 4151 (MariaDB) because it has blocked the account: each further try may count as one
 * more failure. https://dev.mysql.com/doc/refman/8.4/en/host-cache.html, https://mariadb.com/kb/en/mariadb-error-codes/
 */
const refusals: ReadonlySet<number | undefined> = new Set([1045, 1129, 1130, 1698, 1862, 3118, 3159, 3955, 4151])

export function unreachable(target: Target, why: string, cause: unknown, remedy?: string): MigrateError {
  const database = target.display
  const message = `cannot connect to ${database}: ${why}`
  const isRefused = refusals.has(numberOf(cause)) ? { isRefused: true as const } : {}
  return new MigrateError('DATABASE_UNREACHABLE', { database, why, ...isRefused }, message, { cause, remedy })
}
