import type { Operation } from '@org/migrate-core'
import {
  type Dialect,
  findTable,
  refText,
  type SchemaModel,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import type { Change, FillChange } from '../differences/change.ts'
import type { NamesBefore } from '../differences/previous-names.ts'
import type { TableDifference } from '../differences/table-difference.ts'
import type { RenamedValue } from '../renames/objects.ts'

/** What the author of a value said: an SQL expression for rows that are there already; undefined: the file asks for it. */
export type FillAnswer = (request: Pick<FillChange, 'table' | 'column' | 'where'>) => string | undefined

/** What the steps of a revision are found from. */
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
  /** The schema with every step folded in that was given so far. */
  model: SchemaModel
}

/** A check of the rows that are there, which runs before anything is changed. */
interface RowCheck {
  readonly kind: 'rowCheck'
  readonly operation: Operation
}

/** The steps of one part of a revision. Each is folded into `model` before the next is asked for. */
export type Steps<T = void> = Generator<Operation | Change | RowCheck, T, void>

/** The table as it stands at this point of the revision. */
export function tableNow(composition: Composition, ref: TableRef): TableModel {
  const table = findTable(composition.model, ref)
  if (table !== undefined) return table
  throw new Error(`the comparison lost the table ${refText(ref)}`)
}

/** A table of the declaration beside what it is at some point of the revision. */
export type Compare = (table: TableModel) => TableDifference | undefined

/** The change of one table, handed down to what finds the steps of it. */
export interface TableChange {
  readonly composition: Composition
  readonly difference: TableDifference
  /** The table as it stands at this point of the revision: what was given so far is folded in each time it is read. */
  readonly now: TableModel
}

export function tableChange(composition: Composition, difference: TableDifference): TableChange {
  return {
    composition,
    difference,
    get now() {
      return tableNow(composition, difference.ref)
    },
  }
}

/** Whether the server needs objects to be there before others refer to them. */
export function isStrict({ dialect }: Composition): boolean {
  return dialect.capabilities.lateReferences !== true
}
