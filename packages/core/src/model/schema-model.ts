import type { BuiltInDialect, ColumnType } from './column-type.ts'
import type { IndexElement } from './index-element.ts'
import type { OtherObject, RowSecurity, StoredProgram, TableReplication } from './other-objects.ts'

export type { IndexElement, OtherObject, RowSecurity, StoredProgram, TableReplication }

/** `schema` is absent for the schema that the connection stands in (and always on SQLite and MySQL). */
export interface TableRef {
  readonly schema?: string
  readonly name: string
}

export type DefaultValue =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'now' }
  | { readonly kind: 'expression'; readonly sql: string }

export interface Identity {
  /** `autoIncrement`: AUTOINCREMENT on SQLite, AUTO_INCREMENT on MySQL, BY DEFAULT on PostgreSQL. */
  readonly mode: 'always' | 'byDefault' | 'autoIncrement'
  /** A text where it is beyond what a number of JavaScript holds. */
  readonly start?: number | string
  readonly increment?: number
  /** The rest is PostgreSQL's. Bounds are texts: the widest are beyond what a number of JavaScript holds. */
  readonly minValue?: string
  readonly maxValue?: string
  readonly cache?: number
  readonly cycle?: boolean
  /** Its sequence, where that is not called `table_column_seq`. Absent: not stated, not compared; `null` in a change: the usual one. */
  readonly sequence?: string | null
}

/**
 * A part of a statement that is kept as data, so that it follows renames: keywords of the dialect; a name (`self`: the object with its
 * schema, `name`: the object without it, `table`: its table); a column of the object; an expression as the server prints it.
 */
export type ExtraPart =
  | string
  | { readonly of: 'self' | 'name' | 'table' }
  | { readonly column: string }
  | { readonly text: string }

/** What a server has of an object beside its definition: owner, privileges, storage, rules. Statements that give it to a new one. */
export interface Extra {
  /** For people: `rule own`. */
  readonly what: string
  readonly statements: readonly (readonly ExtraPart[])[]
  /** It is one of the table's constraints too: a column that is added before them comes without it. */
  readonly isConstraint?: true
  /** A new object has it too, as the settings of the server are now: default privileges. */
  readonly isGiven?: true
}

/** What a model cannot say of an object, so that it can be created again as it was. Read only with `whole`; not part of equality or of a revision. */
export interface Undeclared {
  readonly extras?: readonly Extra[]
  /** What no statement brings back, in words: dropping the object has no inverse, and nothing may create it again. */
  readonly lasting?: readonly string[]
  /** Its owner, where the user of the connection has not the rights of that role (PostgreSQL). */
  readonly foreignOwner?: string
}

export interface ColumnModel extends Undeclared {
  readonly name: string
  readonly type: ColumnType
  /** SQL text that is the type on that dialect instead of `type`; folded into `type` by the dialect's `normalise`. */
  readonly native?: { readonly [D in BuiltInDialect]?: string }
  readonly nullable: boolean
  readonly default?: DefaultValue
  readonly generated?: { readonly expression: string; readonly stored: boolean }
  readonly identity?: Identity
  /** MySQL: ON UPDATE CURRENT_TIMESTAMP, with the digits of the column's type. */
  readonly onUpdate?: 'now'
  readonly collation?: string
  readonly comment?: string
  /** What the server refuses a change of the column's type for, in words: `policy own on table t`. Read with `whole`; not part of equality. */
  readonly dependants?: readonly string[]
  /** What goes with the column in partitions and heirs of the table, where no part of the table itself says it. Read and compared as `dependants`. */
  readonly local?: readonly string[]
  /** What reads the column of an heir that has it by itself too: it refuses another type of this one, and stays when this one goes. Compared as `dependants`. */
  readonly ofHeirs?: readonly string[]
  /** PostgreSQL: the table has it from those that it inherits from, not by itself, so that it goes with theirs. Not part of equality. */
  readonly inherited?: true
  /** The server's own definition, where it holds what the model has no word for (MySQL: INVISIBLE). Not part of equality. */
  readonly source?: string
  /** The column that it follows, null: it is the first (MySQL). Absent: the last one, or not known. Not part of equality. */
  readonly after?: string | null
}

export type ReferentialAction = 'noAction' | 'restrict' | 'cascade' | 'setNull' | 'setDefault'

/** `immediate`: DEFERRABLE INITIALLY IMMEDIATE; `deferred`: DEFERRABLE INITIALLY DEFERRED. Absent: not deferrable. */
export type Deferrable = 'immediate' | 'deferred'

/** What PostgreSQL lets the index of a key have besides its columns. */
interface KeyIndex {
  readonly include?: readonly string[]
  /** Storage parameters. */
  readonly options?: { readonly [option: string]: string }
}

export type ConstraintModel =
  | ({
      readonly kind: 'primaryKey'
      readonly name?: string
      readonly columns: readonly string[]
      readonly deferrable?: Deferrable
    } & KeyIndex &
      Undeclared)
  | ({
      readonly kind: 'unique'
      readonly name?: string
      readonly columns: readonly string[]
      readonly nullsNotDistinct?: true
      readonly deferrable?: Deferrable
    } & KeyIndex &
      Undeclared)
  | ({
      readonly kind: 'check'
      readonly name?: string
      readonly expression: string
      readonly notValid?: true
      /** PostgreSQL: tables that inherit from this one do not get it. */
      readonly noInherit?: true
      /** As of a column. */
      readonly inherited?: true
    } & Undeclared)
  | ({
      readonly kind: 'foreignKey'
      readonly name?: string
      readonly columns: readonly string[]
      /** Empty `columns` means the referenced primary key, as SQLite allows. */
      readonly references: { readonly table: TableRef; readonly columns: readonly string[] }
      readonly onDelete?: ReferentialAction
      /** PostgreSQL: the columns that SET NULL and SET DEFAULT set; absent: all of the key. */
      readonly onDeleteColumns?: readonly string[]
      readonly onUpdate?: ReferentialAction
      readonly match?: 'simple' | 'full' | 'partial'
      readonly deferrable?: Deferrable
      readonly notValid?: true
    } & Undeclared)
  | ({
      readonly kind: 'exclude'
      readonly name?: string
      readonly method?: string
      readonly elements: readonly { readonly expression: string; readonly operator: string }[]
      readonly where?: string
      readonly deferrable?: Deferrable
    } & KeyIndex &
      Undeclared)

export type ConstraintKind = ConstraintModel['kind']
export type ConstraintOf<K extends ConstraintKind> = Extract<ConstraintModel, { readonly kind: K }>

export interface IndexModel extends Undeclared {
  readonly name: string
  readonly unique: boolean
  readonly elements: readonly IndexElement[]
  readonly where?: string
  readonly method?: string
  readonly include?: readonly string[]
  readonly nullsNotDistinct?: true
  /** Storage parameters: `fillfactor` on PostgreSQL. */
  readonly options?: { readonly [option: string]: string }
  readonly comment?: string
  /** The server's own CREATE text, where it keeps one (SQLite). Not part of equality. */
  readonly source?: string
}

/** An index that is there and yet none of the model: a build that failed, or what the server made for a foreign key. */
export interface HiddenIndex extends IndexModel {
  readonly why: 'invalid' | 'foreignKey'
}

/** What a policy is about: `all` is every command. */
export type PolicyCommand = 'all' | 'select' | 'insert' | 'update' | 'delete'

/** A policy of row security (PostgreSQL), in the words of CREATE POLICY. */
export interface PolicyModel extends Undeclared {
  readonly name: string
  /** Rows have to pass one of the permissive policies and all of the restrictive ones. */
  readonly as: 'permissive' | 'restrictive'
  readonly for: PolicyCommand
  /** Names of roles; `public`, `current_user`, `session_user` and `current_role` are the server's keywords. */
  readonly to: readonly string[]
  readonly using?: string
  readonly withCheck?: string
  /** The columns that it reads, of its table and of others, as the server knows them. Not part of equality. */
  readonly reads?: readonly { readonly table: TableRef; readonly column: string }[]
}

export interface TableModel extends Undeclared {
  readonly ref: TableRef
  readonly columns: readonly ColumnModel[]
  readonly constraints: readonly ConstraintModel[]
  readonly indexes: readonly IndexModel[]
  /** Dialect options: `strict`, `withoutRowid` on SQLite; `engine`, `charset`, `collation` on MySQL. */
  readonly options: { readonly [option: string]: string | boolean }
  readonly comment?: string
  /** A table of another kind, which is never altered. In tables of MariaDB that keep their history, an ALTER TABLE would be an event. */
  readonly opaque?: 'virtual' | 'shadow' | 'foreign' | 'partition' | 'versioned'
  /** PostgreSQL: others inherit from it, and no key holds for all of its rows. Not part of equality. */
  readonly hasHeirs?: true
  /** Absent: it is in no publication and in no subscription. */
  readonly replication?: TableReplication
  /** Absent: neither enabled nor forced. */
  readonly rowSecurity?: RowSecurity
  readonly policies?: readonly PolicyModel[]
  /** Not part of equality. */
  readonly hiddenIndexes?: readonly HiddenIndex[]
  /** The server's own CREATE text, where it keeps one (SQLite). Not part of equality. */
  readonly source?: string
}

export interface ViewModel extends Undeclared {
  readonly ref: TableRef
  readonly columns?: readonly string[]
  /** The SELECT. */
  readonly definition: string
  readonly materialized?: true
  /**
   * What CREATE VIEW states beside the SELECT. PostgreSQL: `security_invoker`, `security_barrier`, `check_option`; of a materialised view
   * its storage parameters, `using` (the access method) and `tablespace`. MySQL and MariaDB: `algorithm`, `sql_security`, `check_option`.
   * Absent in a declaration or an operation: not stated, and a view that is replaced keeps its own.
   */
  readonly options?: { readonly [option: string]: string }
  /** A materialised view without rows: WITH NO DATA. */
  readonly noData?: true
  /** What stands in the way of creating the view again, in words. Read with `whole`; not part of equality. */
  readonly dependants?: readonly string[]
  /** The tables, views and types that it reads, as the server knows them. Read with `whole`; not part of equality. */
  readonly reads?: readonly TableRef[]
  /** The columns that cannot go while it is there: those that it reads, of heirs also where they have them from. Read and compared as `reads`. */
  readonly readColumns?: readonly { readonly table: TableRef; readonly column: string }[]
  /** Of a materialised view: other relations cannot have these names. Read and compared as `reads`. */
  readonly indexNames?: readonly string[]
  /** The server's own CREATE text. Empty: something that the view reads was renamed, and how the server writes the view since is not certain. */
  readonly source?: string
  /** Settings of the session that made it, where they are not ours (MySQL: character set and collation). Not part of equality. */
  readonly settings?: { readonly [setting: string]: string }
  /** It does not compile as it stands: what it reads is gone (SQLite). Not part of equality. */
  readonly broken?: true
}

export interface TriggerModel {
  readonly name: string
  readonly table: TableRef
  /** The whole CREATE TRIGGER text. */
  readonly definition: string
  /** Settings of the session that made it, where they are not ours (MySQL: `sql_mode`, character set). Not part of equality. */
  readonly settings?: { readonly [setting: string]: string }
  /** The triggers of the same table and event that run before it, in their order (MySQL). Not part of equality. */
  readonly after?: readonly string[]
  /** What its copies in partitions have otherwise, as statements (PostgreSQL). Read with `whole`; not part of equality. */
  readonly inPartitions?: readonly string[]
}

export interface EnumModel extends Undeclared {
  readonly ref: TableRef
  readonly values: readonly string[]
  /** What cannot go over to a new type of the name, in words: `function f(mood)`. Read with `whole`; not part of equality. */
  readonly dependants?: readonly string[]
}

export interface SequenceModel extends Undeclared {
  readonly ref: TableRef
  readonly type?: 'integer16' | 'integer32' | 'integer64'
  readonly start?: string
  readonly increment?: string
  readonly minValue?: string
  readonly maxValue?: string
  readonly cache?: number
  readonly cycle?: boolean
  readonly ownedBy?: { readonly table: TableRef; readonly column: string }
}

/**
 * What a database or a declaration is: plain, deeply readonly data. Maps are keyed by `tableKey` (triggers by
 * `triggerKey`), never plain objects, so that a table may be called `constructor`.
 */
export interface SchemaModel {
  readonly schemas: readonly string[]
  readonly tables: ReadonlyMap<string, TableModel>
  readonly views: ReadonlyMap<string, ViewModel>
  readonly triggers: ReadonlyMap<string, TriggerModel>
  readonly enums: ReadonlyMap<string, EnumModel>
  readonly sequences: ReadonlyMap<string, SequenceModel>
  readonly extensions: readonly string[]
  /** By their names what schemas have beside them. Read with `whole`; not part of equality. */
  readonly schemaFacts?: ReadonlyMap<string, Undeclared>
  /** By their names where extensions are that are not in the schema of the connection. Not part of equality. */
  readonly extensionSchemas?: ReadonlyMap<string, string>
  /** Stored programs that no operation makes, read where they could name what changes (MySQL). Not part of equality. */
  readonly programs?: readonly StoredProgram[]
  /** Of the names that operations give, by their keys: those that something has which is no part of a model (PostgreSQL). Not part of equality. */
  readonly otherNames?: ReadonlyMap<string, OtherObject>
  /** The publications of UPDATE or DELETE that a new table of the connection's schema is in (PostgreSQL). Read with `whole`; not part of equality. */
  readonly publications?: readonly string[]
}
