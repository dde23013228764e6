import { type DialectRows, join, sql } from '@org/migrate-core/dialect'

export const updateFrom: NonNullable<DialectRows['updateFrom']> = ({
  table,
  alias,
  source,
  sourceAlias,
  sets,
  where,
}) => {
  const assignments = join(sets.map(({ column, value }) => sql`${column} = ${value}`))
  return sql`UPDATE ${table} AS ${alias} SET ${assignments} FROM (${source}) AS ${sourceAlias} WHERE ${where}`
}
