import {
  type CompileTable,
  join,
  type SqlFragment,
  sql,
  type ViewModel,
  verbatim,
  words,
} from '@org/migrate-core/dialect'
import { quote, unsupported } from '../quote.ts'
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

export const viewStatements: Pick<CompileTable, 'createView' | 'replaceView' | 'renameView' | 'dropView'> = {
  createView: ({ operation: { view } }) => [ddl(viewText(view, 'CREATE'), [view.ref])],
  replaceView: ({ operation: { view } }) => [ddl(viewText(view, 'CREATE OR REPLACE'), [view.ref])],
  renameView: ({ operation: { view, to } }) => {
    const target = { ...view, name: to }
    return [ddl(sql`RENAME TABLE ${quote.table(view)} TO ${quote.table(target)}`, [view, target])]
  },
  dropView: ({ operation: { view, materialized } }) => {
    if (materialized) refuseMaterialized(view.name)
    return [ddl(sql`DROP VIEW ${quote.table(view)}`, [view])]
  },
}
