import type { DialectName } from '../model/column-type.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { Row, SqlValue } from '../model/sql-value.ts'
import type { RevisionSource } from './revision-source.ts'

/** What a tier may look at to recognise another tool's history. Nothing is written. */
export interface ForeignInspection {
  readonly dialect: DialectName
  readonly tableNames: readonly string[]
  query(sql: string, params?: readonly SqlValue[]): Promise<readonly Row[]>
  introspect(): Promise<SchemaModel>
  /** What differs between this database and another schema, a line each. */
  differences(declared: SchemaModel): Promise<readonly string[]>
}

export interface ForeignFinding {
  readonly table: string
  readonly stamp: readonly string[]
  /** Whole sentences: what it is and what it means. */
  readonly message: string
  readonly differences: readonly string[]
  readonly remedy?: string
}

export interface ForeignHistory {
  /** The tables that may hold it; where none exists, `find` is not called. */
  readonly tables: readonly string[]
  find(inspection: ForeignInspection): Promise<ForeignFinding | undefined>
}

/** A source of revisions with a store of its own. Tiers run in order. */
export interface Tier {
  readonly name: string
  /** `sequential`: parent of n is n-1, applied names in `table` (Peewee's shape: id, name, migrated_at). */
  readonly kind: 'graph' | 'sequential'
  readonly source: RevisionSource
  /**
   * A database whose history began without this tier stays without it: none of its steps are pending there. Default false: steps of a
   * tier that was added later run.
   */
  readonly optional?: boolean
  /** sequential: the history table, default `migratehistory`. */
  readonly table?: string
  readonly foreignHistory?: ForeignHistory
}
