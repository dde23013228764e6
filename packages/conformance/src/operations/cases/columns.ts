import {
  bigint,
  type ColumnChangeInput,
  type ColumnOptions,
  enumeration,
  expression,
  type InputRow,
  integer,
  now,
  text,
  timestamp,
  varchar,
} from '@org/migrate-core'
import type { ColumnType } from '@org/migrate-core/dialect'
import type { Build, Cases, OperationCase, Row, Sight } from './case.ts'
import {
  allItems,
  allParts,
  insert,
  item,
  itemRows,
  keyed,
  lasting,
  of,
  part,
  plainItem,
  rich,
  toItem,
} from './world.ts'

/** A new column `more` of `item`, and what it holds in each row. */
const add = (
  title: string,
  type: ColumnType,
  options: ColumnOptions,
  values: readonly (string | null)[] = [null, null, null],
): OperationCase => ({
  title,
  given: plainItem,
  change: (op) => op.alterTable('item', (t) => t.addColumn('more', type, options)),
  after: of('id, more', 'item', ...values.map((value, at): Row => [`${at + 1}`, value])),
  back: allItems,
})

/** A change of one column of `item` after which, and after the downgrade, all rows are as they were. */
const alter = (
  title: string,
  column: string,
  change: ColumnChangeInput,
  more: Partial<Omit<OperationCase, 'title'>> = {},
): OperationCase => ({
  title,
  given: plainItem,
  change: (op) => op.alterTable('item', (t) => t.alterColumn(column, change)),
  ...lasting(allItems),
  ...more,
})

/** `item` with one more column, which the case changes. */
const withMore =
  (type: ColumnType, options?: ColumnOptions, ...rows: readonly InputRow[]): Build =>
  (op) => {
    keyed(op, 'item', (t) => {
      t.column('n', integer())
      t.column('more', type, options)
    })
    if (rows.length > 0) insert(op, 'item', ...rows)
  }

const more = (value: string): Sight => of('id, more', 'item', ['1', value])
const noRows = lasting(of('id', 'item'))

const timesN = (factor: number, stored: boolean) => ({ as: expression(`n * ${factor}`), stored })
const doubled = withMore(integer(), { generated: timesN(2, true) }, { id: 1, n: 7 })

export const columnCases: Cases<'addColumn' | 'dropColumn' | 'alterColumn' | 'renameColumn'> = {
  addColumn: [
    add('nullable', text(), {}),
    add('NOT NULL with a default', varchar(12), { nullable: false, default: 'en' }, ['en', 'en', 'en']),
    {
      ...add('with the time of now as default', timestamp(), { nullable: false, default: now() }),
      after: of('id', 'item', ['1'], ['2'], ['3']),
    },
    add('with an expression as default', integer(), { default: expression('(1 + 1)') }, ['2', '2', '2']),
    add('of an enum', enumeration(['s', 'm']), { nullable: false, default: 's' }, ['s', 's', 's']),
    add('generated, stored', integer(), { generated: timesN(2, true) }, ['20', null, '-10']),
    add('generated, virtual', integer(), { generated: timesN(2, false) }, ['20', null, '-10']),
    {
      ...add('with a collation', varchar(20), {}),
      needs: (fragments) => fragments.collation,
      change: (op, { collation = '' }) => op.alterTable('item', (t) => t.addColumn('more', varchar(20), { collation })),
    },
    add('with a comment', integer(), { comment: "it's more" }),
  ],
  dropColumn: [
    {
      title: 'plain',
      given: plainItem,
      change: (op) => op.alterTable('item', (t) => t.dropColumn('n')),
      after: of('id, name', 'item', ['1', 'a'], ['2', 'B'], ['3', '']),
      back: { ...allItems, rows: itemRows.map(([id = '', name = null]) => [id, name, null]) },
    },
    {
      title: 'with a default',
      given: (op) => {
        keyed(op, 'item', (t) => t.column('n', integer(), { nullable: false, default: 7 }))
        insert(op, 'item', { id: 1, n: 9 })
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
        given: withMore(enumeration(['s', 'm']), {}, { id: 1, n: 1, more: 'm' }),
        ...lasting(more('m')),
      },
    ),
    alter(
      'another type, the values converted by an expression',
      'n',
      { type: bigint(), using: 'n + 1' },
      {
        after: of('id, name, n', 'item', ['1', 'a', '11'], ['2', 'B', null], ['3', '', '-4']),
        irreversible: /usingBack/,
      },
    ),
    alter('NOT NULL', 'name', { nullable: false }),
    alter(
      'nullable again',
      'more',
      { nullable: true },
      { given: withMore(varchar(20), { nullable: false }), ...noRows },
    ),
    alter('a default', 'n', { default: 7 }),
    alter(
      'another default',
      'more',
      { default: "don't" },
      {
        given: withMore(varchar(20), { nullable: false, default: 'do' }),
        ...noRows,
      },
    ),
    alter('no default', 'more', { default: null }, { given: withMore(varchar(20), { default: 'do' }), ...noRows }),
    alter('the time of now as default', 'more', { default: now() }, { given: withMore(timestamp()), ...noRows }),
    {
      ...alter('a collation', 'name', {}),
      needs: (fragments) => fragments.collation,
      change: (op, { collation = '' }) => op.alterTable('item', (t) => t.alterColumn('name', { collation })),
    },
    alter('a comment', 'n', { comment: 'how many' }),
    alter(
      'another generated expression',
      'more',
      { generated: timesN(3, true) },
      {
        given: doubled,
        after: more('21'),
        back: more('14'),
      },
    ),
    alter('not generated any more', 'more', { generated: null }, { given: doubled, ...lasting(more('14')) }),
    alter('GENERATED BY DEFAULT AS IDENTITY', 'id', { identity: { mode: 'byDefault' } }),
    alter('all of it at once', 'name', { type: varchar(80), nullable: false, default: 'x' }),
  ],
  renameColumn: [
    {
      title: 'plain',
      given: plainItem,
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
          t.foreignKey(toItem)
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
      ...lasting(rich),
    },
  ],
}
