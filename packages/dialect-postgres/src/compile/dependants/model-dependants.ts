import { MigrateError, refText, type SchemaModel, type TableRef, type ViewModel } from '@org/migrate-core/dialect'
import { namesIn } from '../../sql/names-in.ts'
import { sameRef } from '../statements.ts'
import { extraTexts } from './extras.ts'

const namesByView = new WeakMap<ViewModel, ReadonlySet<string>>()

function namesOf(view: ViewModel): ReadonlySet<string> {
  const names = namesByView.get(view) ?? namesIn([view.definition, ...extraTexts(view.extras)].join(' '))
  namesByView.set(view, names)
  return names
}

/**
 * Whether a view reads the table, or one of its columns. What it reads the server says; of one that a revision has just made, and of
 * columns, the names in its text: rather one view too many.
 */
export function isReaderOf(view: ViewModel, table: TableRef, columns?: readonly string[]): boolean {
  const names = namesOf(view)
  if (!(view.reads?.some((read) => sameRef(read, table)) ?? names.has(table.name))) return false
  return columns === undefined || names.has('*') || columns.some((column) => names.has(column))
}

function viewTexts(model: SchemaModel, isKeeping: (view: ViewModel) => boolean | undefined): readonly string[] {
  return [...model.views.values()].flatMap((view) =>
    isKeeping(view) === true
      ? [`${view.materialized === true ? 'materialized view' : 'view'} ${refText(view.ref)}`]
      : [],
  )
}

/** The views that keep a column from being dropped, in words. Of one that a revision has just made the server has not said which columns it reads. */
export const viewsKeeping = (model: SchemaModel, table: TableRef, column: string): readonly string[] =>
  viewTexts(model, ({ readColumns }) =>
    readColumns?.some((read) => read.column === column && sameRef(read.table, table)),
  )

/** Throws DEPENDENT_OBJECTS for a table or a view that views read. */
export function refuseRead(model: SchemaModel, what: 'table' | 'view', ref: TableRef): void {
  const dependants = viewTexts(model, ({ reads }) => reads?.some((read) => sameRef(read, ref)))
  if (dependants.length === 0) return
  const object = `${what} ${refText(ref)}`
  throw new MigrateError('DEPENDENT_OBJECTS', { object, dependants }, `${object} is used by ${dependants.join(', ')}`)
}
