import {
  closed,
  join,
  joinWithSpaces,
  type SqlFragment,
  type Statement,
  sql,
  type ViewModel,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote, unsupported } from '../sql/quote.ts'
import { ddl, underSettings } from './statements.ts'

export function refuseMaterialized(view: string): never {
  throw unsupported(
    `the materialised view ${view}`,
    'MySQL and MariaDB have none',
    'Make a view of it, or a table that a data step fills; or leave it to PostgreSQL with op.on().',
  )
}

/** What the view selects, as it stands in another statement. */
export const selectOf = ({ definition }: ViewModel): SqlFragment => closed(definition.trim().replace(/;$/, ''))

/** The view with everything that it states; its definer stands in its own text, where it is another than the session's user. */
function viewText(view: ViewModel, create: 'CREATE' | 'CREATE OR REPLACE'): SqlFragment {
  if (view.materialized) refuseMaterialized(view.ref.name)
  const { algorithm, sql_security: security, check_option: check } = view.options ?? {}
  const columns = view.columns === undefined ? undefined : sql`(${join(view.columns.map(quote.identifier))})`
  return joinWithSpaces(
    verbatim(create),
    algorithm !== undefined && verbatim(`ALGORITHM=${algorithm}`),
    view.source !== undefined && verbatim(view.source),
    security !== undefined && verbatim(`SQL SECURITY ${security}`),
    sql`VIEW ${quote.table(view.ref)}`,
    columns,
    sql`AS ${selectOf(view)}`,
    check !== undefined && verbatim(`WITH ${check} CHECK OPTION`),
  )
}

export function viewStatement(view: ViewModel, create: 'CREATE' | 'CREATE OR REPLACE'): Statement {
  return ddl(viewText(view, create), [view.ref], underSettings(view.settings))
}
