import type { Operation } from '@org/migrate-core'
import {
  type Dialect,
  findTable,
  refText,
  type SchemaModel,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { isSame, securityImpact } from '@org/migrate-core/internal'
import type { Change, FillChange, OperationChange } from '../differences/change.ts'
import type { NamesBefore } from '../differences/previous-names.ts'
import type { TableDifference } from '../differences/table-difference.ts'
import type { RenamedValue } from '../renames/objects.ts'

/** What the author of a value said: an SQL expression for rows that are there already; undefined: the file asks for it. */
export type FillAnswer = (request: Pick<FillChange, 'table' | 'column' | 'where'>) => string | undefined

/** The steps of a revision while they are found: each is folded over the schema at once, so that what cannot be run is never written. */
export interface Composition {
  readonly dialect: Dialect
  readonly fill: FillAnswer
  /** What a declared object is once it is there, with the names that the server gives. */
  readonly to: SchemaModel
  readonly differences: ReadonlyMap<string, TableDifference>
  readonly renamedValues: readonly RenamedValue[]
  readonly before: NamesBefore
  /** The schema as it stood before anything. */
  readonly start: SchemaModel
  model: SchemaModel
  readonly changes: Change[]
  /** Checks of the rows that are there, which run before anything is changed. */
  readonly checks: Change[]
}

/**
 * A change that leaves the column as the model has it already is none: what the server shows otherwise then comes with another operation,
 * as the type and the collation that a key gives its columns on MySQL.
 */
function isNoChange(before: SchemaModel, after: SchemaModel, operation: Operation): boolean {
  if (operation.kind !== 'alterColumn') return false
  // The place of a column is known only once something was done to its table.
  const [columnsBefore, columnsAfter] = [before, after].map((model) =>
    findTable(model, operation.table)?.columns.map(({ after: _, ...column }) => column),
  )
  return isSame(columnsBefore, columnsAfter)
}

export function emit(
  composition: Composition,
  operation: Operation,
  about: Omit<OperationChange, 'kind' | 'operation'> = {},
): void {
  const after = composition.dialect.model.apply(composition.model, operation)
  if (isNoChange(composition.model, after, operation)) return
  const security = securityImpact(composition.model, operation)
  composition.model = after
  composition.changes.push({ kind: 'operation', operation, ...(security === undefined ? {} : { security }), ...about })
}

/** The table as it stands at this point of the revision. */
export function tableNow(composition: Composition, ref: TableRef): TableModel {
  const table = findTable(composition.model, ref)
  if (table !== undefined) return table
  throw new Error(`the comparison lost the table ${refText(ref)}`)
}

/** Whether the server needs objects to be there before others refer to them. */
export function isStrict({ dialect }: Composition): boolean {
  return dialect.capabilities.lateReferences !== true
}

/** A key of the table that is none of these columns, to go through its rows by. */
export function keyWithout(table: TableModel, column: string): readonly string[] | undefined {
  const key = table.constraints.find((one) => one.kind === 'primaryKey')
  return key?.kind === 'primaryKey' && !key.columns.includes(column) ? key.columns : undefined
}

/** What a fill has to know of the table: how to go through its rows, and what it must not touch. */
export function fillFacts(table: TableModel, column: string): Pick<FillChange, 'key' | 'unchangedColumns'> {
  const key = keyWithout(table, column)
  const unchangedColumns = table.columns.flatMap(({ name, onUpdate }) =>
    onUpdate === undefined || name === column ? [] : [name],
  )
  return { ...(key === undefined ? {} : { key }), ...(unchangedColumns.length === 0 ? {} : { unchangedColumns }) }
}
