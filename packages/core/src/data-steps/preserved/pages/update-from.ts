import type { Dialect } from '../../../dialect/dialect.ts'
import type { UpdateFrom } from '../../../dialect/rows.ts'
import { join, type SqlFragment, sql } from '../../../sql/tag.ts'

/** PostgreSQL has UPDATE … FROM, and SQLite since 3.33: https://www.sqlite.org/lang_update.html#update_from */
function usual({ table, alias, source, sourceAlias, sets, where }: UpdateFrom): SqlFragment {
  const assignments = join(sets.map(({ column, value }) => sql`${column} = ${value}`))
  return sql`UPDATE ${table} AS ${alias} SET ${assignments} FROM (${source}) AS ${sourceAlias} WHERE ${where}`
}

export const updateFrom = ({ rows }: Dialect, update: UpdateFrom): SqlFragment =>
  rows?.updateFrom?.(update) ?? usual(update)
