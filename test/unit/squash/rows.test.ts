import type { Operation } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { referenceRows } from '../../../packages/autogenerate/src/squash/reference-rows.ts'

const inserted: Operation = {
  kind: 'insertRows',
  table: { name: 'kinds' },
  columns: ['id', 'name'],
  rows: [
    [1, 'a'],
    [2, 'b'],
  ],
}

test('rows follow their table through names, schemas and what SQL says that it does', () => {
  expect(
    referenceRows([
      inserted,
      { kind: 'renameTable', table: { name: 'kinds' }, to: 'sorts' },
      { kind: 'setSchema', object: 'table', ref: { name: 'sorts' }, schema: 'shop' },
      {
        kind: 'sql',
        text: 'ALTER TABLE shop.sorts RENAME name TO title',
        effects: [{ kind: 'renameColumn', table: { schema: 'shop', name: 'sorts' }, column: 'name', to: 'title' }],
      },
    ]),
  ).toEqual([
    {
      kind: 'insertRows',
      table: { schema: 'shop', name: 'sorts' },
      columns: ['id', 'title'],
      rows: [
        [1, 'a'],
        [2, 'b'],
      ],
    },
  ])
  expect(referenceRows([inserted, { kind: 'dropTable', table: { name: 'kinds' } }])).toEqual([])
})
