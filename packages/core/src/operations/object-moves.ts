import type { TableRef } from '../model/schema-model.ts'
import type { Operation, OperationOf } from './operation.ts'

/** The name of an object of setSchema afterwards. */
export function movedTo({ ref, schema }: Pick<OperationOf<'setSchema'>, 'ref' | 'schema'>): TableRef {
  return schema === null ? { name: ref.name } : { schema, name: ref.name }
}

/** A table that gets another name or another schema, with both names; undefined for every other operation. */
export function renamedTable(operation: Operation): { readonly from: TableRef; readonly to: TableRef } | undefined {
  if (operation.kind === 'renameTable') {
    return { from: operation.table, to: { ...operation.table, name: operation.to } }
  }
  return operation.kind === 'setSchema' && operation.object === 'table'
    ? { from: operation.ref, to: movedTo(operation) }
    : undefined
}
