import { type DialectRows, join, sql } from '@org/migrate-core/dialect'

export const updateFrom: NonNullable<DialectRows['updateFrom']> = ({
  table,
  alias,
  source,
  sourceAlias,
  sets,
  where,
}) => {
  const assignments = join(sets.map(({ column, value }) => sql`${alias}.${column} = ${value}`))
  return sql`UPDATE ${table} AS ${alias} INNER JOIN (${source}) AS ${sourceAlias} SET ${assignments} WHERE ${where}`
}
