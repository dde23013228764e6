import type { OperationKind, UnloadedDialect } from '@org/migrate-core/dialect'

/** One promise of the suite: `run` rejects where the dialect does not keep it. */
export interface ConformanceTest {
  readonly title: string
  readonly run: () => Promise<void>
  /** How long it may take in milliseconds, where that is more than a minute. */
  readonly timeoutMs?: number
}

/** A database of one test, empty, with the server's own client. */
export interface SubjectDatabase {
  readonly dialect: UnloadedDialect
  /** Sends text as it is; rows of the last result. What a test expects never comes through the dialect. */
  sql(text: string): Promise<readonly Record<string, unknown>[]>
  close(): Promise<void>
}

/** The SQL of the server that a test needs; `undefined`: the server has no such thing. */
export interface SqlFragments {
  /** A name between the server's own quotes. By default double quotes. */
  readonly quoted: (name: string) => string
  /** The longest name that the server takes, from its manual: it is not read from the dialect. */
  readonly nameLimit?: { readonly length: number; readonly unit: 'bytes' | 'characters' }
  /** Whether a name may have characters beyond U+FFFF. By default it may. */
  readonly astralNames: boolean
  /** A CREATE TRIGGER that puts the column `name` of each row that comes into `item` into the column `note` of `log`. */
  readonly trigger?: (name: string) => string
  /** What that trigger needs beforehand, sent by the client. */
  readonly beforeTrigger?: string
  /** A collation, other than the one that a text has by itself. */
  readonly collation?: string
  /** An option that a table can be created with, and a value that it can get later. */
  readonly tableOption?: { readonly name: string; readonly value: string | boolean; readonly other: string | boolean }
  /** What a view can be created with, and other values of it. */
  readonly viewOptions?: { readonly [option: string]: readonly [string, ...string[]] }
  /** The method of an index that searches in a text. */
  readonly fulltextMethod?: string
  /** An extension that every installation brings. */
  readonly extension?: string
  /** A query for each table's name and where its rows are: another value once the server has rewritten them. */
  readonly storage?: string
  /** The type of a column that only this server knows. */
  readonly nativeType?: string
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
  /** Any table can have the option of the fragments. */
  readonly tableOptions: boolean
}

/** What every database has, and nothing else. */
export const leastFeatures: RandomFeatures = {
  schemas: false,
  enums: false,
  sequences: false,
  comments: false,
  identity: [],
  generated: [],
  onUpdate: false,
  nullsNotDistinct: false,
  deferrable: [],
  partialIndexes: false,
  expressionIndexes: false,
  includeIndexes: false,
  descendingIndexes: false,
  nullsOrder: false,
  prefixIndexes: false,
  textKeys: false,
  textDefaults: false,
  setDefault: false,
  matchFull: false,
  exclude: false,
  materializedViews: false,
  tableOptions: false,
}

/** What the dialect makes of one case of an operation. */
export interface CaseOutcome {
  readonly kind: OperationKind
  readonly title: string
  /** `native`, `3 statements`, `rebuilt`, `no statement`, `unsupported`; with `, outside a transaction` or `, no downgrade`. */
  readonly outcome: string
  /** The reason where it is `unsupported`. */
  readonly why?: string
}

export interface Subject {
  open(): Promise<SubjectDatabase>
  /** Whether a revision is one transaction, or each of its DDL statements commits. */
  readonly transactional: boolean
  readonly fragments: SqlFragments
  /** What a random model may have, besides what every database has. */
  readonly random: RandomFeatures
  readonly randomModels: {
    /** How many random models are drawn. */
    readonly count: number
    readonly seed: number
    /** One of them, by its number. */
    readonly only?: number
    /** After so many, only those are created that have a feature which none before had. Absent: all of them. */
    readonly first?: number
  }
  /** Gets what the dialect makes of each case before it is run: throw if your documentation has something else. */
  readonly onOutcome?: (outcome: CaseOutcome, database: SubjectDatabase) => void
}

/** One server under the suite. `open` and `transactional` are enough; each fragment and each feature adds tests. */
export interface ConformanceOptions extends Pick<Subject, 'open' | 'transactional' | 'onOutcome'> {
  readonly fragments?: Partial<SqlFragments>
  readonly random?: Partial<RandomFeatures>
  /** By default 100 models, with which every feature occurs, and another seed in each run. A failure names its seed and its number. */
  readonly randomModels?: Partial<Subject['randomModels']>
}

export function resolveSubject({ fragments, random, randomModels, ...given }: ConformanceOptions): Subject {
  return {
    ...given,
    fragments: { quoted: (name) => `"${name.replaceAll('"', '""')}"`, astralNames: true, ...fragments },
    random: { ...leastFeatures, ...random },
    randomModels: { count: 100, seed: Math.floor(Math.random() * 0x7fffffff), ...randomModels },
  }
}
