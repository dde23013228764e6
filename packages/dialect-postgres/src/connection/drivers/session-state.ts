import { quote } from '../../sql/quote.ts'

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
 * Settings that a RESET or a value can't bring back are left out; custom ones (`app.tenant`) are not in the list of the server:
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
    FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid()`)})::text`

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
