import { MigrateError } from '../errors/migrate-error.ts'
import type { DialectName } from '../model/column-type.ts'
import type { OwnName, ServerBackup } from './backup.ts'
import type { Capabilities } from './capabilities.ts'
import type { DialectCompiler } from './compiler.ts'
import type { DialectErrors } from './errors.ts'
import type { DialectIntrospection } from './introspection.ts'
import type { DialectMeasures } from './measures.ts'
import type { DialectPreserving } from './preserving.ts'
import type { DialectRows } from './rows.ts'
import type { ScriptParts } from './script.ts'
import type { Session, ShadowOptions, Waiting } from './session.ts'
import type { DialectSql } from './sql.ts'
import type { DialectModel, DialectTypes, DialectValues } from './types.ts'

/** What an examination of a database found. */
export interface Finding {
  /** `problem`: a run will fail, or rows are wrong already; `warning`: it may bite; `ok`: looked at, and as it should be. */
  readonly level: 'ok' | 'warning' | 'problem'
  /** What was looked at, in a word or two: `version`, `rights`. */
  readonly about: string
  /** One sentence. */
  readonly what: string
  /** What to do; absent where there is nothing to be done. */
  readonly next?: string
}

/** What an examination is told. */
export interface ExaminationOptions {
  /** Our own tables that are there, by name. */
  readonly ownTables: readonly string[]
}

/**
 * Lives as long as a run over many databases. A connection that one of them needs no longer may wait in it for the next one on the same
 * server.
 */
export interface ConnectionScope {
  /** How many connections may wait at once. */
  readonly most: number
  /** Calls it when the run has ended. */
  onEnd(close: () => Promise<void>): void
}

/** The waiting holds for opening, and for every statement outside a transaction that says otherwise. */
export interface ConnectOptions extends Waiting {
  readonly purpose: 'inspect' | 'run'
  /** The connection may be one that another database of the run has ended with, and wait for the next one. Absent: it is new, and ends. */
  readonly scope?: ConnectionScope
  /**
   * What becomes of a schema, a database or a file that does not exist: it is made, or DATABASE_UNREACHABLE is thrown, by an inspection too.
   * Default: a run makes a schema or a file, and an inspection shows an empty one.
   */
  readonly whenMissing?: 'create' | 'refuse'
}

export interface ServerSession extends Session {
  /**
   * The dialect as this server speaks it (its flavour, its version); the same object for the same kind of server. Absent: the
   * one that opened the session.
   */
  readonly dialect?: UnloadedDialect
  /**
   * There is a pooler between this session and the server, so that what it sets may be another's next. Absent: there is none, or
   * it cannot be seen.
   */
  readonly pooled?: true
  /**
   * Why a lock of this session does not exclude other sessions (a pooler gives every transaction another session, a cluster has several nodes
   * that write). The run then lives on a lease: a row with an owner, believed when its change is committed, and renewed from
   * a second connection to the same server. Absent: the session's lock is the proof.
   */
  readonly leased?: string
  /** There was no such file or folder before: a session that inspects shows an empty database, and a run has created it. */
  readonly isNew?: true
  /** What the server knows this session by, for `sessionState` of another one. */
  readonly identity?: string
  /** What became of a session of that identity; `unknown`: this user may not see it, or it was on another server. */
  sessionState?(identity: string): Promise<'ended' | 'idle' | 'busy' | 'unknown'>
}

/** An empty schema or database on the same server that is removed afterwards, whatever happened in it. */
export interface ShadowDatabase {
  /**
   * A session whose unqualified names are created and found in the shadow schema or database, and which may be in a transaction already. The
   * server's own client would print what is in it as it prints the same thing in the real one: definitions, defaults and
   * types do not name it; and introspection shows nothing but what was made there.
   */
  readonly session: ServerSession
  /** Sends an author's statement; SHADOW_REFUSED where it reaches beyond the shadow. What cannot be undone is not sent. */
  confined?<T>(sql: string, send: () => Promise<T>): Promise<T>
  /** Objects outside of it, not of extensions, that what was made in it uses: an empty database would not have them. */
  borrowed?(): Promise<readonly string[]>
}

/** The package, or the part of the runtime, through which a database is reached. */
export interface DriverFact {
  readonly name: string
  /** Absent: it can't be told, as in a bundle. */
  readonly version?: string | undefined
  /** Why it is this one, in a few words. */
  readonly why: string
}

/** How the database is reached. */
export interface DialectConnection {
  /** The database for people: a path, or a URL without its password. */
  readonly database: string
  /** The host that the database is on, where that isn't this machine. Absent: a file, memory, a socket, a loopback address. */
  readonly remoteHost?: string
  /** Which driver is taken; nothing is opened. Absent: the dialect has no choice. Throws DRIVER_NOT_BUILT. */
  readonly driver?: () => Promise<DriverFact>
  /**
   * Opens the session. `inspect` creates nothing: where there is no database yet, the session shows an empty one.
   * Throws DATABASE_UNREACHABLE, DRIVER_NOT_BUILT.
   */
  connect(options: ConnectOptions): Promise<ServerSession>
  /** How the server's own client backs up the database that the session is on. Absent: no program can. */
  backup?(session: Session): Promise<ServerBackup>
  /** How statements and stored programs may name the database of the session. Absent: they cannot, from another one. */
  ownName?(session: Session): Promise<OwnName>
}

/** An empty database on the same server that other programs can connect to. */
export interface EmptyDatabase {
  /** In the form of the dialect's own URL, with its password. */
  readonly url: string
  /** The dialect on it. */
  readonly dialect: UnloadedDialect
  /** Where it is a file: its path. There is no such file yet. */
  readonly file?: string
  /** It is a copy of the database already, as `copies` requests it. */
  readonly isCopy?: true
}

export interface EmptyDatabaseOptions extends Waiting {
  /** Where the server can copy the database by itself at once, without making other sessions wait, it does. */
  readonly copies?: true
  /** The schema that the dialect on it stands in, where this one has a schema of its own. Default: the one that a new database has. */
  readonly schema?: string
  /** Called with the name of the database where it could not be dropped. */
  readonly onLeftover?: (database: string, why: string) => void
}

interface DialectShadow {
  /** It is in this process, and nothing is connected to. Absent: it is on the server. */
  readonly inProcess?: true
  /**
   * Runs the work in an empty shadow of this server: a schema inside a transaction that is rolled back, a database that is
   * dropped, a database in memory. The tables of the connection's own database are neither seen changed nor locked by it.
   * Throws SHADOW_REFUSED where this user may not make one; and what the work throws.
   */
  use<T>(work: (shadow: ShadowDatabase) => Promise<T>, options?: ShadowOptions): Promise<T>
  /**
   * Runs the work with an empty database that is dropped afterwards, whatever happened in it. Throws SHADOW_REFUSED where this user may
   * not make one; and what the work throws. Absent: other programs can't connect to a database of this kind.
   */
  useDatabase?<T>(work: (database: EmptyDatabase) => Promise<T>, options?: EmptyDatabaseOptions): Promise<T>
}

interface DialectDoctor {
  /**
   * What could go wrong on this database, as far as only its server tells: rights, versions, settings, what is left over. On a session
   * that only inspects; nothing is written.
   */
  examine(session: ServerSession, options: ExaminationOptions): Promise<readonly Finding[]>
}

/**
 * One database family, as far as a run needs it that finds nothing to do: a record of parts with one subject each. What not every database
 * has is optional.
 */
export interface UnloadedDialect {
  readonly name: DialectName
  readonly capabilities: Capabilities
  /**
   * What its statements depend on besides the name: two dialects of one variant read and compile the same things alike, but for the name of
   * their own schema. Absent: only the same object does.
   */
  readonly variant?: string
  readonly sql: DialectSql
  readonly introspection: DialectIntrospection
  readonly errors: DialectErrors
  readonly connection: DialectConnection
  /** The same dialect with the parts that steps are planned and run with; the same object each time. They are imported on the first call. */
  load(): Promise<Dialect>
  /** Absent, or without an answer: values are preserved and restored by core, one page after the other. */
  readonly preserving?: () => Promise<DialectPreserving | undefined>
  /** Absent: there is no such place. */
  readonly shadow?: DialectShadow
  /** Absent: the dialect has no examination. */
  readonly doctor?: DialectDoctor
}

/** The parts that steps are planned and run with. */
export interface StepParts {
  readonly types: DialectTypes
  readonly compiler: DialectCompiler
  readonly model: DialectModel
  readonly values: DialectValues
  /** Absent: rows have no hidden key, and are written and compared as plain values. */
  readonly rows?: DialectRows
  /** Absent: databases of this kind are not measured, nor are their rows. */
  readonly measures?: DialectMeasures
  /** Absent: there are no scripts for this database. */
  readonly script?: ScriptParts<UnloadedDialect>
}

/** A dialect with all its parts. */
export interface Dialect extends UnloadedDialect, StepParts {}

/** For `whenMissing: 'refuse'`. The server answered: to try again would find the same. */
export const missingDatabase = (database: string, why: string, cause?: unknown): MigrateError<'DATABASE_UNREACHABLE'> =>
  new MigrateError('DATABASE_UNREACHABLE', { database, why, isMissing: true }, `${database} does not exist: ${why}`, {
    remedy: 'Make it with `migrate fleet create`, or correct the list of members.',
    cause,
  })

/**
 * A dialect whose parts for steps come from a module that is imported when they are needed. A copy with other parts (`{ ...dialect, connection }`)
 * keeps them when it is loaded.
 */
export function withStepParts(
  dialect: Omit<UnloadedDialect, 'load'>,
  importParts: () => Promise<StepParts>,
): UnloadedDialect {
  const loading = new WeakMap<object, Promise<Dialect>>()
  return {
    ...dialect,
    load() {
      const known = loading.get(this)
      if (known !== undefined) return known
      const loaded = importParts().then((parts) => ({ ...parts, ...this, load: loadedItself }))
      loading.set(this, loaded)
      // A file that could not be opened may be there at the next call.
      loaded.catch(() => loading.delete(this))
      return loaded
    },
  }
}

/** `load` of a dialect that has all its parts. */
export async function loadedItself(this: Dialect): Promise<Dialect> {
  return this
}
