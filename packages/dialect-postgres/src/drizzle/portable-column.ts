import type { ColumnPlan, TableRef, ValuePlace } from '@org/migrate-core/dialect'
import { type ColumnBaseConfig, type ColumnDataType, entityKind, getTableName, sql } from 'drizzle-orm'
import { getTableConfig, PgColumn, PgColumnBuilder, type PgTable } from 'drizzle-orm/pg-core'
import { typeText } from '../settle.ts'

type Facts = ColumnBaseConfig<ColumnDataType, string>

/**
 * The names by which drizzle-zod knows what a column holds; the classes of Drizzle of these names read and write
 * otherwise than a portable column does (`PgJson` parses numbers as doubles, for one), so they cannot be used.
 */
function columnTypeOf({ model, codec }: ColumnPlan): string {
  const { type } = model
  if (codec.dataType === 'bigint') return 'PgBigInt64'
  if (codec.dataType === 'boolean') return 'PgBoolean'
  if (codec.dataType === 'number') {
    return type.kind === 'integer' ? (type.bits === 16 ? 'PgSmallInt' : 'PgInteger') : 'PgDoublePrecision'
  }
  if (codec.dataType === 'string') return type.kind === 'varchar' ? 'PgVarchar' : 'PgText'
  return codec.dataType === 'json' ? 'PgJson' : 'PgCustomColumn'
}

export class PortableColumn extends PgColumn<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumn'
  override readonly enumValues: string[] | undefined
  /** drizzle-zod reads it as the longest text. */
  readonly length: number | undefined
  // Not #private: Drizzle hands columns out behind a Proxy, which private members refuse.
  protected readonly plan: ColumnPlan

  constructor(table: PgTable, config: ConstructorParameters<typeof PgColumn>[1] & { readonly plan: ColumnPlan }) {
    super(table, config)
    this.plan = config.plan
    const { type } = config.plan.model
    this.enumValues = type.kind === 'enum' ? [...type.values] : undefined
    this.length = type.kind === 'varchar' ? type.length : undefined
  }

  /** The named enum that the column is of, as a column of `pgEnum` has it. */
  get enum():
    | { readonly enumName: string; readonly schema: string | undefined; readonly enumValues: string[] }
    | undefined {
    const { type } = this.plan.model
    if (type.kind !== 'enum' || type.name === undefined) return undefined
    return { enumName: type.name, schema: type.schema, enumValues: [...type.values] }
  }

  getSQLType(): string {
    const { name, schema } = getTableConfig(this.table)
    const ref: TableRef = schema === undefined ? { name } : { schema, name }
    return typeText(ref, this.plan.model)
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

/** What `pgTable` builds a portable column from. */
export class PortableColumnBuilder extends PgColumnBuilder<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumnBuilder'

  constructor(plan: ColumnPlan) {
    const { model, codec } = plan
    super(model.name, codec.dataType, columnTypeOf(plan))
    const { identity, generated } = model
    Object.assign(this.config, {
      plan,
      notNull: !model.nullable,
      primaryKey: plan.primary,
      hasDefault: plan.default !== undefined || identity !== undefined || generated !== undefined,
      default: plan.default === undefined ? undefined : sql.raw(plan.default),
      generated: generated && {
        as: sql.raw(generated.expression),
        type: 'always',
        mode: generated.stored ? 'stored' : 'virtual',
      },
      generatedIdentity: identity && {
        type: identity.mode === 'always' ? 'always' : 'byDefault',
        sequenceOptions: {
          ...(identity.start === undefined ? {} : { startWith: identity.start }),
          ...(identity.increment === undefined ? {} : { increment: identity.increment }),
        },
      },
    })
  }

  /** Called by pgTable; Drizzle leaves it out of its published types. */
  build(table: PgTable): PortableColumn {
    return new PortableColumn(table, this.config as ConstructorParameters<typeof PortableColumn>[1])
  }
}
