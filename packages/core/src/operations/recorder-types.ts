import type { DefaultInput, Expression } from '../declare/column.ts'
import type {
  ColumnOptions,
  ConstraintOptions,
  ForeignKeyInput,
  IndexElementInput,
  IndexInput,
  PolicyInput,
  TableName,
} from '../declare/inputs.ts'
import type { BuiltInDialect, ColumnType } from '../model/column-type.ts'
import type {
  ConstraintModel,
  EnumModel,
  RowSecurity,
  SequenceModel,
  TableModel,
  ViewModel,
} from '../model/schema-model.ts'
import type { ColumnChange, ConstraintSelector, SchemaObject, SequenceChange, SqlText } from './operation.ts'
import type { OperationLimits } from './recording.ts'
import type { StepFunction } from './step-database.ts'

export type {
  ColumnOptions,
  ConstraintOptions,
  ForeignKeyInput,
  IndexElementInput,
  IndexInput,
  PolicyInput,
  TableName,
} from '../declare/inputs.ts'

/** alterColumn: absent keys stay; `null` takes the thing away. */
export interface ColumnChangeInput extends Omit<ColumnChange, 'default' | 'generated'> {
  readonly default?: DefaultInput | null
  readonly generated?: ColumnOptions['generated'] | null
  /** The expression that converts the old value. */
  readonly using?: SqlText
  /**
   * The expression that a derived downgrade converts the new value back with. Without it a change with `using` has no derived
   * downgrade: no server can tell which value an expression was computed from.
   */
  readonly usingBack?: SqlText
  /** Preserves the values that the conversion changes: the downgrade restores them in rows that are unchanged since. */
  readonly preserve?: boolean
}

interface CheckConstraintOptions {
  readonly name?: string
  /** Rows that are there already are not looked at. */
  readonly notValid?: true
}

/** alterPolicy: absent keys stay; `null` takes the expression away. */
export interface PolicyChangeInput extends Omit<PolicyInput, 'using' | 'withCheck'> {
  readonly using?: Expression | null
  readonly withCheck?: Expression | null
}

/** What createTable's callback receives. */
export interface TableRecorder {
  column(name: string, type: ColumnType, options?: ColumnOptions): void
  primaryKey(columns: readonly string[], options?: ConstraintOptions): void
  unique(columns: readonly string[], options?: ConstraintOptions & { readonly nullsNotDistinct?: true }): void
  check(expression: Expression, options?: CheckConstraintOptions): void
  foreignKey(key: ForeignKeyInput): void
  exclude(constraint: Omit<Extract<ConstraintModel, { kind: 'exclude' }>, 'kind'>): void
  index(name: string, elements: readonly IndexElementInput[], options?: IndexInput): void
  options(options: { readonly [option: string]: string | boolean }): void
  comment(text: string): void
  /** Row security of PostgreSQL: without a policy only the owner sees rows; `forced`: the owner neither. */
  rowSecurity(state: Partial<RowSecurity>): void
  policy(name: string, policy: PolicyInput): void
}

interface Guard {
  readonly ifExists?: true
}
interface Preserving {
  readonly preserve?: boolean
}
interface CreateGuard {
  readonly ifNotExists?: true
}

/** What alterTable's callback receives; each call records one operation on that table. */
export interface AlterTableRecorder {
  addColumn(name: string, type: ColumnType, options?: ColumnOptions & CreateGuard): void
  /** `preserve`: the downgrade restores the values in rows that are unchanged since; default: that of the migrator, off. */
  dropColumn(name: string, options?: Guard & Preserving): void
  alterColumn(name: string, change: ColumnChangeInput): void
  renameColumn(name: string, to: string, options?: Guard): void
  addPrimaryKey(columns: readonly string[], options?: ConstraintOptions & CreateGuard): void
  addUnique(
    columns: readonly string[],
    options?: ConstraintOptions & CreateGuard & { readonly nullsNotDistinct?: true },
  ): void
  addCheck(expression: Expression, options?: CheckConstraintOptions & CreateGuard): void
  addForeignKey(key: ForeignKeyInput & CreateGuard): void
  addConstraint(constraint: ConstraintModel, options?: CreateGuard): void
  /** By name; or by kind and columns where it may have no name. */
  dropConstraint(constraint: string | ConstraintSelector, options?: Guard): void
  renameConstraint(name: string, to: string): void
  createIndex(
    name: string,
    elements: readonly IndexElementInput[],
    options?: IndexInput & CreateGuard & { readonly concurrently?: true },
  ): void
  dropIndex(name: string, options?: Guard & { readonly concurrently?: true }): void
  renameIndex(name: string, to: string): void
  options(options: { readonly [option: string]: string | boolean | null }): void
  comment(text: string | null): void
  columnComment(column: string, text: string | null): void
  indexComment(index: string, text: string | null): void
  /** Row security of PostgreSQL; absent keys stay: `t.rowSecurity({ enabled: true })`. */
  rowSecurity(change: Partial<RowSecurity>): void
  createPolicy(name: string, policy: PolicyInput & CreateGuard): void
  /** Changes of roles and expressions are ALTER POLICY; else the policy is dropped and created again. */
  alterPolicy(name: string, change: PolicyChangeInput): void
  dropPolicy(name: string, options?: Guard): void
}

export type RunInput =
  | StepFunction
  | {
      readonly up: StepFunction
      /** A function, `restore` (restore what this step preserved) or `none` (harmless to skip). */
      readonly down: StepFunction | 'restore' | 'none'
      /**
       * The columns that the step computes from, by their names before the revision: `['users.theme']`. A downgrade stores a digest of
       * them beside what it preserves, and the next upgrade restores a value only where they have not changed. Without it, what the
       * step computes always wins.
       */
      readonly from?: readonly StepSourceInput[]
      /** What the step writes: `profiles` (its rows) or `users.slug`. Default: anything that the revision adds. */
      readonly to?: readonly StepTargetInput[]
    }

export type StepSourceInput =
  | string
  | {
      readonly table: TableName
      readonly columns: readonly string[]
      /**
       * Which of its rows belong to a row that the step writes, as `{ source column: 'table.column' }`. Default: the same row, or the row
       * that a foreign key of the written table names; else any row.
       */
      readonly by?: { readonly [source: string]: string }
    }

export type StepTargetInput = string | { readonly table: TableName; readonly columns?: readonly string[] }

interface RowOptions {
  /** The columns in their order. Only names such as `1` need it, which JavaScript puts first in every object. */
  readonly columns?: readonly string[]
}

/** Portable values of a row; `undefined` members are refused. */
export type InputRow = { readonly [column: string]: string | number | bigint | boolean | null | Uint8Array | object }

/**
 * What CREATE VIEW states beside the SELECT, by its name: on PostgreSQL `security_invoker`, `security_barrier`, `check_option`, of a
 * materialised view its storage parameters, `using` and `tablespace`; on MySQL and MariaDB `algorithm`, `sql_security`, `check_option`.
 */
export type ViewOptions = Pick<ViewModel, 'columns' | 'materialized' | 'options'>

/** Everything that alterTable's callback records, as a statement of its own with the table first: `op.dropColumn('users', 'age')`. */
export type TableOperationRecorder = {
  [K in keyof AlterTableRecorder]: AlterTableRecorder[K] extends (...args: infer A) => void
    ? (table: TableName, ...args: A) => void
    : never
}

/**
 * What `upgrade` and `downgrade` receive: records operations, runs nothing. Errors point at the line that called it.
 *
 * ```ts
 * export function upgrade(op: OperationRecorder) {
 *   op.addColumn('accounts', 'locale', varchar(12), { nullable: false, default: 'en' })
 * }
 * ```
 */
export interface OperationRecorder extends TableOperationRecorder {
  createTable(name: TableName, define: (t: TableRecorder) => void, options?: CreateGuard): void
  /** A declared table, or a model, as it stands. */
  createTable(table: TableModel | { readonly model: TableModel }, options?: CreateGuard): void
  dropTable(name: TableName, options?: Guard & Preserving & { readonly cascade?: true }): void
  renameTable(name: TableName, to: string, options?: Guard): void
  /** Several operations of one table; each of them is a method of `op` as well. */
  alterTable(name: TableName, change: (t: AlterTableRecorder) => void): void
  createSchema(name: string, options?: CreateGuard): void
  dropSchema(name: string, options?: Guard): void
  /**
   * Moves a table (with its indexes, constraints and the sequences that its columns own), a view, an enum or a sequence to another
   * schema; `null` is the schema of the connection. PostgreSQL only. Foreign keys and views follow by themselves; the bodies of functions do not.
   */
  setSchema(object: SchemaObject, name: TableName, schema: string | null): void
  createEnum(name: TableName, values: EnumModel['values'], options?: CreateGuard): void
  alterEnum(
    name: TableName,
    change: {
      readonly add?: readonly { readonly value: string; readonly before?: string; readonly after?: string }[]
      readonly rename?: readonly { readonly value: string; readonly to: string }[]
      readonly drop?: readonly { readonly value: string; readonly replaceBy?: string }[]
      /** All values in their new order: those that are there after everything else. */
      readonly order?: readonly string[]
    },
  ): void
  renameEnum(name: TableName, to: string): void
  dropEnum(name: TableName, options?: Guard): void
  createView(name: TableName, select: Expression, options?: ViewOptions & Pick<ViewModel, 'noData'> & CreateGuard): void
  /** Options that it does not state stay as they are; `options: {}` resets them. A materialised view stays filled or empty. */
  replaceView(name: TableName, select: Expression, options?: ViewOptions): void
  renameView(name: TableName, to: string): void
  dropView(name: TableName, options?: { readonly materialized?: true } & Guard): void
  /** `definition` is the whole CREATE TRIGGER statement. */
  createTrigger(table: TableName, name: string, definition: Expression, options?: CreateGuard): void
  dropTrigger(table: TableName, name: string, options?: Guard): void
  createSequence(name: TableName, options?: Omit<SequenceModel, 'ref'> & CreateGuard): void
  alterSequence(name: TableName, change: SequenceChange): void
  dropSequence(name: TableName, options?: Guard): void
  createExtension(name: string, options?: { readonly schema?: string } & CreateGuard): void
  dropExtension(name: string, options?: Guard): void
  /** With `key` the operation can be inverted. */
  insertRows(
    table: TableName,
    rows: readonly InputRow[],
    options?: RowOptions & { readonly key?: readonly string[] },
  ): void
  /** Deletes the rows that these keys name: `op.deleteRows('roles', [{ id: 1 }, { id: 2 }])`. Nothing gives them back. */
  deleteRows(table: TableName, keys: readonly InputRow[], options?: RowOptions): void
  /**
   * A check before what follows it: the query, one SELECT in which each column has a name of its own, must give no row. Else the
   * run fails there with BLOCKING_ROWS, which has the number of the rows and five of them. The inverse has no check.
   *
   * ```ts
   * op.expectNone('users with the same email', 'SELECT email, count(*) AS n FROM users GROUP BY email HAVING count(*) > 1')
   * ```
   *
   * @param what what there must be none of, for people; a migration that fails says it
   */
  expectNone(what: string, query: SqlText): void
  /** Opaque SQL, one statement. */
  sql(
    text: SqlText,
    options?: {
      readonly inverse?: SqlText
      readonly effects?: (op: OperationRecorder) => void
      readonly nonTransactional?: true
      /** What a change of rows computes from, as in `run`. */
      readonly from?: readonly StepSourceInput[]
    },
  ): void
  /** Data work. A bare function means: no inverse. */
  run(label: string, work: RunInput): void
  /**
   * How long the statements of what is recorded inside may wait for a lock, and may run, in ms (0: as long as they like), and how
   * MySQL and MariaDB may change a table for them: `algorithm: 'instant'`, `lock: 'none'`; where the server cannot, it refuses and
   * nothing is changed. They are no part of the operations: a change of them is no edit of the revision.
   */
  limits(limits: OperationLimits, record: (op: OperationRecorder) => void): void
  /** Records for the dialect of the run; every known dialect or `otherwise` has to be there. A dialect of another package takes `otherwise`. */
  on(
    branches: { readonly [D in BuiltInDialect]?: (op: OperationRecorder) => void } & {
      readonly otherwise?: (op: OperationRecorder) => void
    },
  ): void
}
