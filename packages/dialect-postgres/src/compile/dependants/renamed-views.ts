import {
  findColumn,
  present,
  put,
  putTable,
  type SchemaModel,
  type TableRef,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { mentions } from '../../sql/names-in.ts'
import { renameColumnIn, renameColumnInView, renameRelationIn, renameViewColumn } from '../../sql/rename-in-text.ts'
import { outputNames } from '../../sql/view-columns.ts'
import { sameRef } from '../statements.ts'
import { outdated } from '../view-text.ts'
import { extraTexts, outdated as outdatedExtras } from './extras.ts'
import { isReaderOf } from './model-dependants.ts'
import type { Renamed } from './policy-columns.ts'

/**
 * A view that reads what gets another name: the server follows with its text. Where how is not certain, the text has the new names, which
 * say what it reads, and the view is outdated.
 */
export function followed(view: ViewModel, from: string, certain: string | undefined, guess: string): ViewModel {
  const isCertain = certain !== undefined && !extraTexts(view.extras).some((text) => mentions(text, from))
  return isCertain ? { ...view, definition: certain } : { ...view, definition: guess, source: outdated }
}

/** Whether something else that a view may read has a column of that name, too. */
function isShared(model: SchemaModel, view: ViewModel, table: TableRef, column: string): boolean {
  const isRead = ({ ref }: { readonly ref: TableRef }): boolean => !sameRef(ref, table) && isReaderOf(view, ref)
  return (
    [...model.tables.values()].some((one) => isRead(one) && findColumn(one, column) !== undefined) ||
    [...model.views.values()].some((one) => one !== view && isRead(one) && outputNames(one)?.includes(column) !== false)
  )
}

/** Views that read what is renamed. The server follows with their texts. */
export function withViewsRenamed(
  model: SchemaModel,
  table: TableRef,
  { from, to, of }: Renamed,
  ownSchema: string,
): SchemaModel {
  let result = model
  for (const [key, view] of model.views) {
    if (!isReaderOf(view, table, of === undefined ? undefined : [from])) continue
    const { definition } = view
    const next =
      of === undefined
        ? followed(
            view,
            from,
            renameRelationIn(definition, table, { ...table, name: to }, ownSchema),
            renameColumnIn(definition, from, to),
          )
        : followed(
            view,
            from,
            isShared(model, view, table, from) ? undefined : renameViewColumn(definition, from, to),
            renameColumnInView(definition, from, to),
          )
    const columns = view.readColumns?.map((read) =>
      of !== undefined && read.column === from && sameRef(read.table, table) ? { ...read, column: to } : read,
    )
    result = put(result, 'views', key, { ...next, ...present({ readColumns: columns }) })
  }
  if (of !== undefined) return result
  // Rules of tables may name any table or view.
  for (const other of model.tables.values()) {
    const changed = outdatedExtras(other, from)
    if (changed !== other) result = putTable(result, changed)
  }
  return result
}
