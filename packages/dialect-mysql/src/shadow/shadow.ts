import { randomBytes } from 'node:crypto'
import {
  type EmptyDatabase,
  type EmptyDatabaseOptions,
  isMigrateError,
  MigrateError,
  type Row,
  type ServerSession,
  type ShadowDatabase,
  type ShadowOptions,
  sql,
  type UnloadedDialect,
  verbatim,
  type Waiting,
  withDatabaseName,
} from '@org/migrate-core/dialect'
import { messageOf } from '../connection/faults.ts'
import { quote } from '../sql/quote.ts'
import { confinedTo } from './confine.ts'

type Ask = (sql: string, params?: readonly string[]) => Promise<readonly Row[]>

interface ShadowOrigin {
  /** The database for people. */
  readonly database: string
  /** A session that runs, in a database of that name where one is given. */
  open(how: Waiting, name?: string): Promise<ServerSession>
}

/** `migrate_shadow_<server>_<the database it is for>_<seconds since 1970, to the base of 36>_<at random>`, by hashes of the first two. */
const named = /^migrate_shadow_([0-9a-f]{8})_([0-9a-f]{8})_([0-9a-z]{6,8})_[0-9a-f]{8}$/

/** Instead of a server: no lock of this name shows whether a process uses the database. */
const unclaimed = '00000000'

/** A shadow database lives for seconds. */
const abandonedAfterS = { sameServer: 600, otherServer: 86_400 } as const

const serverSql = `SELECT LEFT(SHA2(CONCAT_WS(':', LEFT(@@hostname, 100), @@port, @@server_id), 256), 8) AS server,
 LEFT(SHA2(DATABASE(), 256), 8) AS own, UNIX_TIMESTAMP() AS now, @@character_set_database AS charset, @@collation_database AS collation`

interface LeftoverShadow {
  readonly name: string
  /** No session of this server uses it, and it is old enough that none of another server does. */
  readonly isAbandoned: boolean
}

/**
 * The shadow databases for the one that the session stands in, of processes that ended without dropping them. A process that uses one
 * holds a lock of its name, which the server frees with the session; what another server of a cluster knows of that, this one does not.
 */
export async function findLeftoverShadows(ask: Ask): Promise<readonly LeftoverShadow[]> {
  const rows = await ask(
    String.raw`SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'migrate\_shadow\_%' ORDER BY 1`,
  )
  if (rows.length === 0) return []
  const [here] = await ask(serverSql)
  const leftovers: LeftoverShadow[] = []
  for (const row of rows) {
    const [name, server, own, time = ''] = named.exec(String(row.name)) ?? []
    if (name === undefined || own !== here?.own) continue
    const age = Number(here?.now) - Number.parseInt(time, 36)
    if (server !== here?.server) {
      if (age > abandonedAfterS.otherServer) leftovers.push({ name, isAbandoned: true })
      continue
    }
    const [lock] = await ask('SELECT IS_FREE_LOCK(?) AS free', [name])
    if (lock?.free !== 1n) continue
    // A server that ends idle sessions frees the lock of a process that is still at work.
    const [used] = await ask('SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE DB = ?', [name])
    leftovers.push({ name, isAbandoned: age > abandonedAfterS.sameServer || used?.n === 0n })
  }
  return leftovers
}

/** Enough to keep up with what is left, and not to make one comparison wait for all of it. */
const maxDrops = 10

const dropSql = (name: string): string => sql`DROP DATABASE IF EXISTS ${quote.identifier(name)}`.text

async function dropLeftovers(session: ServerSession): Promise<void> {
  const leftovers = (await findLeftoverShadows((...args) => session.query(...args))).filter(
    ({ isAbandoned }) => isAbandoned,
  )
  for (const { name } of leftovers.slice(0, maxDrops)) {
    // Another user's, maybe: then it is for that one to clear away.
    await session.execute(dropSql(name)).catch(() => undefined)
  }
}

function refused({ database }: ShadowOrigin, cause: unknown): MigrateError {
  if (isMigrateError(cause) && cause.code !== 'DATABASE_READ_ONLY') return cause
  const why = messageOf(cause)
  return new MigrateError('SHADOW_REFUSED', { why }, `${database} gives no shadow database: ${why}`, {
    cause,
    remedy: isMigrateError(cause)
      ? cause.remedy
      : 'GRANT ALL ON `migrate\\_shadow\\_%`.* TO the user; or run the command as a user who has the right.',
  })
}

/** Takes the lock that marks the database as used. Where there are no such locks, the name says that none is held. */
async function claim(session: ServerSession, server: string, rest: string): Promise<string> {
  const name = `migrate_shadow_${server}_${rest}`
  const [lock] = await session.query('SELECT GET_LOCK(?, 0) AS taken', [name]).catch((cause: unknown) => {
    if (isMigrateError(cause)) throw cause
    return []
  })
  return lock?.taken === 1n ? name : `migrate_shadow_${unclaimed}_${rest}`
}

/** Makes the database, with the character set of the one that the session stands in. */
async function make(session: ServerSession): Promise<string> {
  const [here] = await session.query(serverSql)
  const rest = `${here?.own}_${Number(here?.now).toString(36)}_${randomBytes(4).toString('hex')}`
  const name = await claim(session, String(here?.server), rest)
  // Who may make a database need not be allowed to drop it. The right is asked for also where there is none of the name.
  await session.execute(dropSql(name))
  const charset = sql`CHARACTER SET ${verbatim(String(here?.charset))} COLLATE ${verbatim(String(here?.collation))}`
  await session.execute(sql`CREATE DATABASE ${quote.identifier(name)} ${charset}`.text)
  return name
}

async function drop(origin: ShadowOrigin, session: ServerSession, name: string, how: Waiting): Promise<void> {
  try {
    await session.execute(dropSql(name))
  } catch {
    const other = await origin.open(how)
    await other.execute(dropSql(name)).finally(() => other.close())
  }
}

/**
 * A database beside the real one, dropped when the work is over however it ends. Of a process that is killed it stays: the doctor
 * names it, and a later comparison drops it. It goes to replicas and to the nodes of a cluster like any other database (in a
 * Galera cluster each of its statements is run on all nodes at the same place of their order): they have to have room for it, and
 * no session there waits for its tables.
 */
async function withDatabase<T>(
  origin: ShadowOrigin,
  { signal, onLeftover, copies: _, schema: __, ...how }: EmptyDatabaseOptions,
  work: (name: string) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  // It hears no signal: it has to clear away after one.
  const adminSession = await origin.open(how).catch((cause: unknown) => {
    throw refused(origin, cause)
  })
  try {
    await dropLeftovers(adminSession)
    const name = await make(adminSession).catch((cause: unknown) => {
      throw refused(origin, cause)
    })
    try {
      return await work(name)
    } finally {
      // What is lost now is what the work gave; the database is found again.
      await drop(origin, adminSession, name, how).catch((error: unknown) => onLeftover?.(name, messageOf(error)))
    }
  } finally {
    await adminSession.close()
  }
}

export async function withShadowDatabase<T>(
  origin: ShadowOrigin,
  work: (shadow: ShadowDatabase) => Promise<T>,
  { schemas: _, keepName: __, ...how }: ShadowOptions = {},
): Promise<T> {
  return withDatabase(origin, how, async (name) => {
    const session = await origin.open(how, name)
    try {
      return await work({ session, confined: confinedTo(session, name) })
    } finally {
      await session.close()
    }
  })
}

export async function withEmptyDatabase<T>(
  origin: ShadowOrigin & { readonly url: string; dialectOn(url: string): UnloadedDialect },
  work: (database: EmptyDatabase) => Promise<T>,
  how: EmptyDatabaseOptions = {},
): Promise<T> {
  return withDatabase(origin, how, async (name) => {
    const url = withDatabaseName(origin.url, name)
    return work({ url, dialect: origin.dialectOn(url) })
  })
}
