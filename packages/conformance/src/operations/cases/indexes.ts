import { expression, type IndexElementInput, type IndexInput } from '@org/migrate-core'
import type { Build, Cases, OperationCase } from './case.ts'
import { allItems, item, lasting, plainItem } from './world.ts'

const creating = (
  title: string,
  elements: readonly IndexElementInput[],
  options: IndexInput & { readonly concurrently?: true } = {},
): OperationCase => ({
  title,
  given: plainItem,
  change: (op) => op.createIndex('item', 'item_index', elements, options),
  ...lasting(allItems),
})

const withIndex =
  (elements: readonly IndexElementInput[], options?: IndexInput): Build =>
  (op) =>
    item(op, (t) => t.index('item_n', elements, options))

export const indexCases: Cases<'createIndex' | 'dropIndex' | 'renameIndex'> = {
  createIndex: [
    creating('plain', ['name', 'n']),
    creating('unique', ['name'], { unique: true }),
    creating('descending', [{ column: 'n', order: 'desc' }, 'name']),
    creating('NULLS FIRST', [{ column: 'n', order: 'asc', nulls: 'first' }]),
    creating('NULLS LAST', [{ column: 'n', order: 'asc', nulls: 'last' }]),
    creating('of an expression', [expression('lower(name)')]),
    creating('partial', ['n'], { where: expression('n > 0') }),
    creating('covering', ['n'], { include: ['name'] }),
    creating('NULLS NOT DISTINCT', ['n'], { unique: true, nullsNotDistinct: true }),
    {
      ...creating('with a collation', []),
      needs: (fragments) => fragments.collation,
      change: (op, { collation = '' }) => op.createIndex('item', 'item_index', [{ column: 'name', collation }]),
    },
    creating('of the first characters', [{ column: 'name', prefixLength: 8 }]),
    creating('with an operator class', [{ column: 'name', operatorClass: 'text_pattern_ops' }]),
    creating('hash', ['n'], { method: 'hash' }),
    {
      ...creating('fulltext', []),
      needs: (fragments) => fragments.fulltextMethod,
      change: (op, { fulltextMethod = '' }) =>
        op.createIndex('item', 'item_index', ['name'], { method: fulltextMethod }),
    },
    creating('with a comment', ['n'], { comment: 'the numbers' }),
    creating('concurrently', ['n'], { concurrently: true }),
  ],
  dropIndex: [
    {
      title: 'plain',
      given: withIndex([{ column: 'n', order: 'desc' }]),
      change: (op) => op.dropIndex('item', 'item_n'),
      ...lasting(allItems),
    },
    {
      title: 'concurrently',
      given: withIndex(['n']),
      change: (op) => op.dropIndex('item', 'item_n', { concurrently: true }),
      ...lasting(allItems),
    },
  ],
  renameIndex: [
    {
      title: 'plain',
      given: withIndex(['n'], { unique: true }),
      change: (op) => op.alterTable('item', (t) => t.renameIndex('item_n', 'item_number')),
      ...lasting(allItems),
    },
  ],
}
