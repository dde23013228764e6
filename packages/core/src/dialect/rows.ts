import type { ColumnModel, TableModel, TableRef } from '../model/schema-model.ts'
import type { SqlValue } from '../model/sql-value.ts'
import type { Statement } from '../sql/statement.ts'
import type { SqlFragment } from '../sql/tag.ts'
import type { Session } from './session.ts'

/** Columns of a table that are set to values of a subquery. */
export interface UpdateFrom {
  readonly table: SqlFragment
  readonly alias: SqlFragment
  readonly source: SqlFragment
  readonly sourceAlias: SqlFragment
  readonly sets: readonly { readonly column: SqlFragment; readonly value: SqlFragment }[]
  readonly where: SqlFragment
}

/** What is special about the rows of a table when they are told apart, and written back as they were. */
export interface DialectRows {
  /**
   * A hidden column that tells the rows of a table apart where it declares no key (SQLite's rowid); undefined where this table has
   * none. Absent: no table has one that lasts.
   */
  identity?(table: TableModel): string | undefined
  /**
   * A column of a key that the server orders or compares otherwise than by its plain value: the expression to order by, and the
   * placeholder to compare a value with. Undefined: the column and the value as they are.
   */
  keyOrder?(column: ColumnModel): { readonly expression: SqlFragment; readonly value: SqlFragment } | undefined
  /**
   * Whether blanks at the end of a value of this column are padding: they tell no rows apart, and are gone once the column has another
   * type. Absent: those of no column.
   */
  isPadded?(column: ColumnModel): boolean
  /**
   * The placeholder of a value of a column inside an expression. Absent: a value there is what it is where it is assigned by itself
   * (PostgreSQL takes it for text).
   */
  typed?(column: ColumnModel): SqlFragment
  /**
   * A value of an author as a column takes it, to compare the column with. Absent: the server compares a value of another type as it would
   * store it (SQLite).
   */
  fitted?(value: SqlValue, column: ColumnModel): SqlValue
  /**
   * A value of an author, as a literal or a placeholder, as the server stores it in this column: with as many digits and parts of a second.
   * Undefined: it is compared as it is given.
   */
  stored?(value: SqlFragment, column: ColumnModel): SqlFragment | undefined
  /**
   * What INSERT and UPDATE say first so that a row in the way refuses them, where the constraints of this table may say otherwise (SQLite:
   * ON CONFLICT REPLACE deletes that row). Undefined: they refuse it. A table that is not known may say anything.
   */
  refusing?(table: TableModel | undefined): SqlFragment | undefined
  /** Sets columns of rows of a table to values of a subquery. Absent: as UPDATE … FROM. */
  updateFrom?(update: UpdateFrom): SqlFragment
  /** A list of rows (`VALUES`) is a subquery, its columns called column1, column2 and so on. */
  readonly valuesAsTable?: true
  /**
   * How values are given back to columns that the server numbers by itself and takes no values for: what INSERT says before
   * VALUES, and the statements that let UPDATE write such a column, and put it back. Absent: they can be written like any other.
   */
  readonly ownNumbers?: {
    readonly insert: SqlFragment
    readonly column: (table: TableModel, column: string) => { readonly open: Statement; readonly close: Statement }
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
    /**
     * Gives all rows of a column that was added just now numbers of its counter. Absent: the server numbers no rows when a column is added.
     */
    renumber?(table: TableRef, column: string): Statement
  }
  /**
   * Keeps other sessions from these tables until the transaction ends. Absent: its begin has done so, or changing a table ends it.
   */
  lockTables?(tables: readonly TableRef[]): SqlFragment
  /**
   * What a SELECT of rows ends with that are written afterwards, so that no other session changes them in between, and they are as they are now.
   * Absent: other sessions can't write meanwhile.
   */
  readonly lockRows?: SqlFragment
  /** Why values of this table can be neither preserved nor restored, and what changes that; undefined: they can. Absent: those of any. */
  unpreservable?(table: TableModel): string | undefined
  /**
   * Rows whose value of a column a result shows as another one that the column may hold too, and why; undefined: there are none. Absent: in
   * no column.
   */
  unpreservableValues?(
    column: ColumnModel,
    quoted: SqlFragment,
  ): { readonly rows: SqlFragment; readonly why: string } | undefined
  /**
   * Statements that switch the application's triggers on a table off while values are restored, and put each back as it was, in the
   * same transaction. Foreign keys stay enforced. Absent: the server cannot, and its triggers run.
   */
  silenceTriggers?(
    session: Session,
    table: TableRef,
  ): Promise<{ readonly open: readonly Statement[]; readonly close: readonly Statement[] }>
}
