import { bigint, boolean, expression, integer, json, now, text, timestamp, varchar } from '@org/migrate-core'
import type { Cases, OperationCase } from './case.ts'
import {
  allItems,
  allParts,
  insert,
  item,
  keyed,
  lasting,
  of,
  part,
  plainItem,
  rich,
  toItem,
  withView,
} from './world.ts'

const generated = (title: string, stored: boolean): OperationCase => ({
  title,
  change: (op) => {
    keyed(op, 'item', (t) => t.column('twice', integer(), { generated: { as: expression('id * 2'), stored } }))
    insert(op, 'item', { id: 21 })
  },
  after: of('id, twice', 'item', ['21', '42']),
})

export const tableCases: Cases<'createTable' | 'dropTable' | 'renameTable' | 'alterTableOptions'> = {
  createTable: [
    {
      title: 'columns and a primary key',
      change: (op) => keyed(op, 'item', (t) => t.column('name', text(), { nullable: false })),
    },
    {
      title: 'every kind of default',
      change: (op) => {
        keyed(op, 'item', (t) => {
          t.column('label', varchar(20), { nullable: false, default: "it's 100 %" })
          t.column('blank', varchar(20), { default: '' })
          t.column('zero', integer(), { nullable: false, default: 0 })
          t.column('less', bigint(), { default: -7 })
          t.column('yes', boolean(), { nullable: false, default: true })
          t.column('made', timestamp(), { nullable: false, default: now() })
          t.column('twice', integer(), { default: expression('(1 + 1)') })
        })
        insert(op, 'item', { id: 1 })
      },
      after: of('id, label, blank, zero, less, yes, twice', 'item', ['1', "it's 100 %", '', '0', '-7', '1', '2']),
    },
    {
      title: 'constraints of every kind that all know',
      given: plainItem,
      change: (op) =>
        op.createTable('part', (t) => {
          t.column('item_id', integer(), { nullable: false })
          t.column('place', integer(), { nullable: false })
          t.column('code', varchar(20))
          t.column('amount', integer())
          t.primaryKey(['item_id', 'place'])
          t.unique(['code'], { name: 'part_code' })
          t.check(expression('amount > 0'), { name: 'part_amount' })
          t.foreignKey({ ...toItem, onDelete: 'cascade' })
        }),
    },
    {
      title: 'indexes',
      change: (op) =>
        keyed(op, 'item', (t) => {
          t.column('name', varchar(40))
          t.column('n', integer())
          t.index('item_name', ['name'], { unique: true })
          t.index('item_n', [{ column: 'n', order: 'desc' }, 'name'])
        }),
    },
    {
      title: 'a foreign key to itself',
      change: (op) => {
        keyed(op, 'node', (t) => {
          t.column('parent', integer())
          t.foreignKey({
            name: 'node_parent',
            columns: ['parent'],
            references: { table: 'node', columns: ['id'] },
            onDelete: 'setNull',
          })
        })
        insert(op, 'node', { id: 1, parent: null }, { id: 2, parent: 1 })
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
    generated('a stored generated column', true),
    generated('a virtual generated column', false),
    {
      title: 'an option of the table',
      needs: (fragments) => fragments.tableOption,
      change: (op, { tableOption }) =>
        keyed(op, 'item', (t) => {
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
        keyed(op, 'item', (t) =>
          t.column('own', json(), { native: { sqlite: nativeType, postgres: nativeType, mysql: nativeType } }),
        ),
    },
    {
      title: 'in another schema',
      given: (op) => op.createSchema('shop'),
      change: (op) => keyed(op, { schema: 'shop', name: 'item' }),
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
        part(op, (t) => t.foreignKey(toItem))
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
        part(op, (t) => t.foreignKey(toItem))
      },
      change: (op) => op.renameTable('item', 'thing'),
      after: { ...allItems, sql: 'SELECT id, name, n FROM thing ORDER BY id' },
      back: allItems,
    },
    {
      title: 'to another case of its name',
      given: plainItem,
      change: (op) => op.renameTable('item', 'Item'),
      back: allItems,
    },
    {
      title: 'that a view reads',
      given: withView,
      change: (op) => op.renameTable('item', 'thing'),
      ...lasting(rich),
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
      ...lasting(allItems),
    },
  ],
}
