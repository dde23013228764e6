import type { TableName } from '../declare/inputs.ts'
import type { DialectName } from '../model/column-type.ts'
import type { ColumnModel, ConstraintOf, IndexModel } from '../model/schema-model.ts'
import type { Outcome, RawText, Row, SqlValue } from '../model/sql-value.ts'

export interface PreserveCell {
  readonly table: string
  /** A unique key of the row as it stands after the step. */
  readonly key: { readonly [column: string]: SqlValue }
  readonly column: string
  /** The value before the step; `RawText` where a string could not carry it. */
  readonly value: SqlValue | RawText
  /** The value that the step puts there: restore() writes the old value only where it is unchanged. */
  readonly written: SqlValue
}

export interface PreserveRow {
  readonly table: string
  readonly key: { readonly [column: string]: SqlValue }
  /** The whole row that the step deletes. */
  readonly row: { readonly [column: string]: SqlValue | RawText }
}

/** An old value of a row that is still there. */
export interface PreservedCell {
  readonly key: { readonly [column: string]: SqlValue | RawText }
  readonly value: SqlValue | RawText
}

export interface RestoreResult {
  readonly restored: number
  /** Cells that the application changed since: they stay as they are, and stay preserved. */
  readonly changed: number
  /** Cells whose row is gone. */
  readonly missing: number
}

export interface BackfillOptions {
  readonly table: TableName
  /** Columns of a unique key, in whose order the rows come. Default: the primary key. */
  readonly key?: readonly string[]
  /** Columns to read besides the key. */
  readonly columns: readonly string[]
  /** A condition in portable SQL; it is looked at when a batch is read. */
  readonly where?: string
  readonly params?: readonly SqlValue[]
  /** Rows a batch at most, default 500; a batch also ends at about 4 MiB of values. */
  readonly batch?: number
  readonly step: (rows: readonly Row[]) => Promise<void>
}

/** A row by a unique key, and the values that it gets. */
export interface UpdatedRow {
  readonly key: { readonly [column: string]: SqlValue }
  readonly set: { readonly [column: string]: SqlValue }
}

export interface UpdateEachOptions {
  readonly table: TableName
  /** All have the same columns, and no two one key. */
  readonly rows: readonly UpdatedRow[]
  /** A condition on the table in portable SQL. */
  readonly where?: string
  readonly params?: readonly SqlValue[]
}

/**
 * What a data step works with. SQL is portable: names in double quotes, `?` for values; the dialect translates both.
 * One statement a call; transaction control and DDL are refused. Everything is dead after the step ended.
 */
export interface StepDatabase {
  readonly dialect: DialectName
  /**
   * What this run was given: `-x key=value` of the command line, `arguments` of the options. Recorders do not see it: what a
   * revision records is the same every time.
   */
  readonly arguments: Readonly<Record<string, string>>
  query<R extends Row = Row>(sql: string, params?: readonly SqlValue[]): Promise<readonly R[]>
  execute(sql: string, params?: readonly SqlValue[]): Promise<Outcome>
  /** A savepoint: rolled back when the body throws. */
  transaction<T>(body: (db: StepDatabase) => Promise<T>): Promise<T>
  /** Preserves an old value in `migrate_preserved`; the first one of a cell stays. */
  preserve(cell: PreserveCell | PreserveRow): Promise<void>
  /** Restores what this revision preserved of a column, or, without `column`, of whole rows. */
  restore(what: { readonly table: string; readonly column?: string }): Promise<RestoreResult>
  /**
   * Hands over what another revision of the tier preserved of a column, where the cell is unchanged since: values that its new type
   * could not hold. They stay preserved. Gives their number. Values of a table or column that was renamed since are not found, which is
   * reported.
   */
  readPreserved(
    what: { readonly table: string; readonly column: string; readonly revision: string },
    step: (cell: PreservedCell) => Promise<void>,
  ): Promise<number>
  /** Reads a table in batches by key, with bounded memory and progress; gives the number of rows seen. */
  backfill(options: BackfillOptions): Promise<number>
  /**
   * Gives each row values of its own, many rows with a statement. Gives the number of rows that were found. Throws INVALID_OPTION
   * for rows that have different columns, no key, or the same key, and where a row gets the key of a row that a later statement updates.
   */
  updateEach(options: UpdateEachOptions): Promise<number>
  /** Counts something that people should hear of; the first keys are named at the end of the step. */
  report(what: string, key?: string): void
  tableNames(): Promise<readonly string[]>
  columns(table: string): Promise<readonly ColumnModel[]>
  indexes(table: string): Promise<readonly IndexModel[]>
  uniqueConstraints(table: string): Promise<readonly ConstraintOf<'unique'>[]>
  primaryKey(table: string): Promise<readonly string[]>
}

export type StepFunction = (db: StepDatabase) => Promise<void>
