import { type Precondition, type ScriptParts, sql, type UnloadedDialect } from '@org/migrate-core/dialect'
import { scriptSettingsOf, transactionTimeout } from './connection/settings.ts'
import { deferredNames } from './connection/transaction.ts'
import { block, quote } from './sql/quote.ts'

const literal = (text: string): string => quote.literal(text).text

function require({ condition, message, unless }: Precondition): readonly string[] {
  const raise = `RAISE EXCEPTION USING MESSAGE = ${literal(message)};`
  const check = `IF (${condition}) IS NOT TRUE THEN ${raise} END IF;`
  if (unless === undefined) return [block(check)]
  const missing = `to_regclass(${literal(quote.table({ name: unless.missing }).text)}) IS NULL`
  // What is not reached is not looked at: the table may be missing.
  return [block(`IF ${missing} THEN ${unless.holds ? 'NULL;' : raise} ELSE ${check} END IF;`)]
}

/** The rule of `lockNumber`, by the server itself. */
function lockNumberSql(key: string): string {
  const database =
    "to_json(current_database()::text)::text || ',' || to_json(coalesce(current_schema(), '')::text)::text"
  const text = `'["@org/migrate",' || ${database} || ${literal(`,${JSON.stringify(key)}]`)}`
  return `('x' || left(encode(sha256(convert_to(${text}, 'UTF8')), 'hex'), 16))::bit(64)::bigint`
}

const restoreDeferred = `DECLARE names text; BEGIN SELECT string_agg(name, ', ') INTO names FROM (${deferredNames}) AS d (name);
IF names IS NOT NULL THEN EXECUTE 'SET CONSTRAINTS ' || names || ' DEFERRED'; END IF; END`

/** As a run has it; only servers from 17 on have the setting, and a script may be run on a newer one than it is written for. */
const withoutTransactionLimit = block(
  `PERFORM set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name = ${literal(transactionTimeout)};`,
)

export type ScriptTarget = Parameters<typeof scriptSettingsOf>[0]

/** For psql, as text of that major version. */
export function scriptFor(
  major: number,
  target: ScriptTarget,
  older: ScriptParts<UnloadedDialect>['older'],
): ScriptParts<UnloadedDialect> {
  return {
    client: ['\\set ON_ERROR_STOP on'],
    settings: [...scriptSettingsOf(target), withoutTransactionLimit],
    begin: 'BEGIN',
    require,
    server: {
      name: `PostgreSQL ${major} or later`,
      condition: `current_setting('server_version_num')::integer >= ${major}0000`,
      message: `this script is written for PostgreSQL ${major} or later`,
    },
    older,
    lock: (key) => ({
      take: {
        condition: `pg_try_advisory_lock(${lockNumberSql(key)})`,
        message: 'another run migrates this database',
      },
      release: block(`PERFORM pg_advisory_unlock(${lockNumberSql(key)});`),
    }),
    now: {
      text: sql`to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
      timestamp: sql`date_trunc('milliseconds', clock_timestamp() AT TIME ZONE 'UTC')`,
    },
    checkDeferred: ['SET CONSTRAINTS ALL IMMEDIATE', `DO $migrate$ ${restoreDeferred} $migrate$`],
  }
}

/** Those of which the text may differ, the newest first. */
export function olderThan(
  major: number,
  oldest: number,
  of: (major: number) => UnloadedDialect,
): ScriptParts<UnloadedDialect>['older'] {
  return Array.from({ length: Math.max(0, major - oldest) }, (_, at) => () => of(major - 1 - at))
}
