import {
  type CompileTable,
  type SchemaModel,
  sql,
  type TableRef,
  tableKey,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { quote } from '../quote.ts'
import { outputNames } from '../view-columns.ts'
import { surroundings } from './dependants.ts'
import { notInSchema, refText, sameRef, statement } from './statements.ts'
import { createTrigger } from './triggers.ts'
import { createView, dropView, extrasOf, viewText } from './view-text.ts'

function viewOf(model: SchemaModel, ref: TableRef): ViewModel {
  const view = model.views.get(tableKey(ref))
  if (view !== undefined) return view
  throw notInSchema(`view ${refText(ref)}`)
}

/** CREATE OR REPLACE VIEW only adds columns behind those that are there; their types it may not change. */
function isExtended(old: ViewModel, now: ViewModel): boolean {
  const [was, is] = [outputNames(old), outputNames(now)]
  return was !== undefined && is !== undefined && was.every((name, at) => name === is[at])
}

const retype = 'Where a column of the view gets another type, drop the view and create it again, in the same revision.'

export const viewStatements: Pick<CompileTable, 'createView' | 'replaceView' | 'renameView' | 'dropView'> = {
  createView: ({ operation: { view } }) => createView(view),
  replaceView: ({ operation: { view }, before }) => {
    const old = viewOf(before, view.ref)
    if (!view.materialized && isExtended(old, view)) return [{ ...viewText(view, 'replace'), remedy: retype }]
    const { away, back } = surroundings(before, [{ table: view.ref, columns: undefined }])
    const triggers = [...before.triggers.values()].filter(({ table }) => sameRef(table, view.ref))
    const made = view.source === undefined ? [viewText(view), ...extrasOf(old)] : createView(view)
    return [...away, dropView(old), ...made, ...triggers.flatMap(createTrigger), ...back]
  },
  renameView: ({ operation: { view, to }, before }) => {
    const kind = viewOf(before, view).materialized ? sql`MATERIALIZED VIEW` : sql`VIEW`
    return [statement(sql`ALTER ${kind} ${quote.table(view)} RENAME TO ${quote.identifier(to)}`, [view])]
  },
  dropView: ({ operation: { view, materialized } }) => [
    dropView({ ref: view, ...(materialized ? { materialized } : {}) }),
  ],
}
