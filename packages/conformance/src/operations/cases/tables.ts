import { bigint, boolean, expression, integer, json, now, text, timestamp, varchar } from '@org/migrate-core'
import type { Cases } from './case.ts'
import { allItems, allParts, item, of, part } from './world.ts'

const toItem = { columns: ['item_id'], references: { table: 'item', columns: ['id'] } } as const

export const tableCases: Cases<'createTable' | 'dropTable' | 'renameTable' | 'alterTableOptions'> = {
  createTable: [
    {
      title: 'columns and a primary key',
      change: (op) =>
        op.createTable('item', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('name', text(), { nullable: false })
          t.primaryKey(['id'])
        }),
    },
    {
      title: 'every kind of default',
      change: (op) => {
        op.createTable('item', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('label', varchar(20), { nullable: false, default: "it's 100 %" })
          t.column('blank', varchar(20), { default: '' })
          t.column('zero', integer(), { nullable: false, default: 0 })
          t.column('less', bigint(), { default: -7 })
          t.column('yes', boolean(), { nullable: false, default: true })
          t.column('made', timestamp(), { nullable: false, default: now() })
          t.column('twice', integer(), { default: expression('(1 + 1)') })
          t.primaryKey(['id'])
        })
        op.insertRows('item', [{ id: 1 }], { key: ['id'] })
      },
      after: of('id, label, blank, zero, less, yes, twice', 'item', ['1', "it's 100 %", '', '0', '-7', '1', '2']),
    },
    {
      title: 'constraints of every kind that all know',
      given: (op) => item(op),
      change: (op) =>
        op.createTable('part', (t) => {
          t.column('item_id', integer(), { nullable: false })
          t.column('place', integer(), { nullable: false })
          t.column('code', varchar(20))
          t.column('amount', integer())
          t.primaryKey(['item_id', 'place'])
          t.unique(['code'], { name: 'part_code' })
          t.check(expression('amount > 0'), { name: 'part_amount' })
          t.foreignKey({ name: 'part_item', ...toItem, onDelete: 'cascade' })
        }),
    },
    {
      title: 'indexes',
      change: (op) =>
        op.createTable('item', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('name', varchar(40))
          t.column('n', integer())
          t.primaryKey(['id'])
          t.index('item_name', ['name'], { unique: true })
          t.index('item_n', [{ column: 'n', order: 'desc' }, 'name'])
        }),
    },
    {
      title: 'a foreign key to itself',
      change: (op) => {
        op.createTable('node', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('parent', integer())
          t.primaryKey(['id'])
          t.foreignKey({
            name: 'node_parent',
            columns: ['parent'],
            references: { table: 'node', columns: ['id'] },
            onDelete: 'setNull',
          })
        })
        op.insertRows(
          'node',
          [
            { id: 1, parent: null },
            { id: 2, parent: 1 },
          ],
          { key: ['id'] },
        )
      },
      after: of('id, parent', 'node', ['1', null], ['2', '1']),
    },
    {
      title: 'a number that the server gives (autoIncrement)',
      change: (op) =>
        op.createTable('item', (t) => {
          t.column('id', integer(), { nullable: false, identity: { mode: 'autoIncrement' } })
          t.column('name', varchar(20))
          t.primaryKey(['id'])
        }),
    },
    {
      title: 'GENERATED ALWAYS AS IDENTITY from 100 by 5',
      change: (op) =>
        op.createTable('item', (t) => {
          t.column('id', bigint(), { nullable: false, identity: { mode: 'always', start: 100, increment: 5 } })
          t.column('name', varchar(20))
          t.primaryKey(['id'])
        }),
    },
    {
      title: 'a stored generated column',
      change: (op) => {
        op.createTable('item', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('twice', integer(), { generated: { as: expression('id * 2'), stored: true } })
          t.primaryKey(['id'])
        })
        op.insertRows('item', [{ id: 21 }], { key: ['id'] })
      },
      after: of('id, twice', 'item', ['21', '42']),
    },
    {
      title: 'a virtual generated column',
      change: (op) => {
        op.createTable('item', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('twice', integer(), { generated: { as: expression('id * 2'), stored: false } })
          t.primaryKey(['id'])
        })
        op.insertRows('item', [{ id: 21 }], { key: ['id'] })
      },
      after: of('id, twice', 'item', ['21', '42']),
    },
    {
      title: 'an option of the table',
      needs: (fragments) => fragments.tableOption,
      change: (op, { tableOption }) =>
        op.createTable('item', (t) => {
          t.column('id', integer(), { nullable: false })
          t.primaryKey(['id'])
          if (tableOption !== undefined) t.options({ [tableOption.name]: tableOption.value })
        }),
    },
    {
      title: 'comments',
      change: (op) =>
        op.createTable('item', (t) => {
          t.column('id', integer(), { nullable: false, comment: "the item's number" })
          t.primaryKey(['id'])
          t.comment('what is sold')
        }),
    },
    {
      title: 'a column in the own type of the server',
      needs: (fragments) => fragments.nativeType,
      change: (op, { nativeType = '' }) =>
        op.createTable('item', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('own', json(), { native: { sqlite: nativeType, postgres: nativeType, mysql: nativeType } })
          t.primaryKey(['id'])
        }),
    },
    {
      title: 'in another schema',
      given: (op) => op.createSchema('shop'),
      change: (op) =>
        op.createTable({ schema: 'shop', name: 'item' }, (t) => {
          t.column('id', integer(), { nullable: false })
          t.primaryKey(['id'])
        }),
    },
  ],
  dropTable: [
    {
      title: 'with its rows, indexes and constraints',
      given: (op) => item(op, (t) => t.index('item_n', ['n'])),
      change: (op) => op.dropTable('item'),
      back: of('id', 'item'),
    },
    {
      title: 'cascade: the foreign keys to it go too',
      given: (op) => {
        item(op)
        part(op, (t) => t.foreignKey({ name: 'part_item', ...toItem }))
      },
      change: (op) => op.dropTable('item', { cascade: true }),
      after: allParts,
      irreversible: /./,
    },
  ],
  renameTable: [
    {
      title: 'with what refers to it',
      given: (op) => {
        item(op, (t) => t.index('item_n', ['n']))
        part(op, (t) => t.foreignKey({ name: 'part_item', ...toItem }))
      },
      change: (op) => op.renameTable('item', 'thing'),
      after: { ...allItems, sql: 'SELECT id, name, n FROM thing ORDER BY id' },
      back: allItems,
    },
    {
      title: 'to another case of its name',
      given: (op) => item(op),
      change: (op) => op.renameTable('item', 'Item_2'),
      back: allItems,
    },
    {
      title: 'that a view reads',
      given: (op) => {
        item(op)
        op.createView('rich', expression('SELECT id, n FROM item WHERE n > 0'))
      },
      change: (op) => op.renameTable('item', 'thing'),
      after: of('id, n', 'rich', ['1', '10']),
      back: of('id, n', 'rich', ['1', '10']),
    },
  ],
  alterTableOptions: [
    {
      title: 'another value',
      needs: (fragments) => fragments.tableOption,
      given: (op, { tableOption }) =>
        item(op, (t) => tableOption !== undefined && t.options({ [tableOption.name]: tableOption.value })),
      change: (op, { tableOption }) =>
        op.alterTable('item', (t) => tableOption !== undefined && t.options({ [tableOption.name]: tableOption.other })),
      after: allItems,
      back: allItems,
    },
  ],
}
