import type { DialectCompiler, IndexModel, Operation, TableModel } from '@org/migrate-core/dialect'
import { keyPrefixes } from '../../types/implicit-indexes.ts'
import { refText, tableOf } from '../statements.ts'

/** The indexes that hold the beginning of a column in `before`, and the whole of it in `after`. */
function shortenedIndexes(before: TableModel, after: TableModel): readonly IndexModel[] {
  return before.indexes.filter(({ name, elements }) => {
    const next = after.indexes.find((index) => index.name === name)
    return elements.some(({ prefixLength }, at) => {
      const element = next?.elements[at]
      return prefixLength !== undefined && element !== undefined && element.prefixLength === undefined
    })
  })
}

/**
 * Where the new type is no string, or as short as the prefix of an index, the server has the whole column in the index from then on, and
 * the old type does not bring the prefix back. So the downgrade drops such an index and creates it again behind the change.
 */
export const inverseWithPrefixes: NonNullable<DialectCompiler['invert']> = ({ operation, before, after }, inverse) => {
  if (operation.kind !== 'alterColumn') return inverse
  const { table } = operation
  const [from, to] = [tableOf(before, table), tableOf(after, table)]
  if (from.options[keyPrefixes] !== to.options[keyPrefixes]) {
    const why = `the server drops a prefix of the primary key of ${refText(table)} with the type; restore it with op.sql`
    return { irreversible: true, why }
  }
  const indexes = shortenedIndexes(from, to)
  return [
    ...indexes.map(({ name }): Operation => ({ kind: 'dropIndex', table, index: name })),
    ...inverse,
    ...indexes.map((index): Operation => ({ kind: 'createIndex', table, index })),
  ]
}
