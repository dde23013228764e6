import { integer, type OperationRecorder, type TableRecorder, varchar } from '@org/migrate-core'
import type { Row, Sight } from './case.ts'

/** The table that most cases change, with three rows. */
export function item(op: OperationRecorder, more: (t: TableRecorder) => void = () => undefined): void {
  op.createTable('item', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(40))
    t.column('n', integer())
    t.primaryKey(['id'])
    more(t)
  })
  op.insertRows(
    'item',
    [
      { id: 1, name: 'a', n: 10 },
      { id: 2, name: 'B', n: null },
      { id: 3, name: '', n: -5 },
    ],
    { key: ['id'] },
  )
}

export const itemRows: readonly Row[] = [
  ['1', 'a', '10'],
  ['2', 'B', null],
  ['3', '', '-5'],
]
/** All of it, as it was. */
export const allItems: Sight = { sql: 'SELECT id, name, n FROM item ORDER BY id', rows: itemRows }

/** A table that refers to `item`, with a row for two of its rows. */
export function part(op: OperationRecorder, more: (t: TableRecorder) => void = () => undefined): void {
  op.createTable('part', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('item_id', integer())
    t.primaryKey(['id'])
    more(t)
  })
  op.insertRows(
    'part',
    [
      { id: 1, item_id: 1 },
      { id: 2, item_id: 3 },
      { id: 3, item_id: null },
    ],
    { key: ['id'] },
  )
}

export const allParts: Sight = {
  sql: 'SELECT id, item_id FROM part ORDER BY id',
  rows: [
    ['1', '1'],
    ['2', '3'],
    ['3', null],
  ],
}

/** The order of the columns is not promised, so the ones that matter are named. */
export const of = (columns: string, table: string, ...rows: readonly Row[]): Sight => ({
  sql: `SELECT ${columns} FROM ${table} ORDER BY 1`,
  rows,
})
