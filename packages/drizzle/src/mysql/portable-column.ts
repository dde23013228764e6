import { toSql } from '@org/migrate-dialect-mysql/internal'
import { type ColumnBaseConfig, type ColumnDataType, entityKind, sql } from 'drizzle-orm'
import { MySqlColumn, MySqlColumnBuilder, type MySqlTable } from 'drizzle-orm/mysql-core'
import { type ColumnPlan, columnName, readAndWrite, valueTypeOf } from '../build/column-plan.ts'
import { names } from './types.ts'

type Facts = ColumnBaseConfig<ColumnDataType, string>

export class PortableColumn extends MySqlColumn<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumn'
  override readonly enumValues: string[] | undefined
  readonly length: number | undefined
  readonly autoIncrement: boolean
  /** drizzle-zod reads it as the longest text. */
  readonly textType = 'longtext'
  // Not #private: Drizzle hands columns out behind a Proxy, which private members refuse.
  protected readonly plan: ColumnPlan

  constructor(table: MySqlTable, config: ConstructorParameters<typeof MySqlColumn>[1] & { readonly plan: ColumnPlan }) {
    super(table, config)
    this.plan = config.plan
    readAndWrite(this, config.plan)
    this.enumValues = config.plan.shown.enumValues
    this.length = config.plan.shown.length
    this.autoIncrement = config.plan.model.identity !== undefined
  }

  getSQLType(): string {
    const { model } = this.plan
    return model.native?.mysql ?? toSql(model.type)
  }
}

/** What `mysqlTable` builds a portable column from. */
export class PortableColumnBuilder extends MySqlColumnBuilder<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumnBuilder'

  constructor(plan: ColumnPlan) {
    super(plan.model.name, valueTypeOf(plan), columnName(plan, names))
    const { generated } = plan.model
    Object.assign(this.config, { plan, ...plan.config })
    if (generated !== undefined) {
      const mode = generated.stored ? 'stored' : 'virtual'
      this.generatedAlwaysAs(sql.raw(generated.expression), { mode })
    }
  }

  /** Called by mysqlTable; Drizzle leaves it out of its published types. */
  build(table: MySqlTable): PortableColumn {
    return new PortableColumn(table, this.config as ConstructorParameters<typeof PortableColumn>[1])
  }
}
