import { closed, joinWithSpaces, present, type Statement, sql, type ViewModel } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { unsupported } from '../sql/unsupported.ts'
import { outputNames } from '../sql/view-columns.ts'
import { names } from './definitions/definitions.ts'
import { extraStatements, requireRestorable } from './dependants/extras.ts'
import { storageParameters } from './options.ts'
import { refText, statement } from './statements.ts'

export function dropView({ ref, materialized }: Pick<ViewModel, 'ref' | 'materialized'>): Statement {
  return statement(sql`DROP ${materialized ? sql`MATERIALIZED VIEW` : sql`VIEW`} ${quote.table(ref)}`, [ref])
}

/** CREATE [OR REPLACE] VIEW from the model. What OR REPLACE does not repeat of WITH is gone. */
export function viewText(view: ViewModel, replace?: 'replace'): Statement {
  const { using, tablespace, ...parameters } = view.options ?? {}
  const options = Object.entries(parameters)
  const text = joinWithSpaces(
    sql`CREATE`,
    replace && sql`OR REPLACE`,
    view.materialized && sql`MATERIALIZED`,
    sql`VIEW ${quote.table(view.ref)}`,
    view.columns !== undefined && names(view.columns),
    using !== undefined && sql`USING ${quote.identifier(using)}`,
    options.length > 0 && sql`WITH (${storageParameters(options)})`,
    tablespace !== undefined && sql`TABLESPACE ${quote.identifier(tablespace)}`,
    sql`AS ${closed(view.definition.trim().replace(/;$/, ''))}`,
    view.noData && sql`WITH NO DATA`,
  )
  return statement(text, [view.ref])
}

/** The `source` of a view that reads what has been renamed since it was read, where its text now is not certain. */
export const outdated = ''

/** The view with everything that was read of it. Throws UNSUPPORTED where that is outdated, or cannot be brought back. */
export function createView(view: ViewModel): readonly Statement[] {
  if (view.source === outdated) {
    unsupported(
      `create view ${refText(view.ref)} again`,
      'something that it reads was renamed, and what the server made of its text is not certain',
      'After the rename and before this change, drop the view and create it with its new text (op.dropView(), op.createView()): in the same revision, or in one of its own.',
    )
  }
  requireRestorable(`view ${refText(view.ref)}`, view)
  return [viewText(view), ...extraStatements(view.extras, { table: view.ref })]
}

/** The new view with what the old one has and no declaration states: owner, privileges, comments; not those of columns that go. */
export function replacement(old: ViewModel, view: ViewModel): ViewModel {
  if (view.extras !== undefined || view.lasting !== undefined) return view
  const left = outputNames(view)
  const isLeft = (part: unknown): boolean =>
    typeof part !== 'object' || part === null || !('column' in part) || left?.includes(String(part.column)) !== false
  const extras = old.extras?.filter(({ statements }) => statements.every((parts) => parts.every(isLeft)))
  return { ...view, ...present({ extras, lasting: old.lasting, dependants: old.dependants }) }
}
