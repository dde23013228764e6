import type { ColumnModel } from '@org/migrate-core/dialect'
import { type SQL, sql } from 'drizzle-orm'
import type { ColumnCodec } from './values.ts'

/** What of a column is said beside its model. */
export interface ColumnPlan {
  readonly model: ColumnModel
  readonly dataType: ColumnCodec['dataType']
  fromDriver(value: unknown): unknown
  toDriver(value: unknown): unknown
  /** The columns that name a row of the table: for errors. */
  readonly key: readonly string[]
  /** The column's own PRIMARY KEY; other keys are the table's. */
  readonly primary: boolean
  /** Facts that Drizzle, and drizzle-zod, look for on a column. */
  readonly shown: { readonly enumValues: string[] | undefined; readonly length: number | undefined }
  /** What Drizzle's builders hold of a column, whatever the dialect. */
  readonly config: {
    readonly notNull: boolean
    readonly primaryKey: boolean
    readonly hasDefault: boolean
    readonly default: SQL | undefined
    /** What Drizzle calls for an insert that leaves the column out. */
    readonly defaultFn?: () => unknown
  }
}

/** The names by which drizzle-zod knows what a column holds. */
export type ColumnNames = { readonly [K in 'smallint' | 'integer' | 'double' | 'varchar']: string } & {
  readonly [K in ColumnCodec['dataType']]: string
}

/**
 * The one of these names that the column goes by. The classes of Drizzle that have them read and write otherwise than a portable
 * column does (a 64-bit integer as a number, a timestamp as a Date), so they cannot be used.
 */
export function columnName({ model: { type }, dataType }: ColumnPlan, names: ColumnNames): string {
  if (dataType === 'number' && type.kind === 'integer') return type.bits === 16 ? names.smallint : names.integer
  if (dataType === 'number') return names.double
  return dataType === 'string' && type.kind === 'varchar' ? names.varchar : names[dataType]
}

interface ColumnContext {
  readonly table: string
  readonly key: readonly string[]
  readonly primary: boolean
  readonly clientDefault?: (() => unknown) | undefined
}

export function planOf(
  model: ColumnModel,
  { table, key, primary, clientDefault }: ColumnContext,
  codec: ColumnCodec,
  text?: string,
): ColumnPlan {
  const location = { table, column: model.name }
  const { type } = model
  return {
    model,
    dataType: codec.dataType,
    fromDriver: (value) => codec.fromDriver(value, location),
    toDriver: (value) => codec.toDriver(value, location),
    key,
    primary,
    shown: {
      enumValues: type.kind === 'enum' ? [...type.values] : undefined,
      length: type.kind === 'varchar' ? type.length : undefined,
    },
    config: {
      notNull: !model.nullable,
      primaryKey: primary,
      hasDefault:
        text !== undefined ||
        clientDefault !== undefined ||
        model.identity !== undefined ||
        model.generated !== undefined,
      default: text === undefined ? undefined : sql.raw(text),
      ...(clientDefault === undefined ? {} : { defaultFn: clientDefault }),
    },
  }
}
