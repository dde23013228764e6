import { refText } from '@org/migrate-core/dialect'
import type { FillChange } from './change.ts'

/** Rows get the old name of a value again; what a fill gave them otherwise stays with them. */
export function inverseFills(change: FillChange): readonly FillChange[] {
  const { where, renamedTo, column } = change
  if (renamedTo === undefined || where.kind !== 'value') return []
  const { value } = where
  const why = `'${renamedTo}' of ${refText(change.table)}.${column} is called '${value}' again`
  return [
    {
      ...change,
      where: { kind: 'value', value: renamedTo },
      value: `'${value.replaceAll("'", "''")}'`,
      renamedTo: value,
      why,
    },
  ]
}
