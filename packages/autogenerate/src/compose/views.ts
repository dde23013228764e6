import { findTable, itemsNamedIn, mayName, type TableRef, tableKey, type ViewModel } from '@org/migrate-core/dialect'
import { renamedTable } from '@org/migrate-core/internal'
import type { Change } from '../differences/change.ts'
import { viewOrder } from '../differences/view-order.ts'
import { retyped } from './changed-columns.ts'
import { type Composition, type Steps, tableNow } from './composition.ts'
import { computedAway } from './generated-columns.ts'

/** What of a view is compared: what the server says of it, else its text. */
export interface ViewDifference {
  /** As it stands. */
  readonly current?: ViewModel
  /** As it was declared; absent: it is declared no more. */
  readonly desired?: ViewModel
}

/** Names of columns and tables that go, if only for the time being: a view that reads one cannot stay where it is. */
interface TouchedNames {
  readonly table: TableRef
  readonly columns: readonly string[] | 'all'
  /** They come back. */
  readonly isComing?: true
}

function touchedNames(composition: Composition): readonly TouchedNames[] {
  const dropped = [...composition.model.tables.values()].flatMap(({ ref }) =>
    composition.to.tables.has(tableKey(ref)) ? [] : [{ table: ref, columns: 'all' } as const],
  )
  const changed = [...composition.differences.values()].flatMap((difference): readonly TouchedNames[] => {
    const { ref, removed } = difference
    const away = computedAway(composition, tableNow(composition, ref))
    const sets = [
      { table: ref, columns: removed.map(({ name }) => name) },
      { table: ref, columns: away.map(({ name }) => name), isComing: true } as const,
    ]
    return sets.filter(({ columns }) => columns.length > 0)
  })
  return [...dropped, ...changed]
}

/** What becomes of the views that differ; by their names, for their texts follow what is renamed. */
interface DesiredViews {
  has(view: ViewModel): boolean
  get(view: ViewModel): ViewModel | undefined
}

function indexDesired(differences: readonly ViewDifference[]): DesiredViews {
  const byKey = new Map(
    differences.flatMap(({ current, desired }) =>
      current === undefined ? [] : [[tableKey(current.ref), desired] as const],
    ),
  )
  return { has: ({ ref }) => byKey.has(tableKey(ref)), get: ({ ref }) => byKey.get(tableKey(ref)) }
}

/** `*` for the columns of what is read; not that of `count(*)`, and not a product. */
const allColumns = /(?:\b(?:select|distinct|all)|[,./])\s*\*/i

/** Whether the view is only there because the declaration can't express views, or leaves this one to another program. */
const isUndeclared = ({ to, model }: Composition, { ref }: ViewModel): boolean =>
  to.views.get(tableKey(ref)) === model.views.get(tableKey(ref))

type Mentions = (view: ViewModel, name: string) => boolean

/** The views that may read each of them. */
function readersIn(all: readonly ViewModel[]): ReadonlyMap<ViewModel, readonly ViewModel[]> {
  const readers = new Map(all.map((view) => [view, [] as ViewModel[]]))
  const namedIn = itemsNamedIn(all, ({ ref }) => ref.name)
  for (const view of all) for (const read of namedIn(view.definition)) readers.get(read)?.push(view)
  return readers
}

/** Takes away these views and those that read one of them. Gives what has to come back, each as it is to be. */
function* takeAway(
  composition: Composition,
  desiredViews: DesiredViews,
  isAway: (view: ViewModel, mentions: Mentions) => boolean,
): Steps<readonly ViewModel[]> {
  const all = viewOrder(composition.model)
  const names = new Map(all.map((view) => [view, mayName(view.definition)]))
  const mentions: Mentions = (view, name) => names.get(view)?.(name) ?? false
  const away = new Set(all.filter((view) => isAway(view, mentions)))
  const readers = readersIn(all)
  for (const removed of away) for (const view of readers.get(removed) ?? []) away.add(view)
  const ordered = all.filter((view) => away.has(view))
  for (const view of [...ordered].reverse()) {
    yield { kind: 'dropView', view: view.ref, ...(view.materialized ? { materialized: true } : {}) }
  }
  return ordered.flatMap((view) => (desiredViews.has(view) ? (desiredViews.get(view) ?? []) : view))
}

/**
 * Takes away the views that cannot stay: those that are declared no more, those that read what goes, those that read such a view, those
 * that change with one that they read. Gives what has to come back, each as it is to be.
 */
export function* dropViews(
  composition: Composition,
  differences: readonly ViewDifference[],
): Steps<readonly ViewModel[]> {
  const desiredViews = indexDesired(differences)
  const touched = touchedNames(composition)
  // The other one goes before these columns can change.
  const binds = composition.dialect.capabilities.bindsViews === true
  const retypedColumns = [...composition.differences.values()].map(({ ref, changed: columns }) => ({
    table: ref,
    columns: retyped(columns),
  }))
  const changedIn = itemsNamedIn(
    differences.flatMap(({ current }) => current ?? []),
    ({ ref }) => ref.name,
  )
  return yield* takeAway(composition, desiredViews, (view, mentions) => {
    const desired = desiredViews.get(view)
    return (
      (binds &&
        desiredViews.has(view) &&
        changedIn(view.definition).some(({ ref }) => tableKey(ref) !== tableKey(view.ref))) ||
      (desiredViews.has(view) && (desired === undefined || desired.materialized !== view.materialized)) ||
      // Its present text may mean nothing over the new type, and the server keeps that one.
      (binds &&
        desiredViews.has(view) &&
        retypedColumns.some(
          ({ table, columns }) => mentions(view, table.name) && columns.some((name) => mentions(view, name)),
        )) ||
      touched.some(
        ({ table, columns, isComing }) =>
          // One that nothing declares could not be created again: whether it reads what goes, the dialect or the server says.
          (isComing || !isUndeclared(composition, view)) &&
          mentions(view, table.name) &&
          (columns === 'all' || allColumns.test(view.definition) || columns.some((name) => mentions(view, name))),
      )
    )
  })
}

/**
 * Takes away, before anything is renamed, the views that read it by its old name, where the server does not follow: neither they nor, in
 * the downgrade, their previous definition could be created while the names differ. Where it follows, those that go for good: how it would
 * write them afterwards is not known here. One that the declaration says nothing of is left as it is.
 */
export function* dropBrokenViews(
  composition: Composition,
  differences: readonly ViewDifference[],
  renames: readonly Change[],
): Steps<readonly ViewModel[]> {
  const breaks = composition.dialect.capabilities.renamesBreakViews === true
  const desiredViews = indexDesired(differences)
  const names = renames.flatMap((change) => {
    if (change.kind !== 'operation') return []
    const { operation } = change
    const renamed = renamedTable(operation)
    if (renamed !== undefined) return [...new Set([renamed.from.name, renamed.to.name])]
    return operation.kind === 'renameColumn' ? [operation.column, operation.to] : []
  })
  const isAffected = (view: ViewModel): boolean =>
    desiredViews.has(view) && (breaks || desiredViews.get(view) === undefined)
  return yield* takeAway(
    composition,
    desiredViews,
    (view, mentions) => isAffected(view) && names.some((name) => mentions(view, name)),
  )
}

const bare = ({ source: _, ...view }: ViewModel): ViewModel => view

/** Without the options, where it states none and there are none to reset. */
function withoutNoOptions({ options, ...view }: ViewModel, current?: ViewModel): ViewModel {
  const isStated = [options, options && current?.options].some((each) => Object.keys(each ?? {}).length > 0)
  return { ...view, ...(isStated && options !== undefined ? { options } : {}) }
}

/** Makes and changes views: those that were taken away, those that are new, those that say something else. */
export function* makeViews(
  composition: Composition,
  differences: readonly ViewDifference[],
  back: readonly ViewModel[],
): Steps {
  const added = differences.flatMap(({ current, desired }) => (current === undefined && desired ? [desired] : []))
  const changed = differences.flatMap(({ current, desired }) =>
    current !== undefined && desired !== undefined && composition.model.views.has(tableKey(current.ref))
      ? [desired]
      : [],
  )
  const all = [...added, ...changed, ...back]
  for (const view of viewOrder({ views: new Map(all.map((view) => [tableKey(view.ref), view])) })) {
    const current = composition.model.views.get(tableKey(view.ref))
    if (current !== undefined) {
      const { noData: _, ...rest } = bare(view)
      yield { kind: 'replaceView', view: withoutNoOptions(rest, current) }
    } else if (findTable(composition.model, view.ref) === undefined)
      yield { kind: 'createView', view: withoutNoOptions(changed.includes(view) ? bare(view) : view) }
  }
}
