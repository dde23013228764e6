import type { Dialect } from '../../../dialect/dialect.ts'
import type { UpdateFrom } from '../../../dialect/rows.ts'
import type { TableModel } from '../../../model/schema-model.ts'
import { join, type SqlFragment, sql } from '../../../sql/tag.ts'
import { rowWrite } from './row-write.ts'

/** PostgreSQL has UPDATE … FROM, and SQLite since 3.33: https://www.sqlite.org/lang_update.html#update_from */
function usual(verb: SqlFragment, { table, alias, source, sourceAlias, sets, where }: UpdateFrom): SqlFragment {
  const assignments = join(sets.map(({ column, value }) => sql`${column} = ${value}`))
  return sql`${verb} ${table} AS ${alias} SET ${assignments} FROM (${source}) AS ${sourceAlias} WHERE ${where}`
}

export const updateFrom = (dialect: Dialect, model: TableModel, update: UpdateFrom): SqlFragment =>
  dialect.rows?.updateFrom?.(update) ?? usual(rowWrite('update', dialect, model), update)
