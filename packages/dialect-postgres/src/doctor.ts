import {
  counted,
  type ExaminationOptions,
  type Finding,
  type Row,
  type ServerSession,
  type SqlValue,
} from '@org/migrate-core/dialect'
import { oldestMajor } from './capabilities.ts'
import { oldEnumName } from './compile/dependants/enum-rebuild.ts'
import { replicationFindings } from './introspect/whole/replication-findings.ts'
import { quote } from './sql/quote.ts'
import { newestMajor } from './sql/version.ts'

type Ask = (sql: string, params?: readonly string[]) => Promise<readonly Row[]>

/** A truth that is computed comes as 1 or 0. */
const holds = (value: SqlValue | undefined): boolean => value === true || value === 1n

/** Schemas without a user of their own. */
const ofUsers = (schema: string): string =>
  `${schema} NOT IN ('pg_catalog', 'information_schema') AND ${schema} NOT LIKE 'pg\\_temp\\_%' AND ${schema} NOT LIKE 'pg\\_toast%'`

/** A lock that a run has to wait for is rarely wanted for longer. */
const longMinutes = 5

async function server(ask: Ask): Promise<readonly Finding[]> {
  const [row] = await ask(`SELECT current_setting('server_version') AS version,
    current_setting('server_version_num')::int / 10000 AS major, pg_is_in_recovery() AS standby,
    current_setting('server_encoding') AS encoding`)
  const name = `PostgreSQL ${row?.version}`
  const newer = Number(row?.major) > newestMajor
  const findings: Finding[] = [
    newer
      ? {
          level: 'warning',
          about: 'version',
          what: `${name} is newer than what this release was tried on (${oldestMajor} to ${newestMajor}).`,
          next: 'Try the revisions on a copy first, or take a newer release.',
        }
      : { level: 'ok', about: 'version', what: `${name}; ${oldestMajor} to ${newestMajor} are supported.` },
  ]
  if (holds(row?.standby)) {
    findings.push({
      level: 'problem',
      about: 'read-only',
      what: 'This server is a standby and takes no changes.',
      next: 'Connect to the primary.',
    })
  }
  if (row?.encoding !== 'UTF8') {
    findings.push({
      level: 'warning',
      about: 'encoding',
      what: `The database keeps its texts as ${row?.encoding}; characters that it does not know are refused.`,
      next: 'Make databases with ENCODING UTF8; an existing one has to be dumped and restored into one.',
    })
  }
  return findings
}

function pooler({ pooled, leased }: ServerSession): readonly Finding[] {
  if (leased !== undefined) {
    return [{ level: 'ok', about: 'pooler', what: `A row with a lease keeps runs apart: ${leased}.` }]
  }
  if (pooled === undefined) return [{ level: 'ok', about: 'pooler', what: 'No pooler is seen in front of the server.' }]
  return [
    {
      level: 'warning',
      about: 'pooler',
      what: 'There is a pooler in front of the server; where it shares sessions by transactions a run is refused.',
      next: "Give the direct URL as `migrationUrl`, or say `lock: 'table'` in the configuration.",
    },
  ]
}

async function rights(ask: Ask, { ownTables }: ExaminationOptions): Promise<readonly Finding[]> {
  const [row] = await ask(`SELECT current_user AS name, current_schema() AS schema,
    has_schema_privilege(current_schema(), 'CREATE') AS creates`)
  // A session in no schema is refused.
  if (row === undefined) return []
  const findings: Finding[] = [
    holds(row.creates)
      ? { level: 'ok', about: 'rights', what: `${row.name} may create tables in ${row.schema}.` }
      : {
          level: 'problem',
          about: 'rights',
          what: `${row.name} may not create tables in ${row.schema}.`,
          next: `GRANT CREATE, USAGE ON SCHEMA ${quote.identifier(String(row.schema)).text} TO ${quote.identifier(String(row.name)).text};`,
        },
  ]
  for (const table of ownTables) {
    const missing = await ask(
      `SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p WHERE NOT has_table_privilege(?::text, p)`,
      [quote.table({ name: table }).text],
    )
    if (missing.length === 0) continue
    const list = missing.map(({ p }) => String(p)).join(', ')
    findings.push({
      level: 'problem',
      about: 'rights',
      what: `${row.name} lacks ${list} on ${table}, which every run writes.`,
      next: `GRANT ${list} ON ${quote.table({ name: table }).text} TO ${quote.identifier(String(row.name)).text};`,
    })
  }
  const [foreignTables] =
    await ask(`SELECT count(*) AS n, min(c.relname) AS name, min(pg_get_userbyid(c.relowner)) AS owner
    FROM pg_catalog.pg_class AS c WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p')
    AND NOT pg_has_role(c.relowner, 'USAGE')`)
  if (foreignTables !== undefined && Number(foreignTables.n) > 0) {
    findings.push({
      level: 'warning',
      about: 'rights',
      what: `${foreignTables.n} of the tables belong to another role (${foreignTables.name} to ${foreignTables.owner}): a revision that changes them is refused.`,
      next: `Migrate as their owner, or GRANT ${quote.identifier(String(foreignTables.owner)).text} TO ${quote.identifier(String(row.name)).text};`,
    })
  }
  return findings
}

async function indexes(ask: Ask): Promise<readonly Finding[]> {
  const rows = await ask(`SELECT i.indexrelid::regclass::text AS name, i.indrelid::regclass::text AS "table",
    EXISTS (SELECT 1 FROM pg_catalog.pg_stat_progress_create_index AS p WHERE p.index_relid = i.indexrelid) AS building
    FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE NOT i.indisvalid AND c.relkind = 'i' AND ${ofUsers('n.nspname')} ORDER BY 1`)
  if (rows.length === 0) return [{ level: 'ok', about: 'indexes', what: 'Every index is valid.' }]
  return rows.map(({ name, table, building }) =>
    holds(building)
      ? {
          level: 'warning',
          about: 'indexes',
          what: `Index ${name} on ${table} is being built.`,
          next: 'Wait for the end of it before the table is changed.',
        }
      : {
          level: 'problem',
          about: 'indexes',
          what: `Index ${name} on ${table} is invalid: a concurrent build of it was broken off. It costs on every write and serves no query.`,
          next: `Where a revision is interrupted, \`migrate resume\` builds it again. Else: DROP INDEX CONCURRENTLY ${name}; or REINDEX INDEX CONCURRENTLY ${name};`,
        },
  )
}

async function constraints(ask: Ask): Promise<readonly Finding[]> {
  const rows =
    await ask(`SELECT quote_ident(c.conname) AS name, c.conrelid::regclass::text AS "table" FROM pg_catalog.pg_constraint AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.connamespace
    WHERE NOT c.convalidated AND c.conrelid <> 0 AND ${ofUsers('n.nspname')} ORDER BY 2, 1`)
  if (rows.length === 0) return [{ level: 'ok', about: 'constraints', what: 'Every constraint holds for every row.' }]
  return rows.map(({ name, table }) => ({
    level: 'warning',
    about: 'constraints',
    what: `Constraint ${name} of ${table} is NOT VALID: rows from before it may break it.`,
    next: `ALTER TABLE ${table} VALIDATE CONSTRAINT ${name};`,
  }))
}

async function leftOver(ask: Ask): Promise<readonly Finding[]> {
  const rows = await ask('SELECT t.oid::regtype::text AS name FROM pg_catalog.pg_type AS t WHERE t.typname = ?', [
    oldEnumName,
  ])
  return rows.map(({ name }) => ({
    level: 'warning',
    about: 'left-over type',
    what: `${name} has the name of an enum in the middle of its change, which no run of ours leaves behind.`,
    next: `See that no column uses it, then DROP TYPE ${name};`,
  }))
}

/** A session that has touched a table in an open transaction keeps every change of it waiting, and that keeps all other sessions waiting. */
async function openTransactions(ask: Ask): Promise<readonly Finding[]> {
  const sessions =
    await ask(`SELECT pid, usename AS name, floor(extract(epoch FROM now() - xact_start) / 60)::bigint AS minutes
    FROM pg_catalog.pg_stat_activity WHERE datname = current_database() AND pid <> pg_catalog.pg_backend_pid()
    AND state LIKE 'idle in transaction%' AND xact_start < now() - interval '${longMinutes} minutes' ORDER BY xact_start`)
  const preparedTransactions = await ask(
    'SELECT gid, owner FROM pg_catalog.pg_prepared_xacts WHERE database = current_database() ORDER BY prepared',
  )
  return [
    ...sessions.map(({ pid, name, minutes }) => ({
      level: 'warning' as const,
      about: 'open transaction',
      what: `Session ${pid} of ${name} has left a transaction open for ${counted(Number(minutes), 'minute')}: a change of what it has touched waits for it.`,
      next: `End it where it comes from, or SELECT pg_terminate_backend(${pid});`,
    })),
    ...preparedTransactions.map(({ gid, owner }) => ({
      level: 'warning' as const,
      about: 'open transaction',
      what: `The prepared transaction ${gid} of ${owner} keeps its locks until it is ended.`,
      next: 'COMMIT PREPARED or ROLLBACK PREPARED it.',
    })),
  ]
}

/** What could go wrong on this database. Nothing is written. */
export async function examine(session: ServerSession, options: ExaminationOptions): Promise<readonly Finding[]> {
  const ask: Ask = (sql, params) => session.query(sql, params)
  return [
    ...(await server(ask)),
    ...pooler(session),
    ...(await rights(ask, options)),
    ...(await indexes(ask)),
    ...(await constraints(ask)),
    ...(await leftOver(ask)),
    ...(await replicationFindings(ask)),
    ...(await openTransactions(ask)),
  ]
}
