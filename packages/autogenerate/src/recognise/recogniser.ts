import type { ForeignInspection } from '@org/migrate-core'
import {
  holding,
  isText,
  type OptionCheck,
  oneOf,
  optional,
  type SchemaModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { isTexts, listOf } from '@org/migrate-core/internal'

const isRefs = listOf(holding<TableRef>({ name: isText, schema: optional(isText) }))

export const isWithTables: OptionCheck = listOf(holding<Pick<ToolHistory, 'tables'>>({ tables: isRefs }))

/** What `recogniseTools` gives of one tool. */
export const isToolHistory: OptionCheck = holding<ToolHistory>({
  tool: isText,
  version: optional(isText),
  tables: isRefs,
  records: oneOf('each', 'mark', 'last'),
  applied: listOf(holding<AppliedMigration>({ name: isText, at: optional(isText), hash: optional(isText) })),
  problems: isTexts,
})

/** A migration that another tool says it has run. */
export interface AppliedMigration {
  /** As its table has it; where the table keeps no names (drizzle-kit 0.x), the hash stands for one. */
  readonly name: string
  /** The time beside it, ISO 8601 where the table says which moment it is: when it was run, or when it was written. */
  readonly at?: string
  /** The checksum of its file, where the tool keeps one that can be made again. */
  readonly hash?: string
}

/** What another tool has left of itself in a database. */
export interface ToolHistory {
  readonly tool: string
  /** Where its table tells versions of the tool apart. */
  readonly version?: string
  /** Its own tables, of those that there are: left alone, and never a part of a model. */
  readonly tables: readonly TableRef[]
  /**
   * What its rows are: `each`, one for every migration that ran; `mark`, the same, but the tool continues after the latest of them and
   * never checks whether an earlier one is missing; `last`, only where the database stands, with everything before it run too.
   */
  readonly records: 'each' | 'mark' | 'last'
  /** In the order in which they ran, as far as the table tells. */
  readonly applied: readonly AppliedMigration[]
  /** Why the database may not be what its tables say, a sentence each: a lock that is still held, a migration that failed. */
  readonly problems: readonly string[]
}

/** What a recogniser may look at. Nothing is written. */
export interface RecogniserInspection extends Pick<ForeignInspection, 'dialect' | 'query'> {
  /** The tables of the database. */
  readonly tables: SchemaModel
  /** Where a table is that the tool calls otherwise by itself, by that name. */
  readonly named: ReadonlyMap<string, TableRef>
}

/**
 * One tool that may have migrated a database before. Its tables are known by their names and columns together: `migrations` or
 * `schema_migrations` may belong to another program.
 */
export interface Recogniser {
  /** As people write it: `Alembic`. */
  readonly tool: string
  /** What it calls its own tables by itself; the first says what ran. */
  readonly tables: readonly [string, ...string[]]
  /** Undefined where none of it is there. */
  recognise(inspection: RecogniserInspection): Promise<ToolHistory | undefined>
}
