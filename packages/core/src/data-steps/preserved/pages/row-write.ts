import type { Dialect } from '../../../dialect/dialect.ts'
import type { TableModel } from '../../../model/schema-model.ts'
import { type SqlFragment, sql } from '../../../sql/tag.ts'

const verbs = { insert: sql`INSERT`, update: sql`UPDATE` }

/** The first keywords of a statement that writes rows of the application: with them a row in the way refuses it. */
export function rowWrite(verb: keyof typeof verbs, { rows }: Dialect, table: TableModel | undefined): SqlFragment {
  const clause = rows?.refusing?.(table)
  return clause === undefined ? verbs[verb] : sql`${verbs[verb]} ${clause}`
}
