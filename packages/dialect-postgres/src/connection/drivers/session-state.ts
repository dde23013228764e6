import { MigrateError } from '@org/migrate-core/connection'
import { quote } from '../../sql/quote.ts'
import type { DriverStatement } from './driver.ts'

/** What a session of the application has set, and what is open in it. */
export interface SessionState {
  readonly pid: number
  readonly user: string
  readonly role: string
  readonly settings: { readonly [name: string]: string }
  readonly channels: readonly string[]
  readonly prepared: readonly string[]
  readonly cursors: readonly string[]
  /** Of the schema of temporary objects, the schema-qualified names. */
  readonly temporary: readonly string[]
  /** Advisory locks as the calls that free them take them. */
  readonly locks: readonly string[]
}

const list = (select: string): string => `coalesce((SELECT json_agg(each) FROM (${select}) AS found (each)), '[]')`

/**
 * Settings that a RESET or a value can't bring back are left out; custom ones (`app.tenant`) are not in the list of the server, and
 * are read by their names:
 * https://www.postgresql.org/docs/current/view-pg-settings.html
 */
export const stateSql = `SELECT json_build_object('pid', pg_catalog.pg_backend_pid(),
  'user', current_setting('session_authorization'), 'role', current_setting('role'),
  'settings', coalesce((SELECT json_object_agg(name, setting) FROM pg_catalog.pg_settings
    WHERE source = 'session' AND name NOT IN ('seed', 'transaction_isolation', 'transaction_read_only', 'transaction_deferrable')), '{}'),
  'channels', ${list('SELECT pg_catalog.pg_listening_channels()')},
  'prepared', ${list('SELECT name FROM pg_catalog.pg_prepared_statements')},
  'cursors', ${list('SELECT name FROM pg_catalog.pg_cursors WHERE is_holdable')},
  'temporary', ${list(`SELECT CASE relkind WHEN 'v' THEN 'VIEW ' WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || format('pg_temp.%I', relname)
    FROM pg_catalog.pg_class WHERE relnamespace = pg_catalog.pg_my_temp_schema() AND relkind IN ('r', 'p', 'v', 'S')`)},
  'locks', ${list(`SELECT 'pg_advisory_unlock' || CASE mode WHEN 'ShareLock' THEN '_shared' ELSE '' END
      || CASE objsubid WHEN 1 THEN format('(%s)', (classid::bigint << 32) | objid::bigint) ELSE format('(%s, %s)', classid::bigint::bit(32)::int, objid::bigint::bit(32)::int) END
    FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_catalog.pg_backend_pid()`)})::text`

const identifier = (name: string): string => quote.identifier(name).text
const literal = (text: string): string => quote.literal(text).text

const added = (before: readonly string[], after: readonly string[]): readonly string[] =>
  after.filter((each) => !before.includes(each))

/** Settings as a server takes them with the request to connect; those that it has. */
export function settingSql(settings: Readonly<Record<string, string>>): string {
  const rows = Object.entries(settings).map((pair) => `(${pair.map(literal).join(', ')})`)
  return `SELECT pg_catalog.set_config(name, value, false) FROM (VALUES ${rows.join(', ')}) AS wanted (name, value)
  WHERE pg_catalog.current_setting(name, true) IS NOT NULL`
}

type Settings = SessionState['settings']

/** The statements after which these settings are again what they were. */
export function settingsRestoring(before: Settings, after: Settings): readonly string[] {
  const changed = Object.entries(before).filter(([name, value]) => after[name] !== value)
  return [
    ...added(Object.keys(before), Object.keys(after)).map((name) => `RESET ${identifier(name)}`),
    ...(changed.length === 0 ? [] : [settingSql(Object.fromEntries(changed))]),
  ]
}

/** The statements that make the session what it was. Outside a transaction. */
export function restoring(before: SessionState, after: SessionState): readonly string[] {
  const isOther = after.user !== before.user
  return [
    ...(isOther ? [`SET SESSION AUTHORIZATION ${identifier(before.user)}`] : []),
    ...(isOther || after.role !== before.role
      ? [`SET ROLE ${before.role === 'none' ? 'NONE' : identifier(before.role)}`]
      : []),
    ...settingsRestoring(before.settings, after.settings),
    ...added(before.channels, after.channels).map((name) => `UNLISTEN ${identifier(name)}`),
    ...added(after.channels, before.channels).map((name) => `LISTEN ${identifier(name)}`),
    ...added(before.prepared, after.prepared).map((name) => `DEALLOCATE ${identifier(name)}`),
    ...added(before.cursors, after.cursors).map((name) => `CLOSE ${identifier(name)}`),
    ...added(before.temporary, after.temporary).map((object) => {
      const [kind = '', ...name] = object.split(' ')
      return `DROP ${kind} IF EXISTS ${name.join(' ')} CASCADE`
    }),
    ...(after.locks.length > 0 && before.locks.length === 0
      ? ['SELECT pg_catalog.pg_advisory_unlock_all()']
      : added(before.locks, after.locks).map((call) => `SELECT pg_catalog.${call}`)),
  ]
}

/** The statements that take again what the session held before; each gives whether it has it. */
export function locksRestoring(before: SessionState, after: SessionState): readonly string[] {
  return added(after.locks, before.locks).map(
    (call) => `SELECT pg_catalog.${call.replace('pg_advisory_unlock', 'pg_try_advisory_lock')}`,
  )
}

export function lockTaken(database: string, sql: string): MigrateError<'SESSION_SETTING_REFUSED'> {
  const details = { setting: sql, desired: 'true', actual: 'false' }
  const message = `an advisory lock of the client given as \`driver\` was freed in the run, and another session of ${database} holds it now`
  return new MigrateError('SESSION_SETTING_REFUSED', details, message, {
    remedy: 'Let no revision free the locks of your program, and take the lock again before you rely on it.',
  })
}

const customName = /^[\w$]+(?:\.[\w$]+)+$/
const customSet = /\b(?:set(?:\s+session)?|reset)\s+((?:"[^"]+"|[\w$]+)(?:\s*\.\s*(?:"[^"]+"|[\w$]+))+)/gi
const configCall = /\bset_config\s*\(\s*E?'([^']+)'/gi

/** The custom settings that a statement may set, by what its text says; what a function sets inside itself is not seen. */
export function customSettingsIn({ sql, params }: DriverStatement): readonly string[] {
  if (!sql.includes('.') && !/set_config/i.test(sql)) return []
  const set = [...sql.matchAll(customSet)].map(([, name = '']) => name.replace(/["\s]/g, ''))
  const calls = [...sql.matchAll(configCall)].map(([, name = '']) => name)
  const values = /set_config/i.test(sql) ? params.filter((value) => typeof value === 'string') : []
  return [...new Set([...set, ...calls, ...values].filter((name) => customName.test(name)))]
}

/** One row with the value of each; null where there is none. */
export const customSettingsSql = (names: readonly string[]): string =>
  `SELECT ${names.map((name) => `pg_catalog.current_setting(${literal(name)}, true)`).join(', ')}`

/** The statements after which they are what they were; a setting that was not there stays, and is empty. */
export function customSettingsRestoring(before: ReadonlyMap<string, string | null>): readonly string[] {
  return [...before].map(([name, value]) => {
    const was = value === null ? 'NULL' : literal(value)
    return `SELECT pg_catalog.set_config(${literal(name)}, coalesce(${was}, ''), false)
  WHERE pg_catalog.current_setting(${literal(name)}, true) IS DISTINCT FROM ${was}`
  })
}
