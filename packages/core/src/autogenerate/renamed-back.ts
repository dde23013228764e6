import { refText } from '../model/edit.ts'
import type { FillChange } from './change.ts'

/** Rows get the old name of a value again; what a fill gave them otherwise stays with them. */
export function renamedBack(change: FillChange): readonly FillChange[] {
  const { where, renamedTo, column } = change
  if (renamedTo === undefined || where.is !== 'value') return []
  const { value } = where
  const why = `'${renamedTo}' of ${refText(change.table)}.${column} is called '${value}' again`
  return [
    {
      ...change,
      where: { is: 'value', value: renamedTo },
      value: `'${value.replaceAll("'", "''")}'`,
      renamedTo: value,
      why,
    },
  ]
}
