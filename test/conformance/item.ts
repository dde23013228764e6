import { column, integer, table, varchar } from '@org/migrate-core'

/** The table of most cases, declared, for Drizzle. */
export const declaredItem = table(
  'item',
  { id: column(integer(), { nullable: false }), name: column(varchar(40)), n: column(integer()) },
  { primaryKey: ['id'] },
)
