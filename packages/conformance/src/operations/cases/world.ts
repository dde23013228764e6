import {
  expression,
  type InputRow,
  integer,
  type OperationRecorder,
  type TableRecorder,
  varchar,
} from '@org/migrate-core'
import type { TableRef } from '@org/migrate-core/dialect'
import type { Build, Row, Sight } from './case.ts'

type More = (t: TableRecorder) => void

/** A table whose key is `id`. */
export const keyed = (op: OperationRecorder, table: string | TableRef, more: More = () => undefined): void =>
  op.createTable(table, (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
    more(t)
  })

export const insert = (op: OperationRecorder, table: string | TableRef, ...rows: readonly InputRow[]): void =>
  op.insertRows(table, rows, { key: ['id'] })

/** The table that most cases change, with three rows. */
export function item(op: OperationRecorder, more: More = () => undefined): void {
  keyed(op, 'item', (t) => {
    t.column('name', varchar(40))
    t.column('n', integer())
    more(t)
  })
  insert(op, 'item', { id: 1, name: 'a', n: 10 }, { id: 2, name: 'B', n: null }, { id: 3, name: '', n: -5 })
}

/** `item` without more. */
export const plainItem: Build = (op) => item(op)

export const itemRows: readonly Row[] = [
  ['1', 'a', '10'],
  ['2', 'B', null],
  ['3', '', '-5'],
]
/** All of it, as it was. */
export const allItems: Sight = { sql: 'SELECT id, name, n FROM item ORDER BY id', rows: itemRows }

/** A table that refers to `item`, with a row for two of its rows. */
export function part(op: OperationRecorder, more: More = () => undefined): void {
  keyed(op, 'part', (t) => {
    t.column('item_id', integer())
    more(t)
  })
  insert(op, 'part', { id: 1, item_id: 1 }, { id: 2, item_id: 3 }, { id: 3, item_id: null })
}

/** The key of `part` to `item`. */
export const toItem = {
  name: 'part_item',
  columns: ['item_id'],
  references: { table: 'item', columns: ['id'] },
} as const

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

/** The same is there after the upgrade and after the downgrade. */
export const lasting = (sight: Sight) => ({ after: sight, back: sight })

/** The query of the view `rich`, and what it shows. */
export const positive = expression('SELECT id, n FROM item WHERE n > 0')
export const rich = of('id, n', 'rich', ['1', '10'])

export const withView: Build = (op) => {
  item(op)
  op.createView('rich', positive)
}
