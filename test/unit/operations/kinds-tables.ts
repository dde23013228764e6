import { varchar } from '@org/migrate-core'
import { type Operation, type OperationKind, triggerKey } from '@org/migrate-core/dialect'
import {
  barePosts,
  bareUsers,
  type Case,
  check,
  key,
  locale,
  lower,
  people,
  posts,
  postsTable,
  sequence,
  tags,
  trigger,
  users,
  usersTable,
  without,
  withTables,
} from './kinds-world.ts'

/** One case for each kind of operation on a table. */
export const tableCases = {
  createTable: {
    operation: { kind: 'createTable', table: tags },
    after: withTables(usersTable, postsTable, tags),
    inverse: [{ kind: 'dropTable', table: { name: 'tags' } }],
    touches: ['table:tags'],
    describe: 'create table tags',
  },
  dropTable: {
    operation: { kind: 'dropTable', table: users, cascade: true },
    after: { ...withTables({ ...barePosts, constraints: [] }), triggers: new Map(), sequences: new Map() },
    inverse: [
      { kind: 'createSequence', sequence: { ref: { name: 'ids' }, increment: '1' } },
      { kind: 'createTable', table: usersTable },
      { kind: 'alterSequence', sequence: { name: 'ids' }, change: { ownedBy: { table: users, column: 'id' } } },
      { kind: 'addConstraint', table: posts, constraint: key },
      { kind: 'createTrigger', trigger },
    ],
    touches: ['table:users'],
    describe: 'drop table users with the foreign keys to it',
  },
  renameTable: {
    operation: { kind: 'renameTable', table: users, to: 'people' },
    after: {
      ...withTables(
        { ...barePosts, constraints: [{ ...key, references: { table: people, columns: ['id'] } }] },
        { ...bareUsers, ref: people, indexes: bareUsers.indexes.map((index) => without(index, 'source')) },
      ),
      triggers: new Map([[triggerKey(people, 'touch'), { ...trigger, table: people }]]),
      sequences: new Map([['ids', { ...sequence, ownedBy: { table: people, column: 'id' } }]]),
    },
    inverse: [{ kind: 'renameTable', table: people, to: 'users' }],
    touches: ['table:users', 'table:people'],
    describe: 'rename table users to people',
  },
  alterTableOptions: {
    operation: { kind: 'alterTableOptions', table: users, options: { strict: null, engine: 'InnoDB' } },
    after: withTables({ ...bareUsers, options: { engine: 'InnoDB' } }, postsTable),
    inverse: [{ kind: 'alterTableOptions', table: users, options: { strict: true, engine: null } }],
    touches: ['table:users/option:strict', 'table:users/option:engine'],
    describe: 'change options of users: strict, engine',
  },
  addColumn: {
    operation: { kind: 'addColumn', table: users, column: locale },
    after: withTables({ ...bareUsers, columns: [...bareUsers.columns, locale] }, postsTable),
    inverse: [{ kind: 'dropColumn', table: users, column: 'locale' }],
    touches: ['table:users/column:locale'],
    describe: 'add column users.locale',
  },
  dropColumn: {
    operation: { kind: 'dropColumn', table: posts, column: 'n' },
    after: withTables(usersTable, { ...barePosts, columns: postsTable.columns.slice(0, 2) }),
    inverse: [
      { kind: 'addColumn', table: posts, column: { name: 'n', type: { kind: 'integer', bits: 32 }, nullable: true } },
    ],
    touches: ['table:posts/column:n'],
    describe: 'drop column posts.n',
  },
  alterColumn: {
    operation: {
      kind: 'alterColumn',
      table: users,
      column: 'email',
      change: { type: varchar(9), nullable: false, default: null, comment: 'new', collation: 'C' },
    },
    after: withTables(
      {
        ...bareUsers,
        columns: [
          ...usersTable.columns.slice(0, 1),
          { name: 'email', type: { kind: 'varchar', length: 9 }, nullable: false, comment: 'new', collation: 'C' },
        ],
      },
      postsTable,
    ),
    inverse: [
      {
        kind: 'alterColumn',
        table: users,
        column: 'email',
        change: {
          type: { kind: 'text' },
          nullable: true,
          default: { kind: 'literal', value: 'x' },
          comment: 'old',
          collation: null,
        },
      },
    ],
    touches: ['table:users/column:email'],
    describe: 'change column users.email: type, not null, no default, collation, comment',
  },
  renameColumn: {
    operation: { kind: 'renameColumn', table: users, column: 'id', to: 'key' },
    after: {
      ...withTables(
        {
          ...bareUsers,
          columns: [
            { name: 'key', type: { kind: 'integer', bits: 64 }, nullable: false },
            ...usersTable.columns.slice(1),
          ],
          constraints: [{ kind: 'primaryKey', name: 'users_pk', columns: ['key'] }],
          indexes: [{ name: 'users_email', unique: true, elements: [{ column: 'email' }], include: ['key'] }],
        },
        { ...barePosts, constraints: [{ ...key, references: { table: users, columns: ['key'] } }] },
      ),
      sequences: new Map([['ids', { ...sequence, ownedBy: { table: users, column: 'key' } }]]),
    },
    inverse: [{ kind: 'renameColumn', table: users, column: 'key', to: 'id' }],
    touches: ['table:users/column:id', 'table:users/column:key'],
    describe: 'rename column users.id to key',
  },
  addConstraint: {
    operation: { kind: 'addConstraint', table: posts, constraint: check },
    after: withTables(usersTable, { ...barePosts, constraints: [key, check] }),
    inverse: [{ kind: 'dropConstraint', table: posts, constraint: { name: 'positive', kind: 'check' } }],
    touches: ['table:posts/constraint:positive'],
    describe: 'add check positive to posts',
  },
  dropConstraint: {
    operation: { kind: 'dropConstraint', table: posts, constraint: { kind: 'foreignKey', columns: ['user'] } },
    after: withTables(usersTable, { ...barePosts, constraints: [] }),
    inverse: [{ kind: 'addConstraint', table: posts, constraint: key }],
    touches: ['table:posts/foreignKey:["user"]', 'table:posts/column:user/foreignKey:["user"]'],
    describe: 'drop foreign key (user) of posts',
  },
  renameConstraint: {
    operation: { kind: 'renameConstraint', table: users, constraint: 'users_pk', to: 'pk' },
    after: withTables({ ...bareUsers, constraints: [{ kind: 'primaryKey', name: 'pk', columns: ['id'] }] }, postsTable),
    inverse: [{ kind: 'renameConstraint', table: users, constraint: 'pk', to: 'users_pk' }],
    touches: ['table:users/constraint:users_pk', 'table:users/constraint:pk'],
    describe: 'rename constraint users_pk of users to pk',
  },
  createIndex: {
    operation: { kind: 'createIndex', table: posts, index: lower, concurrently: true },
    after: withTables(usersTable, { ...postsTable, indexes: [lower] }),
    inverse: [{ kind: 'dropIndex', table: posts, index: 'posts_n', concurrently: true }],
    touches: ['table:posts/index:posts_n', 'table:posts/column:n/index:posts_n'],
    describe: 'create index posts_n on posts',
  },
  dropIndex: {
    operation: { kind: 'dropIndex', table: users, index: 'users_email' },
    after: withTables({ ...usersTable, indexes: [] }, postsTable),
    inverse: [{ kind: 'createIndex', table: users, index: usersTable.indexes[0] as never }],
    touches: ['table:users/index:users_email'],
    describe: 'drop index users_email of users',
  },
  renameIndex: {
    operation: { kind: 'renameIndex', table: users, index: 'users_email', to: 'by_email' },
    after: withTables(
      {
        ...usersTable,
        indexes: [{ name: 'by_email', unique: true, elements: [{ column: 'email' }], include: ['id'] }],
      },
      postsTable,
    ),
    inverse: [{ kind: 'renameIndex', table: users, index: 'by_email', to: 'users_email' }],
    touches: ['table:users/index:users_email', 'table:users/index:by_email'],
    describe: 'rename index users_email of users to by_email',
  },
} as const satisfies { readonly [K in OperationKind]?: Case & { readonly operation: Extract<Operation, { kind: K }> } }
