import type { ColumnOptions } from '@org/migrate-core'
import {
  bigint,
  type ColumnChangeInput,
  enumeration,
  expression,
  integer,
  now,
  text,
  timestamp,
  varchar,
} from '@org/migrate-core'
import type { ColumnType } from '@org/migrate-core/dialect'
import type { SqlFragments } from '../../subject.ts'
import type { Build, Cases, OperationCase } from './case.ts'
import { allItems, allParts, item, itemRows, of, part } from './world.ts'

const add = (title: string, more: Omit<OperationCase, 'title' | 'given' | 'back'>): OperationCase => ({
  title,
  given: (op) => item(op),
  back: allItems,
  ...more,
})

/** A change of one column of `item` after which, and after the downgrade, all rows are as they were. */
const alter = (
  title: string,
  column: string,
  change: ColumnChangeInput,
  more: Partial<Omit<OperationCase, 'title'>> = {},
): OperationCase => ({
  title,
  given: (op) => item(op),
  change: (op) => op.alterTable('item', (t) => t.alterColumn(column, change)),
  after: allItems,
  back: allItems,
  ...more,
})

/** `item` with one more column, which the case changes. */
const withMore =
  (type: ColumnType, options?: ColumnOptions): Build =>
  (op) => {
    op.createTable('item', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('n', integer())
      t.column('more', type, options)
      t.primaryKey(['id'])
    })
  }

export const columnCases: Cases<'addColumn' | 'dropColumn' | 'alterColumn' | 'renameColumn'> = {
  addColumn: [
    add('nullable', {
      change: (op) => op.alterTable('item', (t) => t.addColumn('more', text())),
      after: of('id, more', 'item', ['1', null], ['2', null], ['3', null]),
    }),
    add('NOT NULL with a default', {
      change: (op) =>
        op.alterTable('item', (t) => t.addColumn('more', varchar(12), { nullable: false, default: 'en' })),
      after: of('id, more', 'item', ['1', 'en'], ['2', 'en'], ['3', 'en']),
    }),
    add('with the time of now as default', {
      change: (op) =>
        op.alterTable('item', (t) => t.addColumn('more', timestamp(), { nullable: false, default: now() })),
      after: of('id', 'item', ['1'], ['2'], ['3']),
    }),
    add('with an expression as default', {
      change: (op) => op.alterTable('item', (t) => t.addColumn('more', integer(), { default: expression('(1 + 1)') })),
      after: of('id, more', 'item', ['1', '2'], ['2', '2'], ['3', '2']),
    }),
    add('of an enum', {
      change: (op) =>
        op.alterTable('item', (t) => t.addColumn('more', enumeration(['s', 'm']), { nullable: false, default: 's' })),
      after: of('id, more', 'item', ['1', 's'], ['2', 's'], ['3', 's']),
    }),
    add('generated, stored', {
      change: (op) =>
        op.alterTable('item', (t) =>
          t.addColumn('more', integer(), { generated: { as: expression('n * 2'), stored: true } }),
        ),
      after: of('id, more', 'item', ['1', '20'], ['2', null], ['3', '-10']),
    }),
    add('generated, virtual', {
      change: (op) =>
        op.alterTable('item', (t) =>
          t.addColumn('more', integer(), { generated: { as: expression('n * 2'), stored: false } }),
        ),
      after: of('id, more', 'item', ['1', '20'], ['2', null], ['3', '-10']),
    }),
    add('with a collation', {
      needs: (fragments) => fragments.collation,
      change: (op, { collation = '' }) => op.alterTable('item', (t) => t.addColumn('more', varchar(20), { collation })),
      after: of('id, more', 'item', ['1', null], ['2', null], ['3', null]),
    }),
    add('with a comment', {
      change: (op) => op.alterTable('item', (t) => t.addColumn('more', integer(), { comment: "it's more" })),
      after: of('id, more', 'item', ['1', null], ['2', null], ['3', null]),
    }),
  ],
  dropColumn: [
    {
      title: 'plain',
      given: (op) => item(op),
      change: (op) => op.alterTable('item', (t) => t.dropColumn('n')),
      after: of('id, name', 'item', ['1', 'a'], ['2', 'B'], ['3', '']),
      back: { ...allItems, rows: itemRows.map(([id = '', name = null]) => [id, name, null]) },
    },
    {
      title: 'with a default',
      given: (op) => {
        op.createTable('item', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('n', integer(), { nullable: false, default: 7 })
          t.primaryKey(['id'])
        })
        op.insertRows('item', [{ id: 1, n: 9 }], { key: ['id'] })
      },
      change: (op) => op.alterTable('item', (t) => t.dropColumn('n')),
      back: of('id, n', 'item', ['1', '7']),
    },
  ],
  alterColumn: [
    alter('a wider integer', 'n', { type: bigint() }),
    alter('a longer text', 'name', { type: varchar(60) }),
    alter('a text without a limit', 'name', { type: text() }),
    alter(
      'more values for an enum',
      'more',
      { type: enumeration(['s', 'm', 'l']) },
      {
        given: (op) => {
          withMore(enumeration(['s', 'm']))(op, {} as SqlFragments)
          op.insertRows('item', [{ id: 1, n: 1, more: 'm' }], { key: ['id'] })
        },
        after: of('id, more', 'item', ['1', 'm']),
        back: of('id, more', 'item', ['1', 'm']),
      },
    ),
    alter(
      'another type, the values converted by an expression',
      'n',
      { type: bigint(), using: 'n + 1' },
      {
        after: {
          ...allItems,
          rows: [
            ['1', 'a', '11'],
            ['2', 'B', null],
            ['3', '', '-4'],
          ],
        },
        irreversible: /usingBack/,
      },
    ),
    alter('NOT NULL', 'name', { nullable: false }),
    alter(
      'nullable again',
      'more',
      { nullable: true },
      {
        given: withMore(varchar(20), { nullable: false }),
        after: of('id', 'item'),
        back: of('id', 'item'),
      },
    ),
    alter('a default', 'n', { default: 7 }),
    alter(
      'another default',
      'more',
      { default: "don't" },
      {
        given: withMore(varchar(20), { nullable: false, default: 'do' }),
        after: of('id', 'item'),
        back: of('id', 'item'),
      },
    ),
    alter(
      'no default',
      'more',
      { default: null },
      {
        given: withMore(varchar(20), { default: 'do' }),
        after: of('id', 'item'),
        back: of('id', 'item'),
      },
    ),
    alter(
      'the time of now as default',
      'more',
      { default: now() },
      {
        given: withMore(timestamp()),
        after: of('id', 'item'),
        back: of('id', 'item'),
      },
    ),
    alter(
      'a collation',
      'name',
      {},
      {
        needs: (fragments) => fragments.collation,
        change: (op, { collation = '' }) => op.alterTable('item', (t) => t.alterColumn('name', { collation })),
      },
    ),
    alter('a comment', 'n', { comment: 'how many' }),
    alter(
      'another generated expression',
      'more',
      { generated: { as: expression('n * 3'), stored: true } },
      {
        given: (op) => {
          withMore(integer(), { generated: { as: expression('n * 2'), stored: true } })(op, {} as SqlFragments)
          op.insertRows('item', [{ id: 1, n: 7 }], { key: ['id'] })
        },
        after: of('id, more', 'item', ['1', '21']),
        back: of('id, more', 'item', ['1', '14']),
      },
    ),
    alter(
      'not generated any more',
      'more',
      { generated: null },
      {
        given: (op) => {
          withMore(integer(), { generated: { as: expression('n * 2'), stored: true } })(op, {} as SqlFragments)
          op.insertRows('item', [{ id: 1, n: 7 }], { key: ['id'] })
        },
        after: of('id, more', 'item', ['1', '14']),
        back: of('id, more', 'item', ['1', '14']),
      },
    ),
    alter('GENERATED BY DEFAULT AS IDENTITY', 'id', { identity: { mode: 'byDefault' } }),
    alter('all of it at once', 'name', { type: varchar(80), nullable: false, default: 'x' }),
  ],
  renameColumn: [
    {
      title: 'plain',
      given: (op) => item(op),
      change: (op) => op.alterTable('item', (t) => t.renameColumn('n', 'amount')),
      after: { ...allItems, sql: 'SELECT id, name, amount FROM item ORDER BY id' },
      back: allItems,
    },
    {
      title: 'in an index, a unique constraint and a foreign key',
      given: (op) => {
        item(op, (t) => t.index('item_n', ['n', 'name']))
        part(op, (t) => {
          t.unique(['item_id'], { name: 'part_once' })
          t.foreignKey({
            name: 'part_item',
            columns: ['item_id'],
            references: { table: 'item', columns: ['id'] },
          })
        })
      },
      change: (op) => op.alterTable('part', (t) => t.renameColumn('item_id', 'whole')),
      after: { ...allParts, sql: 'SELECT id, whole FROM part ORDER BY id' },
      back: allParts,
    },
    {
      title: 'that a view reads',
      given: (op) => {
        item(op)
        op.createView('rich', expression('SELECT id, n AS n FROM item WHERE n > 0'))
      },
      change: (op) => op.alterTable('item', (t) => t.renameColumn('n', 'amount')),
      after: of('id, n', 'rich', ['1', '10']),
      back: of('id, n', 'rich', ['1', '10']),
    },
  ],
}
