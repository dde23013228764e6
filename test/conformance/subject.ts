import type { StepDatabase } from '@org/migrate-core'
import type { Dialect } from '@org/migrate-core/dialect'

/** A database of one test, empty, with the server's own client beside the dialect. */
export interface SubjectDatabase {
  readonly dialect: Dialect
  /** Sends text as it is; rows of the last result. What a test expects never comes through the dialect. */
  sql(text: string): Promise<readonly Record<string, unknown>[]>
  /** The major version of the server, where the matrix has cells that begin with one. */
  readonly version?: number
  close(): Promise<void>
}

/** What has to be said in the server's own words; `undefined`: it has no such thing. */
export interface SqlFragments {
  /** A name between the server's own quotes, for the client beside the dialect. */
  readonly quoted: (name: string) => string
  /** The longest name it takes: its own figure, written down, not asked of the dialect. */
  readonly nameLimit?: { readonly length: number; readonly unit: 'bytes' | 'characters' }
  /** Whether a name may have characters beyond U+FFFF. */
  readonly astralNames: boolean
  /** A CREATE TRIGGER that puts the column `name` of each row that comes into `item` into the column `note` of `log`. */
  readonly trigger?: (name: string) => string
  /** What that trigger needs beforehand, sent by the client. */
  readonly beforeTrigger?: string
  /** A collation, other than the one that a text has by itself. */
  readonly collation?: string
  /** An option that a table can be made with and one that it can be given later. */
  readonly tableOption?: { readonly name: string; readonly value: string | boolean; readonly other: string | boolean }
  /** What a view can be made with, and other values of it. */
  readonly viewOptions?: { readonly [option: string]: readonly [string, ...string[]] }
  /** The method of an index that searches in a text. */
  readonly fulltextMethod?: string
  /** An extension that every installation brings. */
  readonly extension?: string
  /** The type, default and generated expression of a column that only this server knows. */
  readonly nativeType?: string
}

/** One server under the suite. */
export interface Subject {
  /** As it stands at the head of its column in the support matrix. */
  readonly name: string
  open(): Promise<SubjectDatabase>
  readonly fragments: SqlFragments
  /** Whether a revision is one transaction, or each of its DDL statements commits. */
  readonly transactional: boolean
  /** Through Drizzle on the step: puts a row into `item` in a transaction of its own, and throws `out of the transaction`. */
  readonly drizzle?: (db: StepDatabase) => Promise<void>
  /** How many random models survive there and back, and the seed of the first. */
  readonly randomModels: {
    readonly count: number
    readonly seed: number
    readonly only?: number
    /** Behind so many, only those are made that have what none before had. Absent: all of them. */
    readonly first?: number
  }
  /** Of the cases of operations each n-th is run, and all that only this version of its server has. Absent: every one. */
  readonly operationEvery?: number
  /** What a random model may have, besides what every database has. */
  readonly random: RandomFeatures
}

/** What a server's tables can have; the generator of random models draws from it. */
export interface RandomFeatures {
  readonly schemas: boolean
  readonly enums: boolean
  readonly sequences: boolean
  readonly comments: boolean
  readonly identity: readonly ('always' | 'byDefault' | 'autoIncrement')[]
  readonly generated: readonly ('stored' | 'virtual')[]
  /** An update can set a column to its time. */
  readonly onUpdate: boolean
  readonly nullsNotDistinct: boolean
  readonly deferrable: readonly ('unique' | 'primaryKey' | 'foreignKey')[]
  readonly partialIndexes: boolean
  readonly expressionIndexes: boolean
  readonly includeIndexes: boolean
  readonly descendingIndexes: boolean
  readonly nullsOrder: boolean
  readonly prefixIndexes: boolean
  /** Texts without a length can be part of a key or an index. */
  readonly textKeys: boolean
  /** Texts, bytes and JSON can have a literal as default. */
  readonly textDefaults: boolean
  readonly setDefault: boolean
  readonly matchFull: boolean
  readonly exclude: boolean
  readonly materializedViews: boolean
  /** The option of the words can stand on any table. */
  readonly tableOptions: boolean
}
