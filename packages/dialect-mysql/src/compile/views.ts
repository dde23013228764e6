import {
  type CompileTable,
  join,
  type SqlFragment,
  type Statement,
  sql,
  type ViewModel,
  verbatim,
  words,
} from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { quote, unsupported } from '../quote.ts'
import { withFollowing } from './dependants.ts'
import { underSettings } from './settings.ts'
import { ddl } from './statements.ts'

function refuseMaterialized(view: string): never {
  throw unsupported(
    `the materialised view ${view}`,
    'MySQL and MariaDB have none',
    'Make a view of it, or a table that a data step fills; or leave it to PostgreSQL with op.on().',
  )
}

/** ALGORITHM, DEFINER and SQL SECURITY stand in the view's own text, where they are other than what a new view gets. */
function viewText(view: ViewModel, create: 'CREATE' | 'CREATE OR REPLACE'): SqlFragment {
  if (view.materialized) refuseMaterialized(view.ref.name)
  const columns = view.columns === undefined ? undefined : sql`(${join(view.columns.map(quote.identifier))})`
  return words(
    verbatim(create),
    view.source !== undefined && verbatim(view.source),
    sql`VIEW ${quote.table(view.ref)}`,
    columns,
    sql`AS ${verbatim(view.definition.trim().replace(/;$/, ''))}`,
  )
}

export function viewStatement(view: ViewModel, create: 'CREATE' | 'CREATE OR REPLACE'): Statement {
  return ddl(viewText(view, create), [view.ref], underSettings(view.settings))
}

export function viewStatements(
  server: Server,
): Pick<CompileTable, 'createView' | 'replaceView' | 'renameView' | 'dropView'> {
  return {
    createView: ({ operation: { view } }) => [viewStatement(view, 'CREATE')],
    replaceView: ({ operation: { view } }) => [viewStatement(view, 'CREATE OR REPLACE')],
    renameView(at) {
      const { view, to } = at.operation
      const target = { ...view, name: to }
      const rename = ddl(sql`RENAME TABLE ${quote.table(view)} TO ${quote.table(target)}`, [view, target])
      return withFollowing(server, at, [rename])
    },
    dropView(at) {
      const { view, materialized } = at.operation
      if (materialized) refuseMaterialized(view.name)
      return withFollowing(server, at, [ddl(sql`DROP VIEW ${quote.table(view)}`, [view])])
    },
  }
}
