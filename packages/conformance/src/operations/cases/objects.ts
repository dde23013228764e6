import { enumeration, expression, type ViewOptions, varchar } from '@org/migrate-core'
import type { SqlFragments } from '../../subject.ts'
import type { Build, Cases, OperationCase } from './case.ts'
import { allItems, insert, item, keyed, lasting, of, plainItem, positive, rich, withView } from './world.ts'

const size: Build = (op) => {
  op.createEnum('size', ['s', 'm', 'l'])
  keyed(op, 'item', (t) =>
    t.column('size', enumeration(['s', 'm', 'l'], { name: 'size' }), { nullable: false, default: 'm' }),
  )
  insert(op, 'item', { id: 1, size: 's' }, { id: 2, size: 'm' }, { id: 3, size: 'l' })
}
const sizes = (...values: readonly string[]) =>
  of('id, size', 'item', ...values.map((value, at) => [`${at + 1}`, value]))

const negative = expression('SELECT id, n FROM item WHERE n < 0')
const called = expression('SELECT n, name FROM item WHERE n > 0')
const optionsOf = ({ viewOptions = {} }: SqlFragments): Record<string, string> =>
  Object.fromEntries(Object.entries(viewOptions).map(([name, [value]]) => [name, value]))

const createView = (title: string, options?: ViewOptions): OperationCase => ({
  title,
  given: plainItem,
  change: (op) => op.createView('rich', positive, options),
  after: rich,
})

/** On the view with the options that the server has. */
const withOptions: Pick<OperationCase, 'needs' | 'given'> = {
  needs: (fragments) => fragments.viewOptions,
  given: (op, fragments) => {
    item(op)
    op.createView('rich', positive, { options: optionsOf(fragments) })
  },
}

const log: Build = (op) => {
  item(op)
  op.createTable('log', (t) => t.column('note', varchar(40)))
}
const createTrigger: Build = (op, { trigger }) =>
  op.createTrigger('item', 'item_log', expression(trigger?.('item_log') ?? 'none'))
const newItem = { id: 4, name: 'new', n: 1 }

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
        insert(op, 'item', { id: 4, size: 'xl' })
      },
      after: sizes('s', 'm', 'l', 'xl'),
      back: sizes('s', 'm', 'l'),
    },
    {
      title: 'a value at a place',
      given: size,
      change: (op) => op.alterEnum('size', { add: [{ value: 'xs', before: 's' }] }),
      ...lasting(sizes('s', 'm', 'l')),
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
      ...lasting(sizes('s', 'm', 'l')),
    },
  ],
  renameEnum: [
    {
      title: 'in use',
      given: size,
      change: (op) => op.renameEnum('size', 'extent'),
      ...lasting(sizes('s', 'm', 'l')),
    },
  ],
  dropEnum: [{ title: 'plain', given: (op) => op.createEnum('size', ['s', 'm']), change: (op) => op.dropEnum('size') }],
  createView: [
    createView('plain'),
    {
      ...createView('with names of its columns', { columns: ['who', 'how_much'] }),
      after: of('who, how_much', 'rich', ['1', '10']),
    },
    createView('materialised', { materialized: true }),
    {
      ...createView('with options'),
      needs: (fragments) => fragments.viewOptions,
      change: (op, fragments) => op.createView('rich', positive, { options: optionsOf(fragments) }),
    },
  ],
  replaceView: [
    {
      title: 'the same columns',
      given: withView,
      change: (op) => op.replaceView('rich', negative),
      after: of('id, n', 'rich', ['3', '-5']),
      back: rich,
    },
    {
      title: 'other columns',
      given: withView,
      change: (op) => op.replaceView('rich', called),
      after: of('n, name', 'rich', ['10', 'a']),
      back: rich,
    },
    {
      title: 'its SELECT, not its options',
      ...withOptions,
      change: (op) => op.replaceView('rich', negative),
      after: of('id, n', 'rich', ['3', '-5']),
      back: rich,
    },
    {
      title: 'other columns, not its options',
      ...withOptions,
      change: (op) => op.replaceView('rich', called),
      after: of('n, name', 'rich', ['10', 'a']),
      back: rich,
    },
    {
      title: 'its options',
      ...withOptions,
      change: (op) => op.replaceView('rich', positive, { options: {} }),
      ...lasting(rich),
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
      ...withOptions,
      change: (op) => op.renameView('rich', 'wealthy'),
      after: of('id, n', 'wealthy', ['1', '10']),
      back: rich,
    },
  ],
  dropView: [
    { title: 'plain', given: withView, change: (op) => op.dropView('rich'), back: rich },
    {
      title: 'with options',
      ...withOptions,
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
      change: (op, fragments) => {
        createTrigger(op, fragments)
        insert(op, 'item', newItem)
      },
      after: of('note', 'log', ['new']),
      back: allItems,
    },
  ],
  dropTrigger: [
    {
      title: 'plain',
      needs: (fragments) => fragments.trigger,
      given: (op, fragments) => {
        log(op, fragments)
        createTrigger(op, fragments)
      },
      change: (op) => {
        op.dropTrigger('item', 'item_log')
        insert(op, 'item', newItem)
      },
      after: of('note', 'log'),
      back: allItems,
    },
  ],
  setComment: [
    {
      title: 'on a table',
      given: plainItem,
      change: (op) => op.alterTable('item', (t) => t.comment("what's sold")),
      ...lasting(allItems),
    },
    {
      title: 'on a column',
      given: (op) => item(op, (t) => t.comment('first')),
      change: (op) => op.alterTable('item', (t) => t.columnComment('n', 'how many')),
      ...lasting(allItems),
    },
    {
      title: 'taken away',
      given: (op) => item(op, (t) => t.comment('first')),
      change: (op) => op.alterTable('item', (t) => t.comment(null)),
      ...lasting(allItems),
    },
  ],
}
