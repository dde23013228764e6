import type { ColumnModel } from '@org/migrate-core/dialect'
import { type Column, type ColumnDataType, type SQL, sql } from 'drizzle-orm'
import { isVersion1 } from '../version.ts'
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

/** What 1.0 calls the values that 0.45 has one word for. */
const valueTypes: { readonly [K in ColumnCodec['dataType']]: string } = {
  string: 'string',
  number: 'number double',
  bigint: 'bigint int64',
  boolean: 'boolean',
  json: 'object json',
  buffer: 'object buffer',
  custom: 'custom',
}

/** What the loaded drizzle-orm calls the values of a column. */
export function valueTypeOf({ model: { type }, dataType }: ColumnPlan): ColumnDataType {
  if (!isVersion1) return dataType
  const name =
    type.kind === 'integer' && dataType === 'number'
      ? `number int${type.bits}`
      : type.kind === 'enum' && dataType === 'string'
        ? 'string enum'
        : valueTypes[dataType]
  return name as ColumnDataType
}

/** The functions of a column by which its values are read and written: in 1.0 they are members of the column, not of its class. */
export function readAndWrite(column: Column, { fromDriver, toDriver }: ColumnPlan): void {
  Object.assign(column, { mapFromDriverValue: fromDriver, mapToDriverValue: toDriver })
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
