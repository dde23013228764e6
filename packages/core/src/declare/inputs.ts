import type { BuiltInDialect } from '../model/column-type.ts'
import type {
  ColumnModel,
  Deferrable,
  IndexElement,
  PolicyCommand,
  PolicyModel,
  ReferentialAction,
  TableRef,
} from '../model/schema-model.ts'
import type { ClientDefault } from './client.ts'
import type { DefaultInput, Expression } from './column.ts'

export type TableName = string | TableRef

export interface ColumnOptions {
  /** Default true, as in SQL. */
  readonly nullable?: boolean
  /** A literal, `now()` or `expression(…)`. */
  readonly default?: DefaultInput
  readonly generated?: { readonly as: Expression; readonly stored?: boolean }
  readonly identity?: ColumnModel['identity']
  /** MySQL: an update sets the column to the time of it, unless it names the column itself. */
  readonly onUpdate?: 'now'
  readonly collation?: string
  readonly comment?: string
  readonly native?: { readonly [D in BuiltInDialect]?: string }
}

/** What the application does with a column and the database knows nothing of. */
export interface ClientOptions {
  /**
   * The value of an insert that leaves the column out: `client.uuid()`, `client.now()`, `client.literal(value)`, or a function that
   * gives one. The typed Drizzle tables write it; the column has no DEFAULT in the database by it.
   */
  readonly clientDefault?: ClientDefault
  /** A text column that holds JSON: `check --data` reads it as JSON. */
  readonly holds?: 'json'
}

export interface ForeignKeyInput {
  readonly name?: string
  readonly columns: readonly string[]
  readonly references: { readonly table: TableName; readonly columns: readonly string[] }
  readonly onDelete?: ReferentialAction
  readonly onUpdate?: ReferentialAction
  readonly match?: 'simple' | 'full' | 'partial'
  readonly deferrable?: Deferrable
  readonly notValid?: true
}

export interface IndexInput {
  readonly unique?: boolean
  readonly where?: Expression
  readonly method?: string
  readonly include?: readonly string[]
  readonly nullsNotDistinct?: true
  /** Storage parameters: `{ fillfactor: '70' }` on PostgreSQL. */
  readonly options?: { readonly [option: string]: string }
  readonly comment?: string
}

/** A column by name, or an element with its options; expressions through `expression('lower(email)')`. */
export type IndexElementInput =
  | string
  | Expression
  | Omit<IndexElement, 'expression'>
  | (Omit<IndexElement, 'expression' | 'column'> & { readonly expression: Expression })

export interface ConstraintOptions {
  readonly name?: string
  readonly deferrable?: Deferrable
}

/** A policy of row security in the words of CREATE POLICY; what is absent is what PostgreSQL takes: permissive, for all, to public. */
export interface PolicyInput {
  readonly as?: PolicyModel['as']
  readonly for?: PolicyCommand
  /** Names of roles; `public`, `current_user`, `session_user` and `current_role` are the server's keywords. */
  readonly to?: string | readonly string[]
  /** The rows that are there for the command. */
  readonly using?: Expression
  /** The rows that the command may write; absent: those of `using`. */
  readonly withCheck?: Expression
}
