import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  isMigrateError,
  MigrateError,
  type ServerSession,
  type ShadowDatabase,
  type ShadowOptions,
  sql,
  verbatim,
  type Waiting,
} from '@org/migrate-core/dialect'
import { faultOf, hasState, messageOf } from '../connection/faults.ts'
import { isSet, listOf, type ShadowNames, shadowSettings, textOf } from '../introspect/reading.ts'
import { quote } from '../sql/quote.ts'
import { borrowedBy, confinedTo, type ShadowPaths } from './confine.ts'

interface ShadowOrigin {
  /** The database for people. */
  readonly database: string
  /** The schema that was asked for; it need not be there. */
  readonly schema: string | undefined
  open(how: Waiting): Promise<ServerSession>
}

/**
 * Two shadows of the same schema wait for each other: a row of pg_namespace has one writer at a time. No wait takes longer than
 * this at once, since another session that wants to write the row would wait behind.
 */
const lockMs = 500
const defaultWaitMs = 5_000

function refused(
  { database }: ShadowOrigin,
  why: string,
  options: { readonly cause?: unknown; readonly remedy?: string } = {},
): MigrateError<'SHADOW_REFUSED'> {
  return new MigrateError('SHADOW_REFUSED', { why }, `${database} gives no shadow schema: ${why}`, options)
}

interface Facts {
  readonly user: string
  readonly database: string
  /** The schema that a run stands in, where it is there. */
  readonly current: string | undefined
  readonly path: readonly string[]
  readonly mayCreate: boolean
  /** Those that are there, of the schemas of the path and those asked for, with their owners. */
  readonly owners: ReadonlyMap<string, { readonly owner: string; readonly own: boolean }>
}

interface SchemaRow {
  readonly name: string
  readonly owner: string
  readonly own: boolean
}

async function factsOf(session: ServerSession, requested: readonly string[]): Promise<Facts> {
  const [row] = await session.query(
    `SELECT current_user::text AS "user", current_database()::text AS database, current_schema()::text AS current,
  to_json(current_schemas(false))::text AS path,
  CASE WHEN has_database_privilege(current_database(), 'CREATE') THEN 1 ELSE 0 END AS creates,
  (SELECT json_agg(json_build_object('name', n.nspname, 'owner', pg_get_userbyid(n.nspowner), 'own', pg_has_role(n.nspowner, 'USAGE')))
    FROM pg_catalog.pg_namespace n WHERE n.nspname = current_schema()
      OR lower(n.nspname) IN (SELECT lower(value) FROM json_array_elements_text(?::json)))::text AS schemas`,
    [JSON.stringify(requested)],
  )
  return {
    user: String(row?.user),
    database: String(row?.database),
    current: textOf(row?.current),
    path: listOf(row?.path),
    mayCreate: isSet(row?.creates),
    owners: new Map(listOf<SchemaRow>(row?.schemas).map((each) => [each.name, each])),
  }
}

/**
 * How the shadow schema gets a name. `aside`: the live schema is renamed, and the shadow has its name. `separate`: the shadow has
 * another name, for users who do not own the schema; then a text that names the schema itself means the real one.
 */
type ShadowPlacement = 'aside' | 'separate'

function placementOf({ current, owners }: Facts): ShadowPlacement {
  return current === undefined || owners.get(current)?.own === true ? 'aside' : 'separate'
}

interface ShadowRequest {
  readonly schemas: readonly string[]
  readonly isSeparate: boolean
}

const quoted = (names: readonly string[]): string => names.map((name) => quote.identifier(name).text).join(', ')

/** Creates the shadow schema in the open transaction. */
async function prepare(origin: ShadowOrigin, session: ServerSession, requested: ShadowRequest): Promise<ShadowPaths> {
  const facts = await factsOf(session, requested.schemas)
  const { user, current, owners } = facts
  if (!facts.mayCreate) {
    throw refused(origin, `${user} may not create schemas in the database ${facts.database}`, {
      remedy: `GRANT CREATE ON DATABASE ${quote.identifier(facts.database).text} TO ${quote.identifier(user).text}; or run the command as a user who has the right.`,
    })
  }
  const token = randomBytes(6).toString('hex')
  const own = current ?? origin.schema
  const placement = requested.isSeparate ? 'separate' : placementOf(facts)
  const shadowSchema = own === undefined || placement === 'separate' ? `migrate_shadow_${token}` : own
  // A text is searched for them without their case.
  const otherSchemas = [...owners].flatMap(([name, owner]) =>
    name !== own && (owner.own || requested.schemas.includes(name)) ? [name] : [],
  )
  const foreignSchema = otherSchemas.find((name) => owners.get(name)?.own !== true)
  if (foreignSchema !== undefined) {
    const owner = owners.get(foreignSchema)?.owner ?? ''
    throw refused(origin, `the schema ${foreignSchema}, which is to be made there, belongs to ${owner}`, {
      remedy: `GRANT ${quote.identifier(owner).text} TO ${quote.identifier(user).text}; or run the command as a user who has the right.`,
    })
  }
  // Sorted, so that no two wait for each other crosswise.
  const renamed = new Map(
    [...(shadowSchema === current ? [current] : []), ...otherSchemas]
      .sort()
      .map((name, at) => [name, `migrate_live_${token}_${at}`] as const),
  )
  const path = [
    ...new Set(
      [shadowSchema, ...facts.path].flatMap((name) => [name, ...(renamed.has(name) ? [renamed.get(name) ?? ''] : [])]),
    ),
  ]
  const aside = current === undefined ? undefined : (renamed.get(current) ?? current)
  const live = Object.fromEntries([...renamed].map(([name, to]) => [to, name]))
  const names: ShadowNames = { ...(aside === undefined ? {} : { aside }), ...(own === undefined ? {} : { own }), live }
  const set = (name: string, value: string): string => `set_config('${name}', ${value}, true)`
  const hidden = "(SELECT '{' || string_agg(oid::text, ',') || '}' FROM pg_catalog.pg_namespace)"
  const statements = [
    ...[...renamed].map(([name, to]) => sql`ALTER SCHEMA ${quote.identifier(name)} RENAME TO ${quote.identifier(to)}`),
    verbatim(
      `SELECT ${set(shadowSettings.hidden, hidden)}, ${set(shadowSettings.names, quote.literal(JSON.stringify(names)).text)}`,
    ),
    sql`CREATE SCHEMA ${quote.identifier(shadowSchema)}`,
    verbatim(`SELECT ${set('search_path', quote.literal(quoted(path)).text)}`),
  ]
  await session.together?.(statements.map(({ text }) => ({ sql: text })))
  return {
    own: quoted(path.filter((name) => name === shadowSchema || renamed.has(name))),
    whole: quoted(path),
    renamed,
  }
}

const isWaiting = (error: unknown): boolean => ['busy', 'deadlock'].includes(faultOf(error))

/** The shadow schema in a transaction that is open then; waits for other sessions that hold the schemas. */
async function openShadow(
  origin: ShadowOrigin,
  session: ServerSession,
  { schemas = [], keepName, waitMs = defaultWaitMs, signal, onWait }: ShadowOptions,
): Promise<{ readonly paths: ShadowPaths; rollback(): Promise<void> }> {
  const since = performance.now()
  const named = schemas.filter((name) => !/^pg_|^information_schema$/.test(name))
  for (let isSeparate = keepName === true; ; ) {
    signal?.throwIfAborted()
    const scope = await session.begin()
    try {
      await session.limit?.({ lockMs })
      const paths = await prepare(origin, session, { schemas: named, isSeparate })
      return { paths, rollback: () => scope.rollback() }
    } catch (cause) {
      await scope.rollback().catch(() => undefined)
      if (isMigrateError(cause) || signal?.aborted) throw cause
      if (!isWaiting(cause)) throw refused(origin, messageOf(cause), { cause })
      const waitedMs = Math.round(performance.now() - since)
      if (waitedMs >= waitMs && isSeparate) {
        throw refused(
          origin,
          `other sessions are at work on its schemas (${[...named, messageOf(cause)].join(', ')})`,
          {
            cause,
          },
        )
      }
      // A shadow of another name waits for no session, unless named schemas have to make way too.
      isSeparate ||= waitedMs >= waitMs
      onWait?.(waitedMs)
      await sleep(50 * (0.5 + Math.random()))
    }
  }
}

/** https://www.postgresql.org/docs/current/runtime-config-locks.html#GUC-MAX-LOCKS-PER-TRANSACTION */
const outOfLocks: ReadonlySet<string> = new Set(['53200'])

/**
 * Opens the session. Once it is open the signal ends it: hundreds of statements may be on their way at once, and to cancel them one
 * by one would take longer than they take.
 */
async function connected(
  origin: ShadowOrigin,
  { schemas: _, keepName: __, signal, ...how }: ShadowOptions,
): Promise<{ readonly session: ServerSession; close(): Promise<void> }> {
  const connecting = new AbortController()
  const stop = (): void => connecting.abort(signal?.reason)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const session = await origin.open({ ...how, signal: connecting.signal })
    const end = (): void => void session.close()
    signal?.addEventListener('abort', end, { once: true })
    const close = async (): Promise<void> => {
      signal?.removeEventListener('abort', end)
      await session.close()
    }
    return { session, close }
  } catch (cause) {
    if (!isMigrateError(cause, 'DATABASE_READ_ONLY')) throw cause
    throw refused(origin, 'it takes no changes', { cause, remedy: cause.remedy })
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/**
 * A schema of the live one's name in a transaction that is rolled back: the live schema is renamed in it, which no other session sees and
 * for which only a session waits that would rename, drop or grant it. It stays in the search path behind the shadow, so that the types and
 * functions of its extensions are found. Everything is in one transaction: a pooler that shares sessions does no harm, and of a
 * process that is killed nothing is left.
 */
export async function withShadow<T>(
  origin: ShadowOrigin,
  work: (shadow: ShadowDatabase) => Promise<T>,
  options: ShadowOptions = {},
): Promise<T> {
  options.signal?.throwIfAborted()
  const { session, close } = await connected(origin, options)
  try {
    const { paths, rollback } = await openShadow(origin, session, options)
    try {
      return await work({ session, confined: confinedTo(session, paths), borrowed: () => borrowedBy(session, paths) })
    } finally {
      // Where the line is lost the server rolls back by itself.
      await rollback().catch(() => undefined)
    }
  } catch (cause) {
    options.signal?.throwIfAborted()
    if (!hasState(cause, outOfLocks)) throw cause
    throw refused(origin, 'the server has no room for the locks of so many tables at once', {
      cause,
      remedy: 'Raise max_locks_per_transaction of the server.',
    })
  } finally {
    await close()
  }
}
