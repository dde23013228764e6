import type { Dialect } from '../dialect/dialect.ts'
import { refText, tableKey } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { type ViewDifference, viewsDiffer } from './compose/views.ts'

interface Compared {
  readonly dialect: Dialect
  readonly said: SchemaModel
  readonly model: SchemaModel
  readonly fromAuthors: boolean
  readonly notes: string[]
}

interface Shown {
  /** The declaration as the server shows it, where it was asked. */
  readonly expected: SchemaModel
  readonly found: SchemaModel
  readonly asked: boolean
}

/** Views that are on one side only, or whose texts are not the same at once. */
export function viewSuspects({ said, model }: Compared): readonly ViewDifference[] {
  const gone = [...model.views].flatMap(([key, stood]) => (said.views.has(key) ? [] : [{ stood }]))
  const others = [...said.views].flatMap(([key, wanted]): readonly ViewDifference[] => {
    const stood = model.views.get(key)
    if (stood === undefined) return [{ wanted }]
    return viewsDiffer(stood, wanted) ? [{ stood, wanted }] : []
  })
  return [...gone, ...others]
}

export function viewDifferences(
  { dialect, fromAuthors, notes }: Compared,
  suspects: readonly ViewDifference[],
  sides: Shown,
): readonly ViewDifference[] {
  const keepsTexts = dialect.capabilities.storedTexts !== 'rewritten' || fromAuthors
  return suspects.filter(({ stood, wanted }) => {
    if (stood === undefined || wanted === undefined || stood.materialized !== wanted.materialized) return true
    const key = tableKey(wanted.ref)
    const [shown, was] = [sides.expected.views.get(key), sides.found.views.get(key) ?? stood]
    // The server shows no options where there are none, which the declaration has stated then.
    const is = shown && wanted.options ? { ...shown, options: shown.options ?? {} } : shown
    if (sides.asked && is !== undefined && !viewsDiffer(was, is)) return false
    for (const [option, value] of Object.entries(wanted.options === undefined ? {} : (was.options ?? {})))
      if (wanted.options?.[option] === undefined)
        notes.push(
          `View ${refText(wanted.ref)} has ${option}=${value}, which the declaration does not state: it is reset.`,
        )
    if (sides.asked && is !== undefined) return true
    if (!keepsTexts)
      notes.push(`Whether view ${refText(wanted.ref)} says the same cannot be told without asking the server.`)
    return keepsTexts
  })
}
