import type { SchemaModel, TableModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'

/** The schema as a value: what an operation makes of it, and how this server shows it. */
export interface DialectModel {
  /** Core's `apply`, plus the edit of the texts that this server keeps (`source`). Takes operations as they were recorded. */
  apply(before: SchemaModel, operation: Operation): SchemaModel
  /**
   * A table as this server would show it: `native` folded into the type, logical types that have no form of their own replaced
   * by what they become. Two tables are equal on this dialect iff their normal forms have no differences.
   */
  normalise(table: TableModel): TableModel
  /** A schema that was read, in the words that its author would use (`serial`). Absent: it is read in such words. */
  asWritten?(schema: SchemaModel): SchemaModel
  /** The name of the schema of the connection; before a session, the usual one. Absent: there are no schemas. */
  readonly ownSchema?: string
}
