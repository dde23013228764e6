import { enumeration, expression, integer, native, varchar } from '@org/migrate-core'
import type { Build, Cases, Sight } from './case.ts'
import { allItems, insert, item, itemRows, keyed, lasting, of, part, positive, rich } from './world.ts'

const archived: Sight = { sql: 'SELECT id, name, n FROM archive.item ORDER BY id', rows: itemRows }

const withArchive: Build = (op) => {
  item(op)
  op.createSchema('archive')
}

const inArchive: Build = (op) => {
  op.createSchema('archive')
  op.createTable({ schema: 'archive', name: 'item' }, (t) => {
    t.column('id', native('postgres', 'serial'), { nullable: false })
    t.column('n', integer())
    t.primaryKey(['id'])
    t.index('item_n', ['n'])
  })
  insert(op, { schema: 'archive', name: 'item' }, { id: 7, n: 1 })
}

const sized: Build = (op) => {
  op.createSchema('archive')
  op.createEnum('size', ['s', 'm'])
  keyed(op, 'item', (t) =>
    t.column('size', enumeration(['s', 'm'], { name: 'size' }), { nullable: false, default: 'm' }),
  )
  insert(op, 'item', { id: 1, size: 's' })
}
const oneSize = of('id, size', 'item', ['1', 's'])

/** What moves between schemas, with what hangs on it. */
export const moveCases: Cases<'setSchema'> = {
  setSchema: [
    {
      title: 'a table, with the keys to it, a view over it and its trigger',
      given: (op, fragments) => {
        withArchive(op, fragments)
        part(op, (t) => t.foreignKey({ columns: ['item_id'], references: { table: 'item', columns: ['id'] } }))
        op.createView('rich', positive)
        if (fragments.trigger === undefined) return
        op.createTable('log', (t) => t.column('note', varchar(40)))
        op.createTrigger('item', 'item_log', expression(fragments.trigger('item_log')))
      },
      change: (op) => op.setSchema('table', 'item', 'archive'),
      after: archived,
      back: allItems,
    },
    {
      title: 'a table to the schema of the connection, with its sequence and its index',
      given: inArchive,
      change: (op) => {
        op.setSchema('table', { schema: 'archive', name: 'item' }, null)
        insert(op, 'item', { id: 8, n: 2 })
      },
      after: of('id, n', 'item', ['7', '1'], ['8', '2']),
      back: { sql: 'SELECT id, n FROM archive.item', rows: [['7', '1']] },
    },
    {
      title: 'a table whose enum stays',
      given: sized,
      change: (op) => op.setSchema('table', 'item', 'archive'),
      after: { sql: 'SELECT id, size FROM archive.item', rows: [['1', 's']] },
      back: oneSize,
    },
    {
      title: 'an enum in use',
      given: sized,
      change: (op) => op.setSchema('enum', 'size', 'archive'),
      ...lasting(oneSize),
    },
    {
      title: 'a view',
      given: (op, fragments) => {
        withArchive(op, fragments)
        op.createView('rich', positive)
      },
      change: (op) => op.setSchema('view', 'rich', 'archive'),
      after: { sql: 'SELECT id, n FROM archive.rich', rows: [['1', '10']] },
      back: rich,
    },
    {
      title: 'a materialised view',
      given: (op, fragments) => {
        withArchive(op, fragments)
        op.createView('rich', positive, { materialized: true })
      },
      change: (op) => op.setSchema('view', 'rich', 'archive'),
      after: { sql: 'SELECT id, n FROM archive.rich', rows: [['1', '10']] },
      back: rich,
    },
    {
      title: 'a sequence in use',
      given: (op) => {
        op.createSchema('archive')
        op.createSequence('numbers', { start: '7', increment: '2' })
        const next = { postgres: "nextval('numbers'::regclass)", sqlite: '7', mysql: '7' }
        const numbered = (name: keyof typeof next) => () =>
          keyed(op, 'item', (t) => t.column('n', integer(), { default: expression(next[name]) }))
        op.on({ sqlite: numbered('sqlite'), mysql: numbered('mysql'), otherwise: numbered('postgres') })
        insert(op, 'item', { id: 1 })
      },
      change: (op) => {
        op.setSchema('sequence', 'numbers', 'archive')
        insert(op, 'item', { id: 2 })
      },
      after: of('id, n', 'item', ['1', '7'], ['2', '9']),
      back: of('id, n', 'item', ['1', '7']),
    },
  ],
}
