import type { Identity } from '@org/migrate-core/dialect'
import { typeText } from '@org/migrate-dialect-postgres/internal'
import { type ColumnBaseConfig, type ColumnDataType, entityKind, sql } from 'drizzle-orm'
import { getTableConfig, PgColumn, PgColumnBuilder, type PgSequenceOptions, type PgTable } from 'drizzle-orm/pg-core'
import { type ColumnPlan, columnName, readAndWrite, valueTypeOf } from '../build/column-plan.ts'
import { objectRef } from '../read/entities.ts'
import { names } from './types.ts'

type Facts = ColumnBaseConfig<ColumnDataType, string>

export class PortableColumn extends PgColumn<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumn'
  override readonly enumValues: string[] | undefined
  readonly length: number | undefined
  // Not #private: Drizzle hands columns out behind a Proxy, which private members refuse.
  protected readonly plan: ColumnPlan

  constructor(table: PgTable, config: ConstructorParameters<typeof PgColumn>[1] & { readonly plan: ColumnPlan }) {
    super(table, config)
    this.plan = config.plan
    readAndWrite(this, config.plan)
    this.enumValues = config.plan.shown.enumValues
    this.length = config.plan.shown.length
  }

  /** The named enum that the column is of, as a column of `pgEnum` has it. */
  get enum(): { readonly enumName: string; readonly schema: string | undefined } | undefined {
    const { type } = this.plan.model
    if (type.kind !== 'enum' || type.name === undefined) return undefined
    return { enumName: type.name, schema: type.schema ?? getTableConfig(this.table).schema }
  }

  getSQLType(): string {
    const { name, schema } = getTableConfig(this.table)
    return typeText(objectRef(name, schema), this.plan.model)
  }
}

function sequenceOptions({ mode: _, start, ...rest }: Identity): PgSequenceOptions {
  return { ...rest, ...(start === undefined ? {} : { startWith: start }) }
}

/** What `pgTable` builds a portable column from. */
export class PortableColumnBuilder extends PgColumnBuilder<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumnBuilder'

  constructor(plan: ColumnPlan) {
    super(plan.model.name, valueTypeOf(plan), columnName(plan, names))
    const { generated, identity } = plan.model
    Object.assign(this.config, {
      plan,
      ...plan.config,
      generated: generated && {
        as: sql.raw(generated.expression),
        type: 'always',
        mode: generated.stored ? 'stored' : 'virtual',
      },
      generatedIdentity: identity && {
        type: identity.mode === 'always' ? 'always' : 'byDefault',
        sequenceOptions: sequenceOptions(identity),
      },
    })
  }

  /** Called by pgTable; Drizzle leaves it out of its published types. */
  build(table: PgTable): PortableColumn {
    return new PortableColumn(table, this.config as ConstructorParameters<typeof PortableColumn>[1])
  }
}
