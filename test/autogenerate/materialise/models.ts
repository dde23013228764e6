import {
  type ColumnModel,
  type ConstraintModel,
  emptySchema,
  type IndexModel,
  type SchemaModel,
  type TableModel,
  tableKey,
  triggerKey,
  type ViewModel,
} from '@org/migrate-core/dialect'

export const integer = (name: string, more: Partial<ColumnModel> = {}): ColumnModel => ({
  name,
  type: { kind: 'integer', bits: 32 },
  nullable: true,
  ...more,
})

export const varchar = (name: string, more: Partial<ColumnModel> = {}): ColumnModel => ({
  name,
  type: { kind: 'varchar', length: 40 },
  nullable: true,
  ...more,
})

export const primary = (...columns: readonly string[]): ConstraintModel => ({ kind: 'primaryKey', columns })

export function key(name: string, column: string, table: string | TableModel['ref']): ConstraintModel {
  const ref = typeof table === 'string' ? { name: table } : table
  return { kind: 'foreignKey', name, columns: [column], references: { table: ref, columns: ['id'] } }
}

export function table(
  ref: string | TableModel['ref'],
  columns: readonly ColumnModel[],
  constraints: readonly ConstraintModel[] = [],
  indexes: readonly IndexModel[] = [],
): TableModel {
  return { ref: typeof ref === 'string' ? { name: ref } : ref, columns, constraints, indexes, options: {} }
}

export const view = (name: string, definition: string): ViewModel => ({ ref: { name }, definition })

export interface SchemaParts extends Partial<Pick<SchemaModel, 'schemas' | 'extensions'>> {
  readonly tables?: readonly TableModel[]
  readonly views?: readonly ViewModel[]
  readonly triggers?: readonly { readonly name: string; readonly table: string; readonly definition: string }[]
  readonly enums?: readonly { readonly name: string; readonly schema?: string; readonly values: readonly string[] }[]
}

export function schema({ tables = [], views = [], triggers = [], enums = [], ...lists }: SchemaParts): SchemaModel {
  return {
    ...emptySchema,
    ...lists,
    tables: new Map(tables.map((each) => [tableKey(each.ref), each])),
    views: new Map(views.map((each) => [tableKey(each.ref), each])),
    triggers: new Map(
      triggers.map(({ name, table: owner, definition }) => [
        triggerKey({ name: owner }, name),
        { name, table: { name: owner }, definition },
      ]),
    ),
    enums: new Map(enums.map(({ values, ...ref }) => [tableKey(ref), { ref, values }])),
  }
}
