import type { TableRef, ViewModel } from '@org/migrate-core/dialect'
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
