import { type Statement, sql, type ViewModel, verbatim, words } from '@org/migrate-core/dialect'
import { statementsIn } from '../names-in.ts'
import { quote } from '../quote.ts'
import { unsupported } from '../unsupported.ts'
import { names } from './definitions.ts'
import { refText, statement } from './statements.ts'

export function dropView({ ref, materialized }: Pick<ViewModel, 'ref' | 'materialized'>): Statement {
  return statement(sql`DROP ${materialized ? sql`MATERIALIZED VIEW` : sql`VIEW`} ${quote.table(ref)}`, [ref])
}

/** CREATE [OR REPLACE] VIEW from the model. */
export function viewText(view: ViewModel, replace?: 'replace'): Statement {
  const text = words(
    sql`CREATE`,
    replace && sql`OR REPLACE`,
    view.materialized && sql`MATERIALIZED`,
    sql`VIEW ${quote.table(view.ref)}`,
    view.columns !== undefined && names(view.columns),
    sql`AS ${verbatim(view.definition.trim().replace(/;$/, ''))}`,
  )
  return statement(text, [view.ref])
}

/** What introspection says of a view besides its SELECT: options, owner, privileges, comments, indexes, a statement each. */
export function extrasOf(view: ViewModel): readonly Statement[] {
  const [, ...extras] = view.source === undefined ? [] : statementsIn(view.source)
  return extras.map((text) => statement(text, [view.ref]))
}

/**
 * The `source` of a view that reads what has been renamed since it was looked at: the server follows with its text, and we do
 * not know how (`SELECT a` is `SELECT t.b AS a` then).
 */
export const outdated = ''

/** The view with everything that was read of it. Throws UNSUPPORTED where that is outdated. */
export function createView(view: ViewModel): readonly Statement[] {
  if (view.source === outdated) {
    unsupported(
      `create view ${refText(view.ref)} again`,
      'something that it reads has been renamed since the views were looked at',
      'Drop the view before the rename and create it after; or run again, with the rename in a revision of its own before.',
    )
  }
  if (view.source === undefined) return [viewText(view)]
  return statementsIn(view.source).map((text) => statement(text, [view.ref]))
}
