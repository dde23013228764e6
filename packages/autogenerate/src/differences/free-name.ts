import { type SchemaModel, type TableRef, tableKey } from '@org/migrate-core/dialect'

/** A name that is free, for what has to go by another one until it is dropped or has its own. */
export function freeName(stem: 'renamed' | 'replaced', isTaken: (name: string) => boolean): string {
  let count = 1
  while (isTaken(`${stem}_${count}`)) count += 1
  return `${stem}_${count}`
}

/** A name that no table, view, sequence or enum has in the schema of this one. */
export function freeObjectName({ tables, views, sequences, enums }: SchemaModel, ref: TableRef): string {
  return freeName('replaced', (name) =>
    [tables, views, sequences, enums].some((part) => part.has(tableKey({ ...ref, name }))),
  )
}
