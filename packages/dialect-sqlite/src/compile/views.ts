import {
  type CompileTable,
  type SchemaModel,
  type Statement,
  sql,
  type TableRef,
  type ViewModel,
  viewOf,
} from '@org/migrate-core/dialect'
import { unsupported } from '../ddl/unsupported.ts'
import { foldName, nameOf, tokenizeSignificant } from '../sql/tokenize.ts'
import { createViewText } from '../types/definition-text.ts'
import { requireUnread } from './dependants.ts'
import { createTrigger, dropTrigger, inMain, statement, triggersOf } from './statements.ts'

const drop = (ref: TableRef): Statement => statement(sql`DROP VIEW ${inMain(ref)}`, [ref])
const create = (view: ViewModel): Statement => statement(createViewText(view), [view.ref])
/** From its own text, so that nothing of it is lost. */
const recreateView = (view: ViewModel): Statement => statement(view.source ?? createViewText(view), [view.ref])

const viewNames = new WeakMap<ViewModel, ReadonlySet<string>>()

/** The names in the text of a view, folded. Each change of a view needs those of all views. */
function namesIn(view: ViewModel): ReadonlySet<string> {
  const known = viewNames.get(view)
  if (known !== undefined) return known
  const names = tokenizeSignificant(view.source ?? view.definition).flatMap((token) => nameOf(token) ?? [])
  const folded = new Set(names.map(foldName))
  viewNames.set(view, folded)
  return folded
}

const mentions = (view: ViewModel, name: string): boolean => namesIn(view).has(foldName(name))

/** A view is text that SQLite reads when it is used: a query that gives nothing shows whether it still can be. */
function proofs(model: SchemaModel, changed: TableRef, oldName = changed.name): readonly Statement[] {
  return (
    [...model.views.values()]
      // One that was broken before is left out.
      .filter(
        (view) =>
          view.ref.name !== changed.name &&
          view.broken !== true &&
          (mentions(view, changed.name) || mentions(view, oldName)),
      )
      .map((view) =>
        statement(sql`SELECT 1 FROM ${inMain(view.ref)} LIMIT 0`, [view.ref], {
          expectEmpty: `view ${view.ref.name}, which reads ${oldName}`,
          remedy: 'Drop or change the view in the same revision.',
        }),
      )
  )
}

/** Triggers of a view go with it: DROP VIEW drops them without a word. */
function recreateTriggers(model: SchemaModel, ref: TableRef): readonly Statement[] {
  return triggersOf(model, ref).map(createTrigger)
}

/** Other views and triggers whose text has changed, recreated: SQLite has no ALTER for either. */
function followers(before: SchemaModel, after: SchemaModel): readonly Statement[] {
  const views = [...after.views].flatMap(([key, view]) => {
    const old = before.views.get(key)
    return old === undefined || old.source === view.source ? [] : [view]
  })
  const recreated = new Set(views.map(({ ref }) => foldName(ref.name)))
  const triggers = [...after.triggers].flatMap(([key, trigger]) => {
    const old = before.triggers.get(key)
    const isSame = old === undefined || old.definition === trigger.definition
    return isSame || recreated.has(foldName(trigger.table.name)) ? [] : [trigger]
  })
  return [
    ...views.flatMap((view) => [drop(view.ref), recreateView(view), ...recreateTriggers(after, view.ref)]),
    ...triggers.flatMap((trigger) => [dropTrigger(trigger.table, trigger.name), createTrigger(trigger)]),
  ]
}

export const viewStatements: Pick<CompileTable, 'createView' | 'replaceView' | 'renameView' | 'dropView'> = {
  createView: ({ operation: { view } }) => [create(view)],
  replaceView: ({ operation: { view }, after }) => {
    if (view.materialized) return [create(view)]
    return [drop(view.ref), create(view), ...recreateTriggers(after, view.ref), ...proofs(after, view.ref)]
  },
  renameView: ({ operation, before, after }) => {
    const ref = { name: operation.to }
    const view = viewOf(after, ref)
    return [
      drop(operation.view),
      create(view),
      ...recreateTriggers(after, ref),
      ...followers(before, after),
      ...proofs(after, ref, operation.view.name),
    ]
  },
  dropView: ({ operation: { view, materialized }, before }) => {
    if (materialized) return unsupported(`drop materialised view ${view.name}`, 'SQLite has no materialised views')
    requireUnread(before, view)
    return [drop(view)]
  },
}
