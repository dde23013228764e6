import type { ColumnModel } from '@org/migrate-core/dialect'
import {
  type Column,
  type ColumnBaseConfig,
  type ColumnDataType,
  entityKind,
  getTableName,
  type SQL,
} from 'drizzle-orm'
import { SQLiteColumn, SQLiteColumnBuilder, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { types } from '../types.ts'
import type { ColumnCodec, ValuePlace } from './values.ts'

type Facts = ColumnBaseConfig<ColumnDataType, string>

export interface PortableConfig {
  readonly model: ColumnModel
  readonly sqlType: string
  readonly codec: ColumnCodec
}

/**
 * The names by which drizzle-zod knows what a column holds; the classes of Drizzle of these names read and write
 * otherwise than a portable column does (a 64-bit integer as a number, for one), so they cannot be used.
 */
function columnTypeOf({ model, codec }: PortableConfig): string {
  const { type } = model
  if (codec.dataType === 'bigint') return 'SQLiteBigInt'
  if (codec.dataType === 'boolean') return 'SQLiteBoolean'
  if (codec.dataType === 'number') return type.kind === 'integer' ? 'SQLiteInteger' : 'SQLiteReal'
  if (codec.dataType === 'string') return 'SQLiteText'
  if (codec.dataType === 'json') return 'SQLiteTextJson'
  return codec.dataType === 'buffer' ? 'SQLiteBlobBuffer' : 'SQLiteCustomColumn'
}

const placeOf = (column: Column): ValuePlace => ({ table: getTableName(column.table), column: column.name })

export class PortableColumn extends SQLiteColumn<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumn'
  override readonly enumValues: string[] | undefined
  readonly autoIncrement: boolean
  /** drizzle-zod reads it as the longest text. */
  readonly length: number | undefined
  // Not #private: Drizzle hands columns out behind a Proxy, which private members refuse.
  protected readonly portable: PortableConfig

  constructor(
    table: SQLiteTable,
    config: ConstructorParameters<typeof SQLiteColumn>[1] & { readonly portable: PortableConfig },
  ) {
    super(table, config)
    this.portable = config.portable
    const { type, identity } = config.portable.model
    this.enumValues = type.kind === 'enum' ? [...type.values] : undefined
    this.length = type.kind === 'varchar' ? type.length : undefined
    this.autoIncrement = identity?.mode === 'autoIncrement'
  }

  getSQLType(): string {
    return this.portable.sqlType
  }

  override mapFromDriverValue(value: unknown): unknown {
    return this.portable.codec.fromDriver(value, placeOf(this))
  }

  override mapToDriverValue(value: unknown): unknown {
    return this.portable.codec.toDriver(value, placeOf(this))
  }
}

/** What `sqliteTable` builds a portable column from. */
export class PortableColumnBuilder extends SQLiteColumnBuilder<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumnBuilder'

  constructor(
    model: ColumnModel,
    codec: ColumnCodec,
    facts: { readonly primary: boolean; readonly default: SQL | undefined; readonly generated: SQL | undefined },
  ) {
    const sqlType = model.native?.sqlite ?? types.toSql(model.type)
    const portable: PortableConfig = { model, sqlType, codec }
    super(model.name, codec.dataType, columnTypeOf(portable))
    Object.assign(this.config, {
      portable,
      notNull: !model.nullable,
      primaryKey: facts.primary,
      hasDefault: facts.default !== undefined || model.identity !== undefined || model.generated !== undefined,
      default: facts.default,
    })
    if (facts.generated !== undefined) {
      this.generatedAlwaysAs(facts.generated, { mode: model.generated?.stored === true ? 'stored' : 'virtual' })
    }
  }

  /** Called by sqliteTable; Drizzle leaves it out of its published types. */
  build(table: SQLiteTable): PortableColumn {
    return new PortableColumn(table, this.config as ConstructorParameters<typeof PortableColumn>[1])
  }
}
