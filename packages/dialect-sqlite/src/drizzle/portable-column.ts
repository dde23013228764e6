import type { ColumnPlan, ValuePlace } from '@org/migrate-core/dialect'
import { type ColumnBaseConfig, type ColumnDataType, entityKind, getTableName, sql } from 'drizzle-orm'
import { SQLiteColumn, SQLiteColumnBuilder, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { types } from '../types.ts'

type Facts = ColumnBaseConfig<ColumnDataType, string>

/**
 * The names by which drizzle-zod knows what a column holds; the classes of Drizzle of these names read and write
 * otherwise than a portable column does (a 64-bit integer as a number, for one), so they cannot be used.
 */
function columnTypeOf({ model, codec }: ColumnPlan): string {
  const { type } = model
  if (codec.dataType === 'bigint') return 'SQLiteBigInt'
  if (codec.dataType === 'boolean') return 'SQLiteBoolean'
  if (codec.dataType === 'number') return type.kind === 'integer' ? 'SQLiteInteger' : 'SQLiteReal'
  if (codec.dataType === 'string') return 'SQLiteText'
  if (codec.dataType === 'json') return 'SQLiteTextJson'
  return codec.dataType === 'buffer' ? 'SQLiteBlobBuffer' : 'SQLiteCustomColumn'
}

export class PortableColumn extends SQLiteColumn<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumn'
  override readonly enumValues: string[] | undefined
  readonly autoIncrement: boolean
  /** drizzle-zod reads it as the longest text. */
  readonly length: number | undefined
  // Not #private: Drizzle hands columns out behind a Proxy, which private members refuse.
  protected readonly plan: ColumnPlan

  constructor(
    table: SQLiteTable,
    config: ConstructorParameters<typeof SQLiteColumn>[1] & { readonly plan: ColumnPlan },
  ) {
    super(table, config)
    this.plan = config.plan
    const { type, identity } = config.plan.model
    this.enumValues = type.kind === 'enum' ? [...type.values] : undefined
    this.length = type.kind === 'varchar' ? type.length : undefined
    this.autoIncrement = identity?.mode === 'autoIncrement'
  }

  getSQLType(): string {
    const { model } = this.plan
    return model.native?.sqlite ?? types.toSql(model.type)
  }

  override mapFromDriverValue(value: unknown): unknown {
    return this.plan.codec.fromDriver(value, this.place())
  }

  override mapToDriverValue(value: unknown): unknown {
    return this.plan.codec.toDriver(value, this.place())
  }

  protected place(): ValuePlace {
    return { table: getTableName(this.table), column: this.name }
  }
}

/** What `sqliteTable` builds a portable column from. */
export class PortableColumnBuilder extends SQLiteColumnBuilder<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumnBuilder'

  constructor(plan: ColumnPlan) {
    const { model, codec } = plan
    super(model.name, codec.dataType, columnTypeOf(plan))
    Object.assign(this.config, {
      plan,
      notNull: !model.nullable,
      primaryKey: plan.primary,
      hasDefault: plan.default !== undefined || model.identity !== undefined || model.generated !== undefined,
      default: plan.default === undefined ? undefined : sql.raw(plan.default),
    })
    if (model.generated !== undefined) {
      const mode = model.generated.stored ? 'stored' : 'virtual'
      this.generatedAlwaysAs(sql.raw(model.generated.expression), { mode })
    }
  }

  /** Called by sqliteTable; Drizzle leaves it out of its published types. */
  build(table: SQLiteTable): PortableColumn {
    return new PortableColumn(table, this.config as ConstructorParameters<typeof PortableColumn>[1])
  }
}
