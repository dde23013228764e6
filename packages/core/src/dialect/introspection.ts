import type { ColumnModel, SchemaModel, TableModel, TableRef } from '../model/schema-model.ts'
import type { ReadStatement, Session } from './session.ts'

/** The names that are about to be given in a table, and its columns that may get a sequence of their own name (PostgreSQL): new, renamed, counting. */
export interface NewNames extends Pick<TableModel, 'ref' | 'constraints' | 'indexes'> {
  readonly columns?: readonly (Pick<ColumnModel, 'name'> & Partial<ColumnModel>)[]
}

export interface IntrospectRequest {
  /**
   * Only these tables with what hangs on them (indexes, triggers); absent: everything. Unknown names are left out. Of schemas the model
   * says those that the request names.
   */
  readonly tables?: readonly TableRef[]
  /**
   * Only what stands in these schemas, in that of the session and in those of `tables`, and what depends on it from elsewhere; absent: in
   * all, or with `tables` in no more. Where a database has no schemas it says nothing.
   */
  readonly schemas?: readonly string[]
  /** No views, triggers, sequences and texts of tables: nothing is compiled from what is read. They may be there all the same. */
  readonly only?: 'tables'
  /** With `tables` or `schemas`: also the tables elsewhere whose foreign keys refer to one of them. */
  readonly referrers?: boolean
  /**
   * With `tables`: also the tables that have a name of one of these, where it is of one of them only: of constraints (MySQL), of keys,
   * indexes and tables (PostgreSQL). Where the model has none that has it: what has it (`otherNames`).
   */
  readonly newNames?: readonly NewNames[]
  /**
   * With `tables`: these get another name or another schema (PostgreSQL). Also the tables that have the name which an index or a sequence of one
   * of these has then.
   */
  readonly moves?: readonly { readonly ref: TableRef; readonly to: TableRef }[]
  /** The operations only add to these tables: what depends on them is not read where that costs. */
  readonly additive?: boolean
  /** One of these tables is dropped: its text says where its counter stands. Of the others it is the same whatever they count. */
  readonly counters?: boolean
  /** With what a model cannot say of an object (`Undeclared`) and what depends on it: operations are compiled from what is read. */
  readonly whole?: boolean
}

/** The names of all tables and columns, as one query of the catalog gives them. */
export interface CatalogNames {
  /** The schema whose tables have none in their key. */
  readonly schema?: string
  /** By the key of the table. Empty for a table whose columns are another program's (a virtual table). */
  readonly columns: ReadonlyMap<string, readonly string[]>
}

export interface CatalogNamesRequest {
  /** Only of these tables, by names of the schema of the session. */
  readonly tables?: readonly string[]
  /** What stands in these schemas and in that of the session; absent: in all. Where a database has no schemas it says nothing. */
  readonly schemas?: readonly string[]
}

/** A column of a table, as far as it shows whose table that is. */
export interface CatalogColumn {
  readonly name: string
  /** A new row needs a value for it. */
  readonly required: boolean
}

/** Why a table of ours cannot be made or read under its name, although no table of that name is seen. */
export interface Obstacle {
  /** The table of ours. */
  readonly table: string
  /** The table may exist: this user may not see it. Absent: another object has its name. */
  readonly hidden?: true
  /** For people: `a view has its name`. */
  readonly why: string
}

/** A function, a procedure, a domain or another type of users, which the model has no word for. */
export interface Routine {
  /** For people, with its arguments. */
  readonly name: string
  /** Creates it, or replaces the existing one; a type that exists stays as it is. */
  readonly create: string
  /** Its body is looked at when it is made: the tables that it reads have to be there. */
  readonly readsTables: boolean
  /** Its body where the server keeps it as text, in which a table or a column that is renamed keeps its old name. */
  readonly body?: string
}

/** A fact of an object that the model has no word for: INVISIBLE of a column. No operation creates the object with it. */
export interface UnmodelledFact {
  /** `object`: the model has none of its kind, which the name says: `operator public.===(text,text)`. */
  readonly kind:
    | 'table'
    | 'column'
    | 'constraint'
    | 'index'
    | 'policy'
    | 'trigger'
    | 'view'
    | 'enum'
    | 'sequence'
    | 'object'
  readonly name: string
  /** Absent: that of the session. */
  readonly schema?: string
  /** Of a part of a table. */
  readonly table?: string
  /** As SQL has it. */
  readonly fact: string
  /** The statement that adds it to the object as operations create that. Absent: only its author can write one. */
  readonly create?: string
}

/** A lock of a table that a transaction has. */
export interface HeldLock {
  readonly table: string
  /** As the server calls it: `AccessExclusiveLock`. */
  readonly mode: string
}

/** What the server's catalog says of a database. */
export interface DialectIntrospection {
  schema(session: Session, request?: IntrospectRequest): Promise<SchemaModel>
  /** How many tables there are, in all schemas; counted up to `most` alone. Absent: `schema` is asked. */
  tableCount?(session: Session, most: number): Promise<number>
  /** The columns of those of these tables that exist, by name. One query of the catalog: each start asks it. Absent: `schema` is asked. */
  tableColumns?(session: Session, names: readonly string[]): Promise<ReadonlyMap<string, readonly CatalogColumn[]>>
  /** That query, where it can be read together with rows. */
  tableColumnsRead?(names: readonly string[]): ReadStatement
  /**
   * The dialect was given a schema, and so the history is one of many in the database: what others do meanwhile in their schemas is no
   * part of it.
   */
  readonly isOfOneSchema?: boolean
  /** The names of tables and columns, by one query of the catalog. Absent: a start does not compare them. */
  columnNames?(session: Session, request: CatalogNamesRequest): Promise<CatalogNames>
  /**
   * The views among those names: their columns come and go with the tables that they read. Absent: `columnNames` has no views.
   */
  viewNames?(session: Session): Promise<readonly string[]>
  /**
   * Whether a statement may change the columns of tables that it does not name, because of what is in the database: each one, one that
   * writes or reads rows, or none. Absent: none.
   */
  hiddenChanges?(session: Session): Promise<'always' | 'withRows' | 'never'>
  /**
   * The definitions of what one statement of an author may change, as the server writes them: equal before and after a statement
   * that did nothing. Undefined where that can't be known from its text. Absent: the whole schema is compared.
   */
  definitionsOf?(session: Session, statement: string): Promise<readonly unknown[] | undefined>
  /** What stands in the way of tables of ours that are not seen. Absent: nothing can. */
  obstacles?(session: Session, absent: readonly TableModel[]): Promise<readonly Obstacle[]>
  /** Functions that triggers, defaults and checks may call, and whose bodies name tables, and types, in an order in which they can be made. Absent: a database has none that a schema could need. */
  routines?(session: Session): Promise<readonly Routine[]>
  /** What the objects of a schema that was read have beyond the model. Absent: it is not read. */
  unmodelledFacts?(session: Session, schema: SchemaModel): Promise<readonly UnmodelledFact[]>
  /**
   * How many rows a table has by the server's own statistics, where counting a large one takes long. Absent: counting costs little.
   * Undefined: the server has no estimate yet.
   */
  estimatedRows?(session: Session, table: TableRef): Promise<number | undefined>
  /** The strongest lock of each table of the open transaction, beyond those of a reader. Absent: the server does not tell. */
  heldLocks?(query: Session['query']): Promise<readonly HeldLock[]>
}
