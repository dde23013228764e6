import { type AnyPgColumn, foreignKey, integer, pgTable, primaryKey, serial, text, unique } from 'drizzle-orm/pg-core'
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => integer('id').primaryKey()
const users = pgTable('users', { id: serial('id').primaryKey(), name: text('name') })
const plots = pgTable('plots', { x: integer('x').notNull(), y: integer('y').notNull(), name: text('name') }, (t) => [
  unique('plots_key').on(t.x, t.y),
])
const nodes = pgTable('nodes', {
  id: id(),
  parent: integer('parent').references((): AnyPgColumn => nodes.id, { onDelete: 'cascade' }),
  name: text('name').notNull(),
})
const parents = pgTable('parents', {
  id: id(),
  favourite: integer('favourite').references((): AnyPgColumn => children.id),
})
const children = pgTable('children', {
  id: id(),
  parent: integer('parent')
    .notNull()
    .references(() => parents.id, { onDelete: 'cascade' }),
})

export const references: readonly OracleSchema[] = [
  schema(
    'a reference',
    [{ users, posts: pgTable('posts', { id: id(), author: integer('author').references(() => users.id) }) }],
    'ALTER TABLE posts ALTER COLUMN author SET NOT NULL',
  ),
  schema(
    'references with each action',
    [
      {
        users,
        posts: pgTable('posts', {
          id: id(),
          a: integer('a').references(() => users.id, { onDelete: 'cascade', onUpdate: 'cascade' }),
          b: integer('b').references(() => users.id, { onDelete: 'set null' }),
          c: integer('c').references(() => users.id, { onDelete: 'restrict', onUpdate: 'restrict' }),
          d: integer('d')
            .default(1)
            .references(() => users.id, { onDelete: 'set default' }),
          e: integer('e').references(() => users.id, { onDelete: 'no action', onUpdate: 'no action' }),
        }),
      },
    ],
    'ALTER TABLE posts ALTER COLUMN a SET NOT NULL',
  ),
  schema('a tree', [{ nodes }], 'ALTER TABLE nodes ALTER COLUMN name DROP NOT NULL'),
  schema('two tables that refer to each other', [{ parents, children }], 'ALTER TABLE parents ADD COLUMN extra text'),
  schema(
    'a reference of two columns',
    [
      {
        plots,
        trees: pgTable('trees', { id: id(), x: integer('x'), y: integer('y') }, (t) => [
          foreignKey({ columns: [t.x, t.y], foreignColumns: [plots.x, plots.y] }).onDelete('cascade'),
        ]),
      },
    ],
    'ALTER TABLE plots ALTER COLUMN name SET NOT NULL',
  ),
  schema(
    'a reference to a primary key of two columns',
    [
      (() => {
        const grid = pgTable('grid', { x: integer('x').notNull(), y: integer('y').notNull() }, (t) => [
          primaryKey({ columns: [t.x, t.y] }),
        ])
        const trees = pgTable('trees', { id: id(), x: integer('x'), y: integer('y') }, (t) => [
          foreignKey({ name: 'trees_grid', columns: [t.x, t.y], foreignColumns: [grid.x, grid.y] }),
        ])
        return { grid, trees }
      })(),
    ],
    'ALTER TABLE trees ALTER COLUMN x SET NOT NULL',
    { byCommand: 'pushSchema cannot read a composite primary key' },
  ),
  schema(
    'a named reference',
    [
      {
        users,
        posts: pgTable('posts', { id: id(), author: integer('author') }, (t) => [
          foreignKey({ name: 'posts_written_by', columns: [t.author], foreignColumns: [users.id] }).onUpdate('cascade'),
        ]),
      },
    ],
    'ALTER TABLE posts ALTER COLUMN author SET NOT NULL',
  ),
  schema(
    'a reference is added, by a new column and to an old one',
    [
      { users, posts: pgTable('posts', { id: id(), author: integer('author') }) },
      {
        users,
        posts: pgTable('posts', {
          id: id(),
          author: integer('author').references(() => users.id),
          editor: integer('editor').references(() => users.id, { onDelete: 'set null' }),
        }),
      },
    ],
    'ALTER TABLE posts ALTER COLUMN editor SET NOT NULL',
  ),
  schema(
    'a reference is taken away, one does something else',
    [
      {
        users,
        posts: pgTable('posts', {
          id: id(),
          a: integer('a').references(() => users.id),
          b: integer('b').references(() => users.id),
        }),
      },
      {
        users,
        posts: pgTable('posts', {
          id: id(),
          a: integer('a'),
          b: integer('b').references(() => users.id, { onDelete: 'cascade', onUpdate: 'set null' }),
        }),
      },
    ],
    'ALTER TABLE posts ALTER COLUMN a SET NOT NULL',
  ),
  schema(
    'a table and what refers to it are dropped',
    [
      { users, posts: pgTable('posts', { id: id(), by: integer('by').references(() => users.id) }) },
      { notes: pgTable('notes', { id: id(), text: text('text') }) },
    ],
    'ALTER TABLE notes ALTER COLUMN text SET NOT NULL',
  ),
]
