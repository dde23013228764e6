import { types } from '@org/migrate-dialect-sqlite/internal'
import { type ColumnBaseConfig, type ColumnDataType, entityKind, sql } from 'drizzle-orm'
import { SQLiteColumn, SQLiteColumnBuilder, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { type ColumnPlan, columnName, readAndWrite, valueTypeOf } from '../build/column-plan.ts'
import { names } from './types.ts'

type Facts = ColumnBaseConfig<ColumnDataType, string>

export class PortableColumn extends SQLiteColumn<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumn'
  override readonly enumValues: string[] | undefined
  readonly length: number | undefined
  readonly autoIncrement: boolean
  // Not #private: Drizzle hands columns out behind a Proxy, which private members refuse.
  protected readonly plan: ColumnPlan

  constructor(
    table: SQLiteTable,
    config: ConstructorParameters<typeof SQLiteColumn>[1] & { readonly plan: ColumnPlan },
  ) {
    super(table, config)
    this.plan = config.plan
    readAndWrite(this, config.plan)
    this.enumValues = config.plan.shown.enumValues
    this.length = config.plan.shown.length
    this.autoIncrement = config.plan.model.identity?.mode === 'autoIncrement'
  }

  getSQLType(): string {
    const { model } = this.plan
    return model.native?.sqlite ?? types.toSql(model.type)
  }
}

/** What `sqliteTable` builds a portable column from. */
export class PortableColumnBuilder extends SQLiteColumnBuilder<Facts> {
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

  /** Called by sqliteTable; Drizzle leaves it out of its published types. */
  build(table: SQLiteTable): PortableColumn {
    return new PortableColumn(table, this.config as ConstructorParameters<typeof PortableColumn>[1])
  }
}
