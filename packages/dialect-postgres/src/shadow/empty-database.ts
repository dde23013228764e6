import { randomBytes } from 'node:crypto'
import {
  type EmptyDatabase,
  type EmptyDatabaseOptions,
  isMigrateError,
  MigrateError,
  type ServerSession,
  sql,
  type UnloadedDialect,
  type Waiting,
  withDatabaseName,
} from '@org/migrate-core/dialect'
import { hasState, messageOf } from '../connection/faults.ts'
import { quote } from '../sql/quote.ts'

interface EmptyDatabaseOrigin {
  readonly url: string
  /** The database for people. */
  readonly database: string
  open(how: Waiting): Promise<ServerSession>
  dialectOn(url: string): UnloadedDialect
}

/** `migrate_shadow_<seconds since 1970, to the base of 36>_<at random>`. */
const named = '^migrate_shadow_[0-9a-z]{6,8}_[0-9a-f]{8}$'

/** The second key of the lock that its process holds while it uses the database; the first one is always the same. */
const lockKey = (name: string): number => Number.parseInt(name.slice(-8), 16) | 0
const lockClass = 0x6d696772

/** Those of processes that ended without dropping theirs: the server frees a lock with the session that holds it, and shows it in every database. */
const leftoversSql = `SELECT d.datname::text AS name FROM pg_catalog.pg_database AS d WHERE d.datname ~ '${named}'
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity AS a WHERE a.datname = d.datname)
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_locks AS l WHERE l.locktype = 'advisory' AND l.objsubid = 2
  AND l.classid::bigint = ${lockClass} AND l.objid::bigint = ('x' || right(d.datname, 8))::bit(32)::bigint)`

const dropSql = (name: string, force = ''): string =>
  sql`DROP DATABASE IF EXISTS ${quote.identifier(name)}`.text + force

async function dropLeftovers(session: ServerSession): Promise<void> {
  for (const { name } of await session.query(leftoversSql)) {
    // Another user's, maybe, or in use again: then it is not for us to drop.
    await session.execute(dropSql(String(name))).catch(() => undefined)
  }
}

const otherSessionsSql = `SELECT count(*)::int8 AS sessions FROM pg_catalog.pg_stat_activity
  WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()`

/** Another session is there by now; this user may not. */
const notCopied = new Set(['55006', '42501'])

/**
 * The server copies files while no other session is connected: https://www.postgresql.org/docs/current/manage-ag-templatedbs.html. It takes the
 * owner of the database, or a superuser.
 */
async function copyFiles(session: ServerSession, name: string): Promise<boolean> {
  const [row] = await session.query(otherSessionsSql)
  if (row?.sessions !== 0n) return false
  const [here] = await session.query('SELECT pg_catalog.current_database()::text AS name')
  const template = quote.identifier(String(here?.name))
  return session.execute(sql`CREATE DATABASE ${quote.identifier(name)} TEMPLATE ${template}`.text).then(
    () => true,
    (error: unknown) => {
      if (hasState(error, notCopied)) return false
      throw error
    },
  )
}

interface CreatedDatabase {
  readonly name: string
  readonly isCopy: boolean
}

async function create(session: ServerSession, copies: boolean): Promise<CreatedDatabase> {
  const seconds = Math.floor(Date.now() / 1000).toString(36)
  const name = `migrate_shadow_${seconds}_${randomBytes(4).toString('hex')}`
  await session.query('SELECT pg_catalog.pg_advisory_lock(?, ?)', [BigInt(lockClass), BigInt(lockKey(name))])
  if (copies && (await copyFiles(session, name))) return { name, isCopy: true }
  // What an administrator put into template1 is in every new database of this server, the user's own too.
  await session.execute(sql`CREATE DATABASE ${quote.identifier(name)}`.text)
  return { name, isCopy: false }
}

/** A server or a network may have ended the session while the database was at work. */
async function drop(session: ServerSession, open: () => Promise<ServerSession>, name: string): Promise<void> {
  const text = dropSql(name, ' WITH (FORCE)')
  try {
    await session.execute(text)
  } catch {
    const other = await open()
    await other.execute(text).finally(() => other.close())
  }
}

/** A database beside the real one. Of a process that is killed it stays, and the next call drops it. */
export async function withEmptyDatabase<T>(
  { url, database, open, dialectOn }: EmptyDatabaseOrigin,
  work: (database: EmptyDatabase) => Promise<T>,
  { signal, onLeftover, copies, schema: _, ...how }: EmptyDatabaseOptions = {},
): Promise<T> {
  signal?.throwIfAborted()
  // It hears no signal: it has to clear away after one.
  const session = await open(how)
  try {
    await dropLeftovers(session)
    const { name, isCopy } = await create(session, copies === true).catch((cause: unknown) => {
      if (isMigrateError(cause)) throw cause
      const why = messageOf(cause)
      throw new MigrateError('SHADOW_REFUSED', { why }, `${database} gives no empty database: ${why}`, {
        cause,
        remedy:
          copies === true
            ? 'Let the user create databases: ALTER ROLE … CREATEDB.'
            : 'Let the user create databases: ALTER ROLE … CREATEDB; or run it on another server of this version, with --url. The schema of a program can also be read from a database of your own, by `fromDatabase`.',
      })
    })
    try {
      const own = withDatabaseName(url, name)
      return await work({ url: own, dialect: dialectOn(own), ...(isCopy ? { isCopy: true } : {}) })
    } finally {
      // The program may have left connections behind. https://www.postgresql.org/docs/13/sql-dropdatabase.html
      await drop(session, () => open(how), name).catch((error: unknown) => onLeftover?.(name, messageOf(error)))
    }
  } finally {
    await session.close()
  }
}
