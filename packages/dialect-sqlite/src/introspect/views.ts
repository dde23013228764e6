import type { ViewModel } from '@org/migrate-core/dialect'
import { slice } from '../ddl/cursor.ts'
import { parseView } from '../ddl/parse-view.ts'

/** A view from its CREATE text. Throws UNPARSED_SQL. */
export function readView(source: string): ViewModel {
  const view = parseView(source)
  return {
    ref: { name: view.name.name },
    ...(view.columns === undefined ? {} : { columns: view.columns.map(({ name }) => name) }),
    definition: slice(source, view.select),
    source,
  }
}
