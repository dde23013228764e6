import type { Operation, OperationKind, OperationOf } from '@org/migrate-core'
import { type Dialect, describe, type SchemaModel, schemaDifferences, type TableRef } from '@org/migrate-core/dialect'

/** An operation of a generated revision, with what a reader of the file has to know of it. */
export interface OperationChange {
  readonly kind: 'operation'
  readonly operation: Operation
  /** What is gone for good when it has run: `the values of users.age`. */
  readonly loses?: string
  /** What it opens or closes to roles. */
  readonly security?: string
  /** What to look at: a comment above it. */
  readonly note?: string
  /**
   * Values of an enum that are dropped, for which the replacement in rows is unknown: `replaceBy` is for the author to fill in.
   * (On servers whose enums are no objects, a `fill` does it.)
   */
  readonly replacements?: readonly string[]
}

/** Rows that are there already have to get a value of a column before the next change can be made. */
export interface FillChange {
  readonly kind: 'fill'
  readonly table: TableRef
  readonly column: string
  /** Which rows: those without a value, or those with one that is to go. */
  readonly where: { readonly kind: 'null' } | { readonly kind: 'value'; readonly value: string }
  /** The columns of a key of the table, none of which is the column itself; absent: there is none. */
  readonly key?: readonly string[]
  /** Columns that an update sets by itself: they are written as they are, since nothing has happened to them. */
  readonly unchangedColumns?: readonly string[]
  /** The value as an expression in portable SQL; absent: for the author to fill in, and the revision is refused until then. */
  readonly value?: string
  /** The columns that `value` is computed from, by their names before the revision; absent: not known. */
  readonly sources?: readonly string[]
  /** The revision drops the column: `preserve: true` there restores the values that this one stands in for. */
  readonly isDropped?: true
  /** What the value is called now: the downgrade gives rows the old one again. Absent: it is gone. */
  readonly renamedTo?: string
  /** The revision adds the column: what reads the table may wait from there until all rows have their value. */
  readonly isNew?: true
  /** Why it is needed, one line: `users.locale becomes NOT NULL`. */
  readonly why: string
}

/** One step of a generated revision, in the order to run. */
export type Change = OperationChange | FillChange

/** The steps of the databases that one revision serves, by the name of their dialect. */
export type ChangesByDialect = ReadonlyMap<string, readonly Change[]>

/** Objects that surround tables, of which a comparison of schemas tells nothing. */
const surroundingLines: { readonly [K in OperationKind]?: (operation: OperationOf<K>) => string } = {
  createSchema: ({ schema }) => `schema ${schema} is missing`,
  dropSchema: ({ schema }) => `schema ${schema} is not expected`,
  createExtension: ({ extension }) => `extension ${extension} is missing`,
  dropExtension: ({ extension }) => `extension ${extension} is not expected`,
}

function surroundingLine<K extends OperationKind>(operation: OperationOf<K>, kind: K): readonly string[] {
  const lineOf: ((operation: OperationOf<K>) => string) | undefined = surroundingLines[kind]
  return lineOf === undefined ? [] : [lineOf(operation)]
}

/**
 * How a schema differs from what changes make of it, a line each: `table users: column age is missing`, `… is not expected`,
 * `… type is text, expected varchar(12)`. Empty where nothing differs; what only prepares a change of rows is no difference.
 */
export function differenceLines(dialect: Dialect, actual: SchemaModel, changes: readonly Change[]): readonly string[] {
  const operations = changes.flatMap((change) =>
    change.kind === 'operation' && change.operation.kind !== 'expectNone' ? [change.operation] : [],
  )
  const expected = operations.reduce((model, operation) => dialect.model.apply(model, operation), actual)
  const lines = [
    ...operations.flatMap((operation) => surroundingLine(operation, operation.kind)),
    ...schemaDifferences(expected, actual),
  ]
  return lines.length > 0 ? lines : operations.map(describe)
}
