import type { ColumnType, DialectName } from '../model/column-type.ts'
import type { ColumnModel, SchemaModel, TableModel, TableRef } from '../model/schema-model.ts'
import type { Operation, OperationKind, OperationOf } from '../operations/operation.ts'
import type { OnlineChange } from '../operations/recording.ts'
import type { SqlClass } from '../sql/classification.ts'
import type { SqlGrammar } from '../sql/lexer.ts'
import type { Statement } from '../sql/statement.ts'
import type { Quote, SqlFragment } from '../sql/tag.ts'
import type { Capabilities } from './capabilities.ts'
import type { CatalogNames, Obstacle } from './catalog.ts'
import type { ExaminationOptions, Finding } from './finding.ts'
import type { ScriptParts } from './script.ts'
import type { Session, ShadowOptions, Waiting } from './session.ts'

/** An operation with the schema on both sides of it: all that a compiler may know. */
export interface OperationAround<K extends OperationKind = OperationKind> {
  readonly operation: OperationOf<K>
  readonly before: SchemaModel
  readonly after: SchemaModel
}

/** Exhaustive by type: a new kind of operation does not compile until every dialect answers. Throws UNSUPPORTED. */
export type CompileTable = {
  readonly [K in OperationKind]: (at: OperationAround<K>) => readonly Statement[]
}

export interface TypeMap {
  toSql(type: ColumnType): string
  fromSql(sql: string): ColumnType
}

export type FaultKind =
  | 'connection'
  | 'permission'
  | 'busy'
  | 'deadlock'
  | 'constraint'
  | 'syntax'
  | 'missing'
  | 'exists'
  | 'full'
  | 'readOnly'
  | 'corrupt'
  | 'unknown'

/**
 * What comes of SQL that is sent again where the schema stands as it did before it: nothing that its author did not want, or an
 * error of that kind, which then says that it had run.
 */
export type RerunOutcome = 'harmless' | 'exists' | 'missing'

export interface IntrospectRequest {
  /** Only these tables with what hangs on them (indexes, triggers); absent: everything. Unknown names are left out. */
  readonly tables?: readonly TableRef[]
  /** No views, triggers, sequences and texts of tables: nothing is compiled from what is read. They may be there all the same. */
  readonly only?: 'tables'
  /** With `tables`: also the tables whose foreign keys refer to one of them. */
  readonly referrers?: boolean
  /** With what a model cannot say of an object (`Undeclared`) and what depends on it: operations are compiled from what is read. */
  readonly whole?: boolean
}

/** The waiting holds for opening, and for every statement outside a transaction that says otherwise. */
export interface ConnectOptions extends Waiting {
  readonly purpose: 'inspect' | 'run'
}

export interface ServerSession extends Session {
  /**
   * The dialect as this server speaks it (its flavour, its version); the same object for the same kind of server. Absent: the
   * one that opened the session.
   */
  readonly dialect?: Dialect
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
   * types do not name it; and `introspect` shows nothing but what was made there.
   */
  readonly session: ServerSession
  /** Sends an author's statement; SHADOW_REFUSED where it reaches beyond the shadow. What cannot be undone is not sent. */
  confined?<T>(sql: string, send: () => Promise<T>): Promise<T>
}

/** A function or a procedure of users, which the model has no word for. */
export interface Routine {
  /** For people, with its arguments. */
  readonly name: string
  /** Creates it, or replaces the existing one. */
  readonly create: string
  /** Its body is looked at when it is made: the tables that it reads have to be there. */
  readonly readsTables: boolean
  /** Its body where the server keeps it as text, in which a table or a column that is renamed keeps its old name. */
  readonly body?: string
}

/** Sessions that wait for a table: `all` of them, or those that write it. */
export interface BlockedTable {
  readonly table: TableRef
  readonly who: 'all' | 'writers'
}

/** What the values of a column lose when its type changes and the server converts them by itself. */
export interface ConversionLoss {
  /** For people: `digits after the point`. */
  readonly what: string
  /** True in the rows whose value would not come back with the old type; absent: any value may be another. */
  readonly changed?: SqlFragment
}

export interface Dialect {
  readonly name: DialectName
  readonly capabilities: Capabilities
  readonly types: TypeMap
  readonly quote: Quote
  readonly compile: CompileTable
  /**
   * How many of the leading operations are to be compiled as one (several changes of one SQLite table make one rebuild):
   * at least 1. `compileBatch` is called where it is more than 1.
   */
  batchSize(operations: readonly OperationAround[]): number
  compileBatch(operations: readonly OperationAround[]): readonly Statement[]
  /**
   * The operations that one operation amounts to on this server, each with an inverse of its own, so that a downgrade takes back
   * what the server needed besides (MySQL: a text gets a length before a key can have it). Absent: every operation is itself.
   */
  decompose?(before: SchemaModel, operation: Operation): readonly Operation[]
  /** The tables that other sessions wait for from an operation on, until its transaction ends. Absent: there are none. */
  blocked?(before: SchemaModel, operation: Operation): readonly BlockedTable[]
  /** The statement with the server told how it may change the table. Absent: there is no such choice, and nothing is said. */
  online?(statement: Statement, how: OnlineChange): Statement
  /** Core's `apply`, plus the edit of the texts that this server keeps (`source`). Takes operations as they were recorded. */
  applyToModel(before: SchemaModel, operation: Operation): SchemaModel
  /**
   * A table as this server would show it: `native` folded into the type, logical types that have no form of their own replaced
   * by what they become. Two tables are equal on this dialect iff their normal forms have no differences.
   */
  normalise(table: TableModel): TableModel
  /**
   * The expression that turns the values of a column into another type, where the server does not do so by itself; undefined where it
   * does, or tries. Absent: it always does.
   */
  conversion?(column: string, from: ColumnType, to: ColumnType): string | undefined
  /**
   * What values lose by the server's own conversion to another type and back; undefined where each of them comes back, or is
   * refused. Absent: not known, so that any change of a type may lose something.
   */
  conversionLoss?(column: SqlFragment, from: ColumnType, to: ColumnType): ConversionLoss | undefined
  /**
   * How many rows a table has by the server's own statistics, where counting a large one takes long. Absent: counting costs little.
   * Undefined: the server has no estimate yet.
   */
  estimatedRows?(session: Session, table: TableRef): Promise<number | undefined>
  introspect(session: Session, request?: IntrospectRequest): Promise<SchemaModel>
  /** The names of all tables and columns, by one query of the catalog. Absent: a start does not compare them. */
  columnNames?(session: Session): Promise<CatalogNames>
  /** What stands in the way of tables of ours that are not seen. Absent: nothing can. */
  obstacles?(session: Session, absent: readonly TableModel[]): Promise<readonly Obstacle[]>
  /** The name of the schema of the connection; before a session, the usual one. Absent: there are no schemas. */
  readonly ownSchema?: string
  /** A schema that was read, in the words that its author would use (`serial`). Absent: it is read in such words. */
  asWritten?(schema: SchemaModel): SchemaModel
  /** Functions that triggers, defaults and checks may call, and whose bodies name tables. Absent: a database has none that a schema could need. */
  routines?(session: Session): Promise<readonly Routine[]>
  faultOf(error: unknown): FaultKind
  /** Whether a statement failed for a value that cannot be converted. Absent: no value of the server's does that to a query. */
  refusesValue?(error: unknown): boolean
  /** An expression for the size in bytes of a column's value, without reading the value where the server can. */
  byteLength(column: SqlFragment): SqlFragment
  /** Whether two texts have the same characters, whatever their collations hold to be equal. */
  sameText(one: SqlFragment, other: SqlFragment): SqlFragment
  /** An expression that differs where the text of a column does: a digest, where the server has one to spare sending the text. */
  textDigest(column: SqlFragment): SqlFragment
  /** Whether a column has a value at all; absent: IS NOT NULL, which on PostgreSQL is also false for a composite that has a NULL. */
  isPresent?(column: SqlFragment): SqlFragment
  /**
   * How values are given back to columns that the server numbers by itself and takes no values for: what INSERT says before
   * VALUES, and the statements that let UPDATE write such a column, and put it back. Absent: they can be written like any other.
   */
  readonly ownNumbers?: {
    readonly insert: SqlFragment
    readonly column: (table: TableModel, column: string) => { readonly open: Statement; readonly close: Statement }
  }
  /**
   * Where the server tells more values apart than `SqlValue` can say (SQLite: text that is no UTF-8, reals that are whole):
   * how such a value is read and written back unchanged.
   */
  readonly exact?: {
    /** The bytes of a column where its value is text, else NULL. */
    readonly bytes: (column: SqlFragment) => SqlFragment
    /** The placeholders that store bytes as text, and a number as a real. */
    readonly text: SqlFragment
    readonly real: SqlFragment
  }
  /**
   * Statements that move the counters of a table on to the greatest numbers in it; absent where the server does so when a row
   * comes with a number of its own.
   */
  afterNumbers?(table: TableModel): readonly Statement[]
  /**
   * The last number that each counter of a table has given out, by column, and the statements that move the counter of a table that
   * was made again on to it, never back: a number that was given out once must not come again.
   */
  readonly counters?: {
    read(session: Session, table: TableModel): Promise<ReadonlyMap<string, bigint>>
    set(table: TableModel, column: string, last: bigint): readonly Statement[]
  }
  /**
   * Statements that switch the application's triggers on a table off while values are restored, and put each back as it was, in the
   * same transaction. Foreign keys stay enforced. Absent: the server cannot, and its triggers run.
   */
  silenceTriggers?(
    session: Session,
    table: TableRef,
  ): Promise<{ readonly open: readonly Statement[]; readonly close: readonly Statement[] }>
  /**
   * A column of a key that the server orders or compares otherwise than by its plain value: the expression to order by, and the
   * placeholder to compare a value with. Undefined: the column and the value as they are.
   */
  keyOrder?(column: ColumnModel): { readonly expression: SqlFragment; readonly value: SqlFragment } | undefined
  /** A hidden column that tells the rows of a table apart where it declares no key (SQLite's rowid). */
  rowIdentity(table: TableModel): string | undefined
  /**
   * The server's own clock as whole milliseconds since 1970, an expression that moves on within a transaction too. With it the
   * dialect has a lock row in the database; absent (SQLite, whose lock is a file beside it): none.
   */
  readonly clock?: SqlFragment
  classify(sql: string): SqlClass
  /**
   * A query as one that reads what is committed now. Absent: a plain query in a transaction doesn't fix what later ones see of the
   * schema.
   */
  lockingRead?(query: SqlFragment): SqlFragment
  /** Whether SQL calls a function that gives a lock of the session back. Absent: no lock is held by the session. */
  releasesLocks?(sql: string): boolean
  /** How a file of SQL falls into statements. */
  readonly grammar: SqlGrammar
  /**
   * Of SQL that commits by itself. Undefined where it may have run although the schema does not show it, and would do more the
   * second time. Absent: nothing commits by itself here.
   */
  classifyRerun?(sql: string): RerunOutcome | undefined
  /** SQL of a data step, which has its names in double quotes, in this server's spelling; placeholders stay `?`. */
  portable(sql: string): string
  /** Absent: there are no scripts for this database. */
  readonly script?: ScriptParts<Dialect>
  /**
   * What could go wrong on this database, as far as only its server tells: rights, versions, settings, what is left over. On a session
   * that only inspects; nothing is written. Absent: the dialect has no examination.
   */
  examine?(session: ServerSession, options: ExaminationOptions): Promise<readonly Finding[]>
  /** The database for people: a path, or a URL without its password. */
  readonly database: string
  /**
   * Runs the work in an empty shadow of this server: a schema inside a transaction that is rolled back, a database that is
   * dropped, a database in memory. The tables of the connection's own database are neither seen changed nor locked by it. Absent:
   * there is no such place. Throws SHADOW_REFUSED where this user may not make one; and what the work throws.
   */
  withShadow?<T>(work: (shadow: ShadowDatabase) => Promise<T>, options?: ShadowOptions): Promise<T>
  /**
   * Opens the session. `inspect` creates nothing: where there is no database yet, the session shows an empty one.
   * Throws DATABASE_UNREACHABLE, DRIVER_NOT_BUILT.
   */
  connect(options: ConnectOptions): Promise<ServerSession>
}
