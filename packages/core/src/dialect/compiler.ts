import type { SchemaModel, TableRef } from '../model/schema-model.ts'
import type { Irreversible, Operation, OperationKind, OperationOf } from '../operations/operation.ts'
import type { OnlineChange } from '../operations/recording.ts'
import type { Statement } from '../sql/statement.ts'

/** An operation with the schema on both sides of it: all that a compiler may know. */
export interface OperationAround<K extends OperationKind = OperationKind> {
  readonly operation: OperationOf<K>
  readonly before: SchemaModel
  readonly after: SchemaModel
}

/** Exhaustive by type: a new kind of operation does not compile until every dialect answers. Throws UNSUPPORTED. */
export type CompileTable = {
  readonly [K in OperationKind]: (at: OperationAround<K>) => readonly Statement[]
}

/** Sessions that wait for a table: `all` of them, or those that write it. */
export interface BlockedTable {
  readonly table: TableRef
  readonly who: 'all' | 'writers'
}

/** Operations to statements. Pure: a compiler opens no connection, so that plans, scripts and runs have the same statements. */
export interface DialectCompiler {
  readonly table: CompileTable
  /** Several operations as one set of statements. Absent: each operation is compiled by itself. */
  readonly batch?: {
    /** How many of the leading operations belong together (several changes of one SQLite table make one rebuild): at least 1. */
    size(operations: readonly OperationAround[]): number
    /** The statements of as many operations as `size` said, where that is more than 1. */
    compile(operations: readonly OperationAround[]): readonly Statement[]
  }
  /**
   * The operations that one operation amounts to on this server, each with an inverse of its own, so that a downgrade takes back
   * what the server needed besides (MySQL: a text gets a length before a key can have it). Absent: every operation is itself.
   */
  decompose?(before: SchemaModel, operation: Operation): readonly Operation[]
  /**
   * The inverse of an operation with what this server needs besides, so that a downgrade restores it exactly (PostgreSQL: it keeps expressions
   * in its own words, with casts that depend on the types of their columns), or why there is none here. Absent: the inverse is core's.
   */
  invert?(around: OperationAround, inverse: readonly Operation[]): readonly Operation[] | Irreversible
  /** The statement with the server told how it may change the table. Absent: there is no such choice, and nothing is said. */
  online?(statement: Statement, how: OnlineChange): Statement
  /**
   * What a plan says of a step before it runs, as far as the tables show it: what the server will refuse, and what it does outside the
   * database (PostgreSQL: owners, publications). Absent: nothing.
   */
  notes?(before: SchemaModel, after: SchemaModel, operations: readonly Operation[]): readonly string[]
  /** The tables that other sessions wait for from an operation on, until its transaction ends. Absent: there are none. */
  blocked?(before: SchemaModel, operation: Operation): readonly BlockedTable[]
}
