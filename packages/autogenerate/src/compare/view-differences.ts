import { type Dialect, refText, type SchemaModel, tableKey, type ViewModel } from '@org/migrate-core/dialect'
import { viewDifferences as factDifferences } from '@org/migrate-core/internal'
import type { ViewDifference } from '../compose/views.ts'

const viewsDiffer = (actual: ViewModel, expected: ViewModel): boolean => factDifferences(expected, actual).length > 0

interface ViewComparison {
  readonly dialect: Dialect
  readonly desiredModel: SchemaModel
  readonly model: SchemaModel
  readonly fromAuthors: boolean
  readonly notes: string[]
}

interface MaterialisedSides {
  /** The declaration as the server shows it, where it was asked. */
  readonly expected: SchemaModel
  readonly actual: SchemaModel
  readonly isMaterialised: boolean
}

/** Views that are on one side only, or whose texts are not the same at once. */
export function viewSuspects({ desiredModel, model }: ViewComparison): readonly ViewDifference[] {
  const removed = [...model.views].flatMap(([key, current]) => (desiredModel.views.has(key) ? [] : [{ current }]))
  const differing = [...desiredModel.views].flatMap(([key, desired]): readonly ViewDifference[] => {
    const current = model.views.get(key)
    if (current === undefined) return [{ desired }]
    return viewsDiffer(current, desired) ? [{ current, desired }] : []
  })
  return [...removed, ...differing]
}

export function viewDifferences(
  { dialect, fromAuthors, notes }: ViewComparison,
  suspects: readonly ViewDifference[],
  sides: MaterialisedSides,
): readonly ViewDifference[] {
  const storesOriginalText = dialect.capabilities.storedTexts !== 'rewritten' || fromAuthors
  return suspects.filter(({ current, desired }) => {
    if (current === undefined || desired === undefined || current.materialized !== desired.materialized) return true
    const key = tableKey(desired.ref)
    const [shown, actual] = [sides.expected.views.get(key), sides.actual.views.get(key) ?? current]
    // The server shows no options where there are none, which the declaration has stated then.
    const expected = shown && desired.options ? { ...shown, options: shown.options ?? {} } : shown
    if (sides.isMaterialised && expected !== undefined && !viewsDiffer(actual, expected)) return false
    for (const [option, value] of Object.entries(desired.options === undefined ? {} : (actual.options ?? {})))
      if (desired.options?.[option] === undefined)
        notes.push(
          `View ${refText(desired.ref)} has ${option}=${value}, which the declaration does not state: it is reset.`,
        )
    if (sides.isMaterialised && expected !== undefined) return true
    if (!storesOriginalText)
      notes.push(
        `Whether view ${refText(desired.ref)} is the same is unknown without the server: the texts were not compared.`,
      )
    return storesOriginalText
  })
}
