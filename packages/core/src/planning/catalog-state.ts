import type { CatalogNames } from '../dialect/introspection.ts'
import { refOfKey } from '../model/edit.ts'

/** The columns of all tables between two steps of a run. */
export interface CatalogState {
  readonly columns: Map<string, readonly string[]>
  /** Keys of tables by their folded name: not every server tells names apart by case. */
  readonly keys: Map<string, Set<string>>
  /** The schemas that were read. Undefined: all. */
  readonly schemas?: readonly string[]
  /** Views among the names. Undefined: not read yet. */
  views?: readonly string[]
  /** When a statement may change tables that it does not name. Undefined: not read yet. */
  hiddenChanges?: 'always' | 'withRows' | 'never'
}

const foldedName = (key: string): string => refOfKey(key).name.toLowerCase()

function setColumns({ columns, keys }: CatalogState, key: string, names: readonly string[]): void {
  columns.set(key, names)
  const folded = foldedName(key)
  const same = keys.get(folded)
  if (same === undefined) keys.set(folded, new Set([key]))
  else same.add(key)
}

export function catalogOf(columns: CatalogNames['columns'], schemas?: readonly string[]): CatalogState {
  const state: CatalogState = { columns: new Map(), keys: new Map(), ...(schemas === undefined ? {} : { schemas }) }
  for (const [key, names] of columns) setColumns(state, key, names)
  return state
}

/** The columns of the tables of these names. */
export function columnsNamed({ columns, keys }: CatalogState, names: readonly string[]): CatalogNames['columns'] {
  const selected = new Map<string, readonly string[]>()
  for (const name of names) {
    for (const key of keys.get(name.toLowerCase()) ?? []) selected.set(key, columns.get(key) ?? [])
  }
  return selected
}

/** Replaces what was known of tables by what was read of them. */
export function moveCatalog(
  state: CatalogState,
  before: CatalogNames['columns'],
  after: CatalogNames['columns'],
): CatalogState {
  for (const key of before.keys()) {
    state.columns.delete(key)
    state.keys.get(foldedName(key))?.delete(key)
  }
  for (const [key, names] of after) setColumns(state, key, names)
  return state
}
