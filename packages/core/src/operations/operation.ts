import type { BuiltInDialect, ColumnType } from '../model/column-type.ts'
import type {
  ColumnModel,
  ConstraintModel,
  DefaultValue,
  EnumModel,
  Extra,
  Identity,
  IndexModel,
  PolicyModel,
  RowSecurity,
  SchemaModel,
  SequenceModel,
  TableModel,
  TableRef,
  TriggerModel,
  Undeclared,
  ViewModel,
} from '../model/schema-model.ts'

/** A value that can stand in a row of insertRows: JSON-safe, with tags for what JSON has no form for. */
export type RowValue =
  | string
  | number
  | boolean
  | null
  | { readonly $bigint: string }
  | { readonly $bytes: string }
  | { readonly $json: unknown }

/** Text that is the same on every dialect, or one text for each. */
export type SqlText = string | { readonly [D in BuiltInDialect]: string }

/**
 * What alterColumn changes; what is absent stays as it is. `null` takes the thing away.
 * The old definition is never repeated here: it comes from the schema before.
 */
export interface ColumnChange {
  readonly type?: ColumnType
  readonly native?: { readonly [D in BuiltInDialect]?: string }
  readonly nullable?: boolean
  readonly default?: DefaultValue | null
  readonly generated?: { readonly expression: string; readonly stored: boolean } | null
  readonly identity?: Identity | null
  readonly onUpdate?: 'now' | null
  readonly collation?: string | null
  readonly comment?: string | null
  /** Of an inverse: what the change of the type or of NOT NULL takes from the column beside its definition. */
  readonly extras?: readonly Extra[]
  /** Of an inverse: the server's own definition, whose words a change of the type may take with it (MySQL: SRID). */
  readonly source?: string
}

/** What a schema has again that was dropped. */
type RestoredExtras = Pick<Undeclared, 'extras'>
/** What can move from one schema to another. */
export type SchemaObject = 'table' | 'view' | 'enum' | 'sequence'

/** What alterSequence changes; `null` takes the thing away. */
export type SequenceChange = {
  readonly [K in Exclude<keyof SequenceModel, 'ref' | keyof Undeclared>]?: NonNullable<SequenceModel[K]> | null
}

/** What alterPolicy changes; what is absent stays as it is. `null` takes the expression away. */
export type PolicyChange = {
  readonly [K in Exclude<keyof PolicyModel, 'name' | 'reads' | keyof Undeclared>]?:
    | PolicyModel[K]
    | (K extends 'using' | 'withCheck' ? null : never)
}

/** A number: of those of a revision that preserve under one name it is the n-th, beginning with the second. */
export type Preserve = boolean | number

export type Operation =
  | { readonly kind: 'createTable'; readonly table: TableModel; readonly ifNotExists?: true }
  | {
      readonly kind: 'dropTable'
      readonly table: TableRef
      readonly ifExists?: true
      readonly cascade?: true
      readonly preserve?: Preserve
    }
  | { readonly kind: 'renameTable'; readonly table: TableRef; readonly to: string; readonly ifExists?: true }
  | {
      readonly kind: 'alterTableOptions'
      readonly table: TableRef
      /** `null` takes the option away. */
      readonly options: { readonly [option: string]: string | boolean | null }
    }
  | { readonly kind: 'addColumn'; readonly table: TableRef; readonly column: ColumnModel; readonly ifNotExists?: true }
  | {
      readonly kind: 'dropColumn'
      readonly table: TableRef
      readonly column: string
      readonly ifExists?: true
      readonly preserve?: Preserve
    }
  | {
      readonly kind: 'alterColumn'
      readonly table: TableRef
      readonly column: string
      readonly change: ColumnChange
      /** The expression that converts the old value, in the dialect's SQL. */
      readonly using?: SqlText
      /** The expression that converts the new value back; a change with `using` has no inverse without it. */
      readonly usingBack?: SqlText
      /** Values that the conversion changes are preserved, and restored by the downgrade. */
      readonly preserve?: Preserve
    }
  | {
      readonly kind: 'renameColumn'
      readonly table: TableRef
      readonly column: string
      readonly to: string
      readonly ifExists?: true
    }
  | {
      readonly kind: 'addConstraint'
      readonly table: TableRef
      readonly constraint: ConstraintModel
      readonly ifNotExists?: true
    }
  | {
      readonly kind: 'dropConstraint'
      readonly table: TableRef
      /** By name, or, for constraints without one (SQLite), by kind and columns. */
      readonly constraint: ConstraintSelector
      readonly ifExists?: true
    }
  | { readonly kind: 'renameConstraint'; readonly table: TableRef; readonly constraint: string; readonly to: string }
  | {
      readonly kind: 'createIndex'
      readonly table: TableRef
      readonly index: IndexModel
      readonly ifNotExists?: true
      readonly concurrently?: true
    }
  | {
      readonly kind: 'dropIndex'
      readonly table: TableRef
      readonly index: string
      readonly ifExists?: true
      readonly concurrently?: true
    }
  | { readonly kind: 'renameIndex'; readonly table: TableRef; readonly index: string; readonly to: string }
  | ({ readonly kind: 'createSchema'; readonly schema: string; readonly ifNotExists?: true } & RestoredExtras)
  | { readonly kind: 'dropSchema'; readonly schema: string; readonly ifExists?: true }
  | {
      readonly kind: 'setSchema'
      readonly object: SchemaObject
      readonly ref: TableRef
      /** `null`: the schema of the connection. */
      readonly schema: string | null
    }
  | { readonly kind: 'createEnum'; readonly enum: EnumModel; readonly ifNotExists?: true }
  | {
      readonly kind: 'alterEnum'
      readonly enum: TableRef
      readonly add?: readonly { readonly value: string; readonly before?: string; readonly after?: string }[]
      readonly rename?: readonly { readonly value: string; readonly to: string }[]
      /** Values to take away, each with the value that rows get instead. */
      readonly drop?: readonly { readonly value: string; readonly replaceBy?: string }[]
      /** All values in their new order: those that are there after everything else. */
      readonly order?: readonly string[]
    }
  | { readonly kind: 'renameEnum'; readonly enum: TableRef; readonly to: string }
  | { readonly kind: 'dropEnum'; readonly enum: TableRef; readonly ifExists?: true }
  | { readonly kind: 'createView'; readonly view: ViewModel; readonly ifNotExists?: true }
  | { readonly kind: 'replaceView'; readonly view: ViewModel }
  | { readonly kind: 'renameView'; readonly view: TableRef; readonly to: string }
  | { readonly kind: 'dropView'; readonly view: TableRef; readonly materialized?: true; readonly ifExists?: true }
  | { readonly kind: 'createTrigger'; readonly trigger: TriggerModel; readonly ifNotExists?: true }
  | { readonly kind: 'dropTrigger'; readonly table: TableRef; readonly trigger: string; readonly ifExists?: true }
  | { readonly kind: 'setRowSecurity'; readonly table: TableRef; readonly change: Partial<RowSecurity> }
  | {
      readonly kind: 'createPolicy'
      readonly table: TableRef
      readonly policy: PolicyModel
      readonly ifNotExists?: true
    }
  | {
      readonly kind: 'alterPolicy'
      readonly table: TableRef
      readonly policy: string
      readonly change: PolicyChange
    }
  | { readonly kind: 'dropPolicy'; readonly table: TableRef; readonly policy: string; readonly ifExists?: true }
  | { readonly kind: 'createSequence'; readonly sequence: SequenceModel; readonly ifNotExists?: true }
  | {
      readonly kind: 'alterSequence'
      readonly sequence: TableRef
      readonly change: SequenceChange
    }
  | { readonly kind: 'dropSequence'; readonly sequence: TableRef; readonly ifExists?: true }
  | {
      readonly kind: 'createExtension'
      readonly extension: string
      readonly schema?: string
      readonly ifNotExists?: true
    }
  | { readonly kind: 'dropExtension'; readonly extension: string; readonly ifExists?: true }
  | {
      readonly kind: 'setComment'
      readonly on: { readonly table: TableRef; readonly column?: string; readonly index?: string }
      readonly comment: string | null
    }
  | {
      readonly kind: 'insertRows'
      readonly table: TableRef
      readonly columns: readonly string[]
      readonly rows: readonly (readonly RowValue[])[]
      /** The columns that tell the rows apart; with them the operation can be inverted. */
      readonly key?: readonly string[]
    }
  | {
      readonly kind: 'deleteRows'
      readonly table: TableRef
      readonly key: readonly string[]
      readonly rows: readonly (readonly RowValue[])[]
    }
  | {
      readonly kind: 'expectNone'
      /** What there must be none of, for people: `users with the same email`. */
      readonly what: string
      /** A SELECT that must give no row. */
      readonly query: SqlText
    }
  | {
      readonly kind: 'sql'
      readonly text: SqlText
      readonly inverse?: SqlText
      /** The operations that the text amounts to; without them the schema after it has to be read again. */
      readonly effects?: readonly Operation[]
      /** Cannot run in a transaction. */
      readonly nonTransactional?: true
      /** What it computes from, where it changes rows. */
      readonly from?: readonly StepSource[]
    }
  | {
      readonly kind: 'run'
      readonly label: string
      /** `function`: the revision's own; `restore`: restore what the step preserved; `none`: harmless to skip; `missing`: no inverse. */
      readonly down: 'function' | 'restore' | 'none' | 'missing'
      /** Which function of the step runs: the inverse of a run is the same label with `down`. */
      readonly direction: 'up' | 'down'
      readonly from?: readonly StepSource[]
      readonly to?: readonly StepTarget[]
    }

/** Columns that a data step computes from, by the names that they have before the revision. */
export interface StepSource {
  readonly table: TableRef
  readonly columns: readonly string[]
  /** Which of its rows belong to a row of `table`: the columns of the source that hold a value of that row's columns. */
  readonly rows?: { readonly table: TableRef; readonly by: { readonly [source: string]: string } }
}

/** What a data step writes, by the names that it has after the revision; without columns whole rows. */
export interface StepTarget {
  readonly table: TableRef
  readonly columns?: readonly string[]
}

export type ConstraintSelector =
  | { readonly name: string; readonly kind?: ConstraintModel['kind'] }
  | { readonly kind: 'primaryKey' }
  | { readonly kind: 'unique' | 'foreignKey'; readonly columns: readonly string[] }
  | { readonly kind: 'check'; readonly expression: string }

export type OperationKind = Operation['kind']
export type OperationOf<K extends OperationKind> = Extract<Operation, { readonly kind: K }>

export interface Irreversible {
  readonly irreversible: true
  readonly why: string
}

/** The four pure questions that every kind of operation answers. */
export interface OperationTraits<K extends OperationKind> {
  /** The schema after; throws OBJECT_MISSING, OBJECT_EXISTS and the like when it cannot be. */
  readonly apply: (before: SchemaModel, operation: OperationOf<K>) => SchemaModel
  /** The operations that lead back, in the order to run them. */
  readonly invert: (before: SchemaModel, operation: OperationOf<K>) => readonly Operation[] | Irreversible
  /** Footprints such as `table:users/column:email`. */
  readonly touches: (operation: OperationOf<K>) => readonly string[]
  /** One line for people: `add column users.email`. */
  readonly describe: (operation: OperationOf<K>) => string
}

export type OperationTable = { readonly [K in OperationKind]: OperationTraits<K> }

/** It is sent as it stands, whatever the tables turn out to be: no change of a table, which may need a rebuild. */
export function isSentAsItIs({ kind }: Operation): boolean {
  return kind === 'sql' || kind === 'expectNone'
}

/** After it the schema may be another than the model says: opaque SQL without declared effects. */
export function isOpaque(operation: Operation): boolean {
  return operation.kind === 'sql' && operation.effects === undefined
}
