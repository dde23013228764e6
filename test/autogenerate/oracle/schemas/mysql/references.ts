import {
  type AnyMySqlColumn,
  foreignKey,
  index,
  int,
  mysqlTable,
  primaryKey,
  text,
  unique,
  varchar,
} from 'drizzle-orm/mysql-core'
import { type OracleSchema, schema } from '../../schema.ts'

// drizzle-kit joins the actions of a reference by its name alone, over all databases of the server: these names are no other test's.
const id = () => int('id').primaryKey()
const users = mysqlTable('kit_users', { id: int('id').autoincrement().primaryKey(), name: text('name') })
const plots = mysqlTable('kit_plots', { x: int('x').notNull(), y: int('y').notNull(), name: text('name') }, (t) => [
  unique('kit_plots_key').on(t.x, t.y),
])
const nodes = mysqlTable('kit_nodes', {
  id: id(),
  parent: int('parent').references((): AnyMySqlColumn => nodes.id, { onDelete: 'cascade' }),
  name: varchar('name', { length: 20 }).notNull(),
})
const parents = mysqlTable('kit_parents', {
  id: id(),
  favourite: int('favourite').references((): AnyMySqlColumn => children.id),
})
const children = mysqlTable('kit_children', {
  id: id(),
  parent: int('parent')
    .notNull()
    .references(() => parents.id, { onDelete: 'cascade' }),
})

export const references: readonly OracleSchema[] = [
  schema(
    'a reference',
    [{ users, posts: mysqlTable('kit_posts', { id: id(), author: int('author').references(() => users.id) }) }],
    'ALTER TABLE kit_posts MODIFY author int NOT NULL',
  ),
  schema(
    'references with each action',
    [
      {
        users,
        posts: mysqlTable('kit_acts', {
          id: id(),
          a: int('a').references(() => users.id, { onDelete: 'cascade', onUpdate: 'cascade' }),
          b: int('b').references(() => users.id, { onDelete: 'set null' }),
          c: int('c').references(() => users.id, { onDelete: 'restrict', onUpdate: 'restrict' }),
          d: int('d').references(() => users.id, { onDelete: 'no action', onUpdate: 'no action' }),
        }),
      },
    ],
    'ALTER TABLE kit_acts MODIFY a int NOT NULL',
  ),
  schema('a tree', [{ nodes }], 'ALTER TABLE kit_nodes MODIFY name varchar(20)'),
  schema(
    'two tables that refer to each other',
    [{ parents, children }],
    'ALTER TABLE kit_parents ADD COLUMN extra text',
  ),
  schema(
    'a reference of two columns',
    [
      {
        plots,
        trees: mysqlTable('kit_trees', { id: id(), x: int('x'), y: int('y') }, (t) => [
          foreignKey({ columns: [t.x, t.y], foreignColumns: [plots.x, plots.y] }).onDelete('cascade'),
        ]),
      },
    ],
    'ALTER TABLE kit_plots MODIFY name text NOT NULL',
  ),
  schema(
    'a reference to a primary key of two columns',
    [
      (() => {
        const grid = mysqlTable('kit_grid', { x: int('x').notNull(), y: int('y').notNull() }, (t) => [
          primaryKey({ columns: [t.x, t.y] }),
        ])
        const trees = mysqlTable('kit_oaks', { id: id(), x: int('x'), y: int('y') }, (t) => [
          foreignKey({ name: 'kit_oaks_grid', columns: [t.x, t.y], foreignColumns: [grid.x, grid.y] }),
        ])
        return { grid, trees }
      })(),
    ],
    'ALTER TABLE kit_oaks MODIFY x int NOT NULL',
    { noise: 'it reads another name of the primary key' },
  ),
  schema(
    'a named reference, with an index of its column',
    [
      {
        users,
        posts: mysqlTable('kit_notes', { id: id(), author: int('author'), line: text('line') }, (t) => [
          foreignKey({ name: 'kit_notes_by', columns: [t.author], foreignColumns: [users.id] }).onUpdate('cascade'),
          index('kit_notes_author').on(t.author),
        ]),
      },
    ],
    'ALTER TABLE kit_notes MODIFY line text NOT NULL',
  ),
  schema(
    'a reference is added, by a new column and to an old one',
    [
      { users, posts: mysqlTable('kit_drafts', { id: id(), author: int('author') }) },
      {
        users,
        posts: mysqlTable('kit_drafts', {
          id: id(),
          author: int('author').references(() => users.id),
          editor: int('editor').references(() => users.id, { onDelete: 'set null' }),
        }),
      },
    ],
    'ALTER TABLE kit_drafts ADD COLUMN extra text',
  ),
  schema(
    'a reference is taken away, one does something else',
    [
      {
        users,
        posts: mysqlTable('kit_leaves', {
          id: id(),
          a: int('a').references(() => users.id),
          b: int('b').references(() => users.id),
        }),
      },
      {
        users,
        posts: mysqlTable('kit_leaves', {
          id: id(),
          a: int('a'),
          b: int('b').references(() => users.id, { onDelete: 'cascade', onUpdate: 'set null' }),
        }),
      },
    ],
    'ALTER TABLE kit_leaves MODIFY a int NOT NULL',
  ),
  schema(
    'a table and what refers to it are dropped',
    [
      { users, posts: mysqlTable('kit_gone', { id: id(), by: int('by').references(() => users.id) }) },
      { notes: mysqlTable('kit_stays', { id: id(), text: text('text') }) },
    ],
    'ALTER TABLE kit_stays MODIFY text text NOT NULL',
  ),
  schema(
    'both sides of a reference become wider',
    [
      {
        teams: mysqlTable('kit_teams', { id: int('id').primaryKey(), name: text('name') }),
        players: (() => {
          const teams = mysqlTable('kit_teams', { id: int('id').primaryKey() })
          return mysqlTable('kit_players', { id: id(), team: int('team').references(() => teams.id) })
        })(),
      },
      (() => {
        const teams = mysqlTable('kit_teams', { id: varchar('id', { length: 20 }).primaryKey(), name: text('name') })
        const team = varchar('team', { length: 20 }).references(() => teams.id)
        return { teams, players: mysqlTable('kit_players', { id: id(), team }) }
      })(),
    ],
    'ALTER TABLE kit_teams MODIFY name text NOT NULL',
  ),
]
