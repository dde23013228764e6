import { enumeration, expression, integer, varchar } from '@org/migrate-core'
import type { SqlFragments } from '../../subject.ts'
import type { Build, Cases } from './case.ts'
import { allItems, item, of } from './world.ts'

const size: Build = (op) => {
  op.createEnum('size', ['s', 'm', 'l'])
  op.createTable('item', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('size', enumeration(['s', 'm', 'l'], { name: 'size' }), { nullable: false, default: 'm' })
    t.primaryKey(['id'])
  })
  op.insertRows(
    'item',
    [
      { id: 1, size: 's' },
      { id: 2, size: 'm' },
      { id: 3, size: 'l' },
    ],
    { key: ['id'] },
  )
}
const sizes = (...values: readonly string[]) =>
  of('id, size', 'item', ...values.map((value, at) => [`${at + 1}`, value]))

const positive = expression('SELECT id, n FROM item WHERE n > 0')
const withView: Build = (op) => {
  item(op)
  op.createView('rich', positive)
}
const optionsOf = ({ viewOptions = {} }: SqlFragments): Record<string, string> =>
  Object.fromEntries(Object.entries(viewOptions).map(([name, [value]]) => [name, value]))
const withOptions: Build = (op, fragments) => {
  item(op)
  op.createView('rich', positive, { options: optionsOf(fragments) })
}
const rich = of('id, n', 'rich', ['1', '10'])

const log: Build = (op) => {
  item(op)
  op.createTable('log', (t) => t.column('note', varchar(40)))
}
const withTrigger: Build = (op, fragments) => {
  log(op, fragments)
  op.createTrigger('item', 'item_log', expression(fragments.trigger?.('item_log') ?? 'none'))
}

export const objectCases: Cases<
  | 'createSchema'
  | 'dropSchema'
  | 'createEnum'
  | 'alterEnum'
  | 'renameEnum'
  | 'dropEnum'
  | 'createView'
  | 'replaceView'
  | 'renameView'
  | 'dropView'
  | 'createTrigger'
  | 'dropTrigger'
  | 'setComment'
> = {
  createSchema: [{ title: 'plain', change: (op) => op.createSchema('shop') }],
  dropSchema: [{ title: 'plain', given: (op) => op.createSchema('shop'), change: (op) => op.dropSchema('shop') }],
  createEnum: [{ title: 'plain', change: (op) => op.createEnum('size', ['s', "it's", 'l']) }],
  alterEnum: [
    {
      title: 'a value at the end, used at once',
      given: size,
      change: (op) => {
        op.alterEnum('size', { add: [{ value: 'xl' }] })
        op.insertRows('item', [{ id: 4, size: 'xl' }], { key: ['id'] })
      },
      after: sizes('s', 'm', 'l', 'xl'),
      back: sizes('s', 'm', 'l'),
    },
    {
      title: 'a value at a place',
      given: size,
      change: (op) => op.alterEnum('size', { add: [{ value: 'xs', before: 's' }] }),
      after: sizes('s', 'm', 'l'),
      back: sizes('s', 'm', 'l'),
    },
    {
      title: 'a value renamed',
      given: size,
      change: (op) => op.alterEnum('size', { rename: [{ value: 's', to: 'small' }] }),
      after: sizes('small', 'm', 'l'),
      back: sizes('s', 'm', 'l'),
    },
    {
      title: 'a value dropped, its rows get another',
      given: size,
      change: (op) => op.alterEnum('size', { drop: [{ value: 'l', replaceBy: 'm' }] }),
      after: sizes('s', 'm', 'm'),
      irreversible: /which of them/,
    },
    {
      title: 'the values in another order',
      given: size,
      change: (op) => op.alterEnum('size', { order: ['l', 'm', 's'] }),
      after: sizes('s', 'm', 'l'),
      back: sizes('s', 'm', 'l'),
    },
  ],
  renameEnum: [
    {
      title: 'in use',
      given: size,
      change: (op) => op.renameEnum('size', 'extent'),
      after: sizes('s', 'm', 'l'),
      back: sizes('s', 'm', 'l'),
    },
  ],
  dropEnum: [{ title: 'plain', given: (op) => op.createEnum('size', ['s', 'm']), change: (op) => op.dropEnum('size') }],
  createView: [
    { title: 'plain', given: (op) => item(op), change: (op) => op.createView('rich', positive), after: rich },
    {
      title: 'with names of its columns',
      given: (op) => item(op),
      change: (op) => op.createView('rich', positive, { columns: ['who', 'how_much'] }),
      after: of('who, how_much', 'rich', ['1', '10']),
    },
    {
      title: 'materialised',
      given: (op) => item(op),
      change: (op) => op.createView('rich', positive, { materialized: true }),
      after: rich,
    },
    {
      title: 'with options',
      needs: (fragments) => fragments.viewOptions,
      given: (op) => item(op),
      change: (op, fragments) => op.createView('rich', positive, { options: optionsOf(fragments) }),
      after: rich,
    },
  ],
  replaceView: [
    {
      title: 'the same columns',
      given: withView,
      change: (op) => op.replaceView('rich', expression('SELECT id, n FROM item WHERE n < 0')),
      after: of('id, n', 'rich', ['3', '-5']),
      back: rich,
    },
    {
      title: 'other columns',
      given: withView,
      change: (op) => op.replaceView('rich', expression('SELECT n, name FROM item WHERE n > 0')),
      after: of('n, name', 'rich', ['10', 'a']),
      back: rich,
    },
    {
      title: 'its SELECT, not its options',
      needs: (fragments) => fragments.viewOptions,
      given: withOptions,
      change: (op) => op.replaceView('rich', expression('SELECT id, n FROM item WHERE n < 0')),
      after: of('id, n', 'rich', ['3', '-5']),
      back: rich,
    },
    {
      title: 'other columns, not its options',
      needs: (fragments) => fragments.viewOptions,
      given: withOptions,
      change: (op) => op.replaceView('rich', expression('SELECT n, name FROM item WHERE n > 0')),
      after: of('n, name', 'rich', ['10', 'a']),
      back: rich,
    },
    {
      title: 'its options',
      needs: (fragments) => fragments.viewOptions,
      given: withOptions,
      change: (op) => op.replaceView('rich', positive, { options: {} }),
      after: rich,
      back: rich,
    },
  ],
  renameView: [
    {
      title: 'plain',
      given: withView,
      change: (op) => op.renameView('rich', 'wealthy'),
      after: of('id, n', 'wealthy', ['1', '10']),
      back: rich,
    },
    {
      title: 'with options',
      needs: (fragments) => fragments.viewOptions,
      given: withOptions,
      change: (op) => op.renameView('rich', 'wealthy'),
      after: of('id, n', 'wealthy', ['1', '10']),
      back: rich,
    },
  ],
  dropView: [
    { title: 'plain', given: withView, change: (op) => op.dropView('rich'), back: rich },
    {
      title: 'with options',
      needs: (fragments) => fragments.viewOptions,
      given: withOptions,
      change: (op) => op.dropView('rich'),
      back: rich,
    },
    {
      title: 'materialised',
      given: (op) => {
        item(op)
        op.createView('rich', positive, { materialized: true })
      },
      change: (op) => op.dropView('rich', { materialized: true }),
      back: rich,
    },
  ],
  createTrigger: [
    {
      title: 'after insert',
      needs: (fragments) => fragments.trigger,
      given: log,
      change: (op, { trigger }) => {
        op.createTrigger('item', 'item_log', expression(trigger?.('item_log') ?? 'none'))
        op.insertRows('item', [{ id: 4, name: 'new', n: 1 }], { key: ['id'] })
      },
      after: of('note', 'log', ['new']),
      back: allItems,
    },
  ],
  dropTrigger: [
    {
      title: 'plain',
      needs: (fragments) => fragments.trigger,
      given: withTrigger,
      change: (op) => {
        op.dropTrigger('item', 'item_log')
        op.insertRows('item', [{ id: 4, name: 'new', n: 1 }], { key: ['id'] })
      },
      after: of('note', 'log'),
      back: allItems,
    },
  ],
  setComment: [
    {
      title: 'on a table',
      given: (op) => item(op),
      change: (op) => op.alterTable('item', (t) => t.comment("what's sold")),
      after: allItems,
      back: allItems,
    },
    {
      title: 'on a column',
      given: (op) => item(op, (t) => t.comment('first')),
      change: (op) => op.alterTable('item', (t) => t.columnComment('n', 'how many')),
      after: allItems,
      back: allItems,
    },
    {
      title: 'taken away',
      given: (op) => item(op, (t) => t.comment('first')),
      change: (op) => op.alterTable('item', (t) => t.comment(null)),
      after: allItems,
      back: allItems,
    },
  ],
}
