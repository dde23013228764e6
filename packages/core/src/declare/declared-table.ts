import type { ColumnType, DialectName } from '../model/column-type.ts'
import type { RowSecurity, TableModel } from '../model/schema-model.ts'
import type { Expression } from './column.ts'
import type {
  ClientOptions,
  ColumnOptions,
  ConstraintOptions,
  ForeignKeyInput,
  IndexElementInput,
  IndexInput,
  PolicyInput,
  TableName,
} from './inputs.ts'

/** What TypeScript knows of a declared column; nothing of it exists when the program runs. */
export interface ColumnFacts {
  readonly value: unknown
  readonly nullable: boolean
  readonly hasDefault: boolean
  readonly generated: boolean
  /** Where the column can be: everywhere, unless its type is the native one of a dialect. */
  readonly dialects: DialectName
}

/** A declared column. `$facts` is for TypeScript only. */
export interface DeclaredColumn<F extends ColumnFacts = ColumnFacts> {
  readonly type: ColumnType
  readonly options: ColumnOptions
  /** What the application does with the column, and the database knows nothing of. */
  readonly client?: ClientOptions
  readonly $facts?: F
}

export interface ColumnRecord {
  readonly [name: string]: DeclaredColumn
}

interface KeyExtra<C extends string> extends ConstraintOptions {
  readonly columns: readonly C[]
}

type IndexColumn<C extends string> = C | (Exclude<IndexElementInput, string> & { readonly column?: C })

export interface TableExtras<C extends string = string> {
  readonly schema?: string
  readonly primaryKey?: readonly C[] | KeyExtra<C>
  readonly uniques?: readonly (KeyExtra<C> & { readonly nullsNotDistinct?: true })[]
  readonly indexes?: readonly (IndexInput & { readonly name: string; readonly columns: readonly IndexColumn<C>[] })[]
  readonly foreignKeys?: readonly (Omit<ForeignKeyInput, 'columns' | 'references'> & {
    readonly columns: readonly C[]
    /** The table by name, or its declaration. */
    readonly references: {
      readonly table: TableName | { readonly model: TableModel }
      readonly columns: readonly string[]
    }
  })[]
  readonly checks?: readonly { readonly name?: string; readonly expression: Expression }[]
  /** Dialect options: `strict`, `withoutRowid` on SQLite; `engine`, `charset`, `collation` on MySQL. */
  readonly options?: { readonly [option: string]: string | boolean }
  readonly comment?: string
  /** PostgreSQL; absent: it is left as it is. */
  readonly rowSecurity?: Partial<RowSecurity>
  /** PostgreSQL: all policies of the table; absent: they are left as they are. */
  readonly policies?: readonly (PolicyInput & { readonly name: string })[]
}

/** A declared table: its typed columns, and the model that operations and comparisons work with. */
export interface DeclaredTable<N extends string = string, C extends ColumnRecord = ColumnRecord> {
  readonly name: N
  readonly columns: C
  readonly model: TableModel
}
