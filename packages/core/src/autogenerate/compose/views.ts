import { isSame } from '../../model/canonical.ts'
import { findTable, tableKey } from '../../model/edit.ts'
import { expressionText } from '../../model/expression-text.ts'
import type { TableRef, ViewModel } from '../../model/schema-model.ts'
import { viewOptionFacts } from '../../model/view-options.ts'
import { renamedTable } from '../../operations/moved.ts'
import type { Change } from '../change.ts'
import { mayName, viewOrder } from '../view-order.ts'
import { emit, type Work } from './work.ts'

/** What of a view is compared: what the server says of it, else its text. */
export interface ViewDifference {
  /** As it stands. */
  readonly stood?: ViewModel
  /** As it was declared; absent: it is declared no more. */
  readonly wanted?: ViewModel
}

export function viewsDiffer(a: ViewModel, b: ViewModel): boolean {
  return (
    a.materialized !== b.materialized ||
    expressionText(a.definition) !== expressionText(b.definition) ||
    // One that states no options keeps those that it has.
    (b.options !== undefined && !isSame(viewOptionFacts(a), viewOptionFacts(b)))
  )
}

/** Names of columns and tables that are gone, or whose columns change: a view that reads one cannot stay where it is. */
function touchedNames(
  work: Work,
): readonly { readonly table: TableRef; readonly columns: readonly string[] | 'all' }[] {
  const dropped = [...work.model.tables.values()].flatMap(({ ref }) =>
    work.to.tables.has(tableKey(ref)) ? [] : [{ table: ref, columns: 'all' } as const],
  )
  const changed = [...work.differences.values()].flatMap(({ ref, gone }) =>
    gone.length === 0 ? [] : [{ table: ref, columns: gone.map(({ name }) => name) }],
  )
  return [...dropped, ...changed]
}

/** What becomes of the views that differ; by their names, for their texts follow what is renamed. */
interface Wanted {
  has(view: ViewModel): boolean
  get(view: ViewModel): ViewModel | undefined
}

function wantedBy(differences: readonly ViewDifference[]): Wanted {
  const byKey = new Map(
    differences.flatMap(({ stood, wanted }) => (stood === undefined ? [] : [[tableKey(stood.ref), wanted] as const])),
  )
  return { has: ({ ref }) => byKey.has(tableKey(ref)), get: ({ ref }) => byKey.get(tableKey(ref)) }
}

type Mentions = (view: ViewModel, name: string) => boolean

/** Takes away these views and those that read one of them. Gives what has to come back, each as it is to be. */
function takeAway(
  work: Work,
  wantedOf: Wanted,
  isAway: (view: ViewModel, mentions: Mentions) => boolean,
): readonly ViewModel[] {
  const all = viewOrder(work.model)
  const names = new Map(all.map((view) => [view, mayName(view.definition)]))
  const mentions: Mentions = (view, name) => names.get(view)?.(name) ?? false
  const away = new Set(all.filter((view) => isAway(view, mentions)))
  for (const gone of away) for (const view of all) if (view !== gone && mentions(view, gone.ref.name)) away.add(view)
  const ordered = all.filter((view) => away.has(view))
  for (const view of [...ordered].reverse()) {
    emit(work, { kind: 'dropView', view: view.ref, ...(view.materialized ? { materialized: true } : {}) })
  }
  return ordered.flatMap((view) => (wantedOf.has(view) ? (wantedOf.get(view) ?? []) : view))
}

/** The server holds a view to the columns that it has while another reads them: the other goes before these can change. */
const bindsViews = ({ capabilities: { storedTexts, renamesBreakViews } }: Work['dialect']): boolean =>
  storedTexts === 'rewritten' && renamesBreakViews !== true

/**
 * Takes away the views that cannot stay: those that are declared no more, those that read what goes, those that read such a view, those
 * that change with one that they read. Gives what has to come back, each as it is to be.
 */
export function dropViews(work: Work, differences: readonly ViewDifference[]): readonly ViewModel[] {
  const wantedOf = wantedBy(differences)
  const touched = touchedNames(work)
  const binds = bindsViews(work.dialect)
  const changed = differences.flatMap(({ stood }) => stood ?? [])
  return takeAway(work, wantedOf, (view, mentions) => {
    const wanted = wantedOf.get(view)
    return (
      (binds &&
        wantedOf.has(view) &&
        changed.some(({ ref }) => tableKey(ref) !== tableKey(view.ref) && mentions(view, ref.name))) ||
      (wantedOf.has(view) && (wanted === undefined || wanted.materialized !== view.materialized)) ||
      touched.some(
        ({ table, columns }) =>
          mentions(view, table.name) &&
          (columns === 'all' || view.definition.includes('*') || columns.some((name) => mentions(view, name))),
      )
    )
  })
}

/**
 * Takes away, before anything is renamed, the views that read it by its old name, where the server does not follow: neither they nor, on
 * the way back, what they said before could be made while the names are others. Where it follows, those that go for good: how it would
 * write them afterwards is not known here. One that the declaration says nothing of is left as it is.
 */
export function dropBrokenViews(
  work: Work,
  differences: readonly ViewDifference[],
  renames: readonly Change[],
): readonly ViewModel[] {
  const breaks = work.dialect.capabilities.renamesBreakViews === true
  const wantedOf = wantedBy(differences)
  const names = renames.flatMap((change) => {
    if (change.kind !== 'operation') return []
    const { operation } = change
    const renamed = renamedTable(operation)
    if (renamed !== undefined) return [...new Set([renamed.from.name, renamed.to.name])]
    return operation.kind === 'renameColumn' ? [operation.column, operation.to] : []
  })
  const isAffected = (view: ViewModel): boolean => wantedOf.has(view) && (breaks || wantedOf.get(view) === undefined)
  return takeAway(work, wantedOf, (view, mentions) => isAffected(view) && names.some((name) => mentions(view, name)))
}

const bare = ({ source: _, ...view }: ViewModel): ViewModel => view

/** Without the options, where it states none and there are none to reset. */
function withoutNoOptions({ options, ...view }: ViewModel, current?: ViewModel): ViewModel {
  const isStated = [options, options && current?.options].some((each) => Object.keys(each ?? {}).length > 0)
  return { ...view, ...(isStated && options !== undefined ? { options } : {}) }
}

/** Makes and changes views: those that were taken away, those that are new, those that say something else. */
export function makeViews(work: Work, differences: readonly ViewDifference[], back: readonly ViewModel[]): void {
  const fresh = differences.flatMap(({ stood, wanted }) => (stood === undefined && wanted ? [wanted] : []))
  const changed = differences.flatMap(({ stood, wanted }) =>
    stood !== undefined && wanted !== undefined && work.model.views.has(tableKey(stood.ref)) ? [wanted] : [],
  )
  const all = [...fresh, ...changed, ...back]
  for (const view of viewOrder({ views: new Map(all.map((view) => [tableKey(view.ref), view])) })) {
    const current = work.model.views.get(tableKey(view.ref))
    if (current !== undefined) {
      const { noData: _, ...rest } = bare(view)
      emit(work, { kind: 'replaceView', view: withoutNoOptions(rest, current) })
    } else if (findTable(work.model, view.ref) === undefined)
      emit(work, { kind: 'createView', view: withoutNoOptions(changed.includes(view) ? bare(view) : view) })
  }
}
