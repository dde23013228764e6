import { ColumnBuilder, entityKind } from 'drizzle-orm'

const kindOf = (builder: object): string => String(Reflect.get(builder, entityKind))

/** The kinds of column builders that a part of Drizzle exports. */
export function exportedBuilders(module: object): readonly string[] {
  // In 1.0 those of PostgreSQL have a base of their own.
  const { PgColumnBuilder = ColumnBuilder } = module as { readonly PgColumnBuilder?: typeof ColumnBuilder }
  const classes = Object.values(module).filter(
    (exported) =>
      typeof exported === 'function' &&
      (exported === PgColumnBuilder ||
        exported.prototype instanceof ColumnBuilder ||
        exported.prototype instanceof PgColumnBuilder),
  )
  return [...new Set(classes.map(kindOf))].sort()
}

/** The kinds of these builders. */
export function kindsOf(builders: readonly object[]): readonly string[] {
  return [...new Set(builders.map((builder) => kindOf(builder.constructor)))].sort()
}
