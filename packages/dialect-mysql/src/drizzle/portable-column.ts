import type { ColumnPlan, ValuePlace } from '@org/migrate-core/dialect'
import { type ColumnBaseConfig, type ColumnDataType, entityKind, getTableName, sql } from 'drizzle-orm'
import { MySqlColumn, MySqlColumnBuilder, type MySqlTable } from 'drizzle-orm/mysql-core'
import { toSql } from '../types.ts'

type Facts = ColumnBaseConfig<ColumnDataType, string>

/**
 * The names by which drizzle-zod knows what a column holds; the classes of Drizzle of these names read and write
 * otherwise than a portable column does (a DATETIME as a Date, for one), so they cannot be used.
 */
function columnTypeOf({ model, codec }: ColumnPlan): string {
  const { type } = model
  if (codec.dataType === 'bigint') return 'MySqlBigInt64'
  if (codec.dataType === 'boolean') return 'MySqlBoolean'
  if (codec.dataType === 'number') {
    return type.kind === 'integer' ? (type.bits === 16 ? 'MySqlSmallInt' : 'MySqlInt') : 'MySqlDouble'
  }
  if (codec.dataType === 'string') return type.kind === 'varchar' ? 'MySqlVarChar' : 'MySqlText'
  return codec.dataType === 'json' ? 'MySqlJson' : 'MySqlCustomColumn'
}

export class PortableColumn extends MySqlColumn<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumn'
  override readonly enumValues: string[] | undefined
  readonly autoIncrement: boolean
  /** drizzle-zod reads these two as the longest text. */
  readonly length: number | undefined
  readonly textType = 'longtext'
  // Not #private: Drizzle hands columns out behind a Proxy, which private members refuse.
  protected readonly plan: ColumnPlan

  constructor(table: MySqlTable, config: ConstructorParameters<typeof MySqlColumn>[1] & { readonly plan: ColumnPlan }) {
    super(table, config)
    this.plan = config.plan
    const { type, identity } = config.plan.model
    this.enumValues = type.kind === 'enum' ? [...type.values] : undefined
    this.length = type.kind === 'varchar' ? type.length : undefined
    this.autoIncrement = identity !== undefined
  }

  getSQLType(): string {
    const { model } = this.plan
    return model.native?.mysql ?? toSql(model.type)
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

/** What `mysqlTable` builds a portable column from. */
export class PortableColumnBuilder extends MySqlColumnBuilder<Facts> {
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

  /** Called by mysqlTable; Drizzle leaves it out of its published types. */
  build(table: MySqlTable): PortableColumn {
    return new PortableColumn(table, this.config as ConstructorParameters<typeof PortableColumn>[1])
  }
}
