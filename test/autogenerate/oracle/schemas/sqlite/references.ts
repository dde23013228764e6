import { type AnySQLiteColumn, foreignKey, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => integer('id').primaryKey()
const users = sqliteTable('users', { id: id(), name: text('name') })
const plots = sqliteTable('plots', { x: integer('x').notNull(), y: integer('y').notNull() }, (t) => [
  primaryKey({ columns: [t.x, t.y] }),
])

const nodes = sqliteTable('nodes', {
  id: id(),
  parent: integer('parent').references((): AnySQLiteColumn => nodes.id, { onDelete: 'cascade' }),
  name: text('name').notNull(),
})
const parents = sqliteTable('parents', {
  id: id(),
  favourite: integer('favourite').references((): AnySQLiteColumn => children.id),
})
const children = sqliteTable('children', {
  id: id(),
  parent: integer('parent')
    .notNull()
    .references(() => parents.id, { onDelete: 'cascade' }),
})

export const references: readonly OracleSchema[] = [
  schema(
    'a reference',
    [{ users, posts: sqliteTable('posts', { id: id(), author: integer('author').references(() => users.id) }) }],
    'ALTER TABLE posts ALTER COLUMN author SET NOT NULL',
  ),
  schema(
    'references with each action',
    [
      {
        users,
        posts: sqliteTable('posts', {
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
        trees: sqliteTable('trees', { id: id(), x: integer('x'), y: integer('y') }, (t) => [
          foreignKey({ columns: [t.x, t.y], foreignColumns: [plots.x, plots.y] }).onDelete('cascade'),
        ]),
      },
    ],
    'ALTER TABLE trees ADD COLUMN extra text',
  ),
  schema(
    'a named reference',
    [
      {
        users,
        posts: sqliteTable('posts', { id: id(), author: integer('author') }, (t) => [
          foreignKey({ name: 'posts_written_by', columns: [t.author], foreignColumns: [users.id] }).onUpdate('cascade'),
        ]),
      },
    ],
    'ALTER TABLE posts ALTER COLUMN author SET NOT NULL',
  ),
  schema(
    'a reference is added, by a new column and to an old one',
    [
      { users, posts: sqliteTable('posts', { id: id(), author: integer('author') }) },
      {
        users,
        posts: sqliteTable('posts', {
          id: id(),
          author: integer('author').references(() => users.id),
          editor: integer('editor').references(() => users.id, { onDelete: 'set null' }),
        }),
      },
    ],
    'ALTER TABLE posts ALTER COLUMN editor SET NOT NULL',
  ),
  schema(
    'a reference is taken away',
    [
      { users, posts: sqliteTable('posts', { id: id(), author: integer('author').references(() => users.id) }) },
      { users, posts: sqliteTable('posts', { id: id(), author: integer('author') }) },
    ],
    'ALTER TABLE posts ALTER COLUMN author SET NOT NULL',
  ),
  schema(
    'a reference does something else',
    [
      { users, posts: sqliteTable('posts', { id: id(), by: integer('by').references(() => users.id) }) },
      {
        users,
        posts: sqliteTable('posts', {
          id: id(),
          by: integer('by').references(() => users.id, { onDelete: 'cascade', onUpdate: 'set null' }),
        }),
      },
    ],
    'ALTER TABLE posts ALTER COLUMN by SET NOT NULL',
  ),
  schema(
    'a table that others refer to is rebuilt',
    [
      { users, posts: sqliteTable('posts', { id: id(), by: integer('by').references(() => users.id) }) },
      (() => {
        const later = sqliteTable('users', { id: id(), name: text('name').notNull(), age: integer('age') })
        return { later, posts: sqliteTable('posts', { id: id(), by: integer('by').references(() => later.id) }) }
      })(),
    ],
    'ALTER TABLE users ALTER COLUMN name DROP NOT NULL',
    { fill: { 'users.name': "'?'" } },
  ),
  schema(
    'a table and what refers to it are dropped',
    [
      { users, posts: sqliteTable('posts', { id: id(), by: integer('by').references(() => users.id) }) },
      { notes: sqliteTable('notes', { id: id(), text: text('text') }) },
    ],
    'ALTER TABLE notes ALTER COLUMN text SET NOT NULL',
  ),
]
