import { type Operation, type OperationKind, type TableModel, triggerKey } from '@org/migrate-core/dialect'
import {
  barePosts,
  bareUsers,
  base,
  type Case,
  key,
  locale,
  policy,
  posts,
  postsTable,
  sequence,
  trigger,
  users,
  usersTable,
  view,
  without,
  withTables,
} from './kinds-world.ts'

const appUsers = { schema: 'app', name: 'users' }

/** One case for each kind of operation on what is no table, and on rows. */
export const objectCases = {
  createSchema: {
    operation: { kind: 'createSchema', schema: 'audit' },
    after: { ...base, schemas: ['app', 'audit'] },
    inverse: [{ kind: 'dropSchema', schema: 'audit' }],
    touches: ['schema:audit'],
    describe: 'create schema audit',
  },
  dropSchema: {
    operation: { kind: 'dropSchema', schema: 'app' },
    after: { ...base, schemas: [] },
    inverse: [{ kind: 'createSchema', schema: 'app' }],
    touches: ['schema:app'],
    describe: 'drop schema app',
  },
  setSchema: {
    operation: { kind: 'setSchema', object: 'table', ref: users, schema: 'app' },
    after: {
      ...withTables(
        { ...barePosts, constraints: [{ ...key, references: { table: appUsers, columns: ['id'] } }] },
        { ...bareUsers, ref: appUsers, indexes: bareUsers.indexes.map((index) => without(index, 'source')) },
      ),
      triggers: new Map([[triggerKey(appUsers, 'touch'), { ...trigger, table: appUsers }]]),
      sequences: new Map([
        ['app.ids', { ...sequence, ref: { schema: 'app', name: 'ids' }, ownedBy: { table: appUsers, column: 'id' } }],
      ]),
    },
    inverse: [{ kind: 'setSchema', object: 'table', ref: appUsers, schema: null }],
    touches: ['table:users', 'table:app.users', 'schema:app/app.users'],
    describe: 'move table users to schema app',
  },
  createEnum: {
    operation: { kind: 'createEnum', enum: { ref: { schema: 'app', name: 'size' }, values: ['s', 'm'] } },
    after: {
      ...base,
      enums: new Map([...base.enums, ['app.size', { ref: { schema: 'app', name: 'size' }, values: ['s', 'm'] }]]),
    },
    inverse: [{ kind: 'dropEnum', enum: { schema: 'app', name: 'size' } }],
    touches: ['enum:app.size', 'schema:app/app.size'],
    describe: 'create enum app.size',
  },
  alterEnum: {
    operation: {
      kind: 'alterEnum',
      enum: { name: 'mood' },
      rename: [{ value: 'ok', to: 'fine' }],
      add: [{ value: 'great', after: 'fine' }],
      drop: [{ value: 'sad' }],
    },
    after: {
      ...withTables(usersTable, {
        ...barePosts,
        columns: postsTable.columns.map((column) =>
          column.name === 'mood'
            ? { ...column, type: { kind: 'enum', name: 'mood', values: ['fine', 'great'] } }
            : column,
        ),
      }),
      enums: new Map([['mood', { ref: { name: 'mood' }, values: ['fine', 'great'] }]]),
    },
    inverse: [
      {
        kind: 'alterEnum',
        enum: { name: 'mood' },
        add: [{ value: 'sad', before: 'fine' }],
        drop: [{ value: 'great' }],
      },
      { kind: 'alterEnum', enum: { name: 'mood' }, rename: [{ value: 'fine', to: 'ok' }] },
    ],
    touches: ['enum:mood'],
    describe: "change enum mood: add 'great', rename 'ok' to 'fine', drop 'sad'",
  },
  renameEnum: {
    operation: { kind: 'renameEnum', enum: { name: 'mood' }, to: 'feeling' },
    after: {
      ...withTables(usersTable, {
        ...barePosts,
        columns: postsTable.columns.map((column) =>
          column.name === 'mood'
            ? { ...column, type: { kind: 'enum', name: 'feeling', values: ['sad', 'ok'] } }
            : column,
        ),
      }),
      enums: new Map([['feeling', { ref: { name: 'feeling' }, values: ['sad', 'ok'] }]]),
    },
    inverse: [{ kind: 'renameEnum', enum: { name: 'feeling' }, to: 'mood' }],
    touches: ['enum:mood', 'enum:feeling'],
    describe: 'rename enum mood to feeling',
  },
  dropEnum: {
    operation: { kind: 'dropEnum', enum: { name: 'nothing' }, ifExists: true },
    after: base,
    inverse: [],
    touches: ['enum:nothing'],
    describe: 'drop enum nothing',
  },
  createView: {
    operation: { kind: 'createView', view: { ref: { name: 'v' }, definition: 'SELECT 2', materialized: true } },
    after: {
      ...base,
      views: new Map([...base.views, ['v', { ref: { name: 'v' }, definition: 'SELECT 2', materialized: true }]]),
    },
    inverse: [{ kind: 'dropView', view: { name: 'v' }, materialized: true }],
    touches: ['table:v'],
    describe: 'create materialized view v',
  },
  replaceView: {
    operation: { kind: 'replaceView', view: { ref: { name: 'active' }, definition: 'SELECT 3' } },
    after: { ...base, views: new Map([['active', { ref: { name: 'active' }, definition: 'SELECT 3' }]]) },
    inverse: [{ kind: 'replaceView', view }],
    touches: ['table:active'],
    describe: 'replace view active',
  },
  renameView: {
    operation: { kind: 'renameView', view: { name: 'active' }, to: 'current' },
    after: { ...base, views: new Map([['current', { ref: { name: 'current' }, definition: 'SELECT 1' }]]) },
    inverse: [{ kind: 'renameView', view: { name: 'current' }, to: 'active' }],
    touches: ['table:active', 'table:current'],
    describe: 'rename view active to current',
  },
  dropView: {
    operation: { kind: 'dropView', view: { name: 'active' } },
    after: { ...base, views: new Map() },
    inverse: [{ kind: 'createView', view }],
    touches: ['table:active'],
    describe: 'drop view active',
  },
  createTrigger: {
    operation: { kind: 'createTrigger', trigger: { name: 'touch', table: posts, definition: 'CREATE TRIGGER …' } },
    after: {
      ...base,
      triggers: new Map([
        ...base.triggers,
        [triggerKey(posts, 'touch'), { name: 'touch', table: posts, definition: 'CREATE TRIGGER …' }],
      ]),
    },
    inverse: [{ kind: 'dropTrigger', table: posts, trigger: 'touch' }],
    touches: ['table:posts/trigger:touch'],
    describe: 'create trigger touch on posts',
  },
  dropTrigger: {
    operation: { kind: 'dropTrigger', table: users, trigger: 'touch' },
    after: { ...base, triggers: new Map() },
    inverse: [{ kind: 'createTrigger', trigger }],
    touches: ['table:users/trigger:touch'],
    describe: 'drop trigger touch of users',
  },
  setRowSecurity: {
    operation: { kind: 'setRowSecurity', table: users, change: { enabled: true } },
    after: withTables({ ...usersTable, rowSecurity: { enabled: true, forced: false } }, postsTable),
    inverse: [{ kind: 'setRowSecurity', table: users, change: { enabled: false } }],
    touches: ['table:users/rowSecurity'],
    describe: 'enable row security of users',
  },
  createPolicy: {
    operation: { kind: 'createPolicy', table: users, policy },
    after: withTables({ ...usersTable, policies: [policy] }, postsTable),
    inverse: [{ kind: 'dropPolicy', table: users, policy: 'own' }],
    touches: ['table:users/policy:own'],
    describe: 'create policy own of users',
  },
  alterPolicy: {
    operation: { kind: 'alterPolicy', table: posts, policy: 'own', change: { to: ['a', 'b'], using: null } },
    after: withTables(usersTable, {
      ...postsTable,
      policies: [{ name: 'own', as: 'permissive', for: 'all', to: ['a', 'b'] }],
    }),
    inverse: [{ kind: 'alterPolicy', table: posts, policy: 'own', change: { to: ['public'], using: 'id > 1' } }],
    touches: ['table:posts/policy:own'],
    describe: 'change policy own of posts',
  },
  dropPolicy: {
    operation: { kind: 'dropPolicy', table: posts, policy: 'own' },
    after: withTables(usersTable, without(postsTable, 'policies') as TableModel),
    inverse: [{ kind: 'createPolicy', table: posts, policy }],
    touches: ['table:posts/policy:own'],
    describe: 'drop policy own of posts',
  },
  createSequence: {
    operation: { kind: 'createSequence', sequence: { ref: { name: 'n' }, ownedBy: { table: posts, column: 'n' } } },
    after: {
      ...base,
      sequences: new Map([...base.sequences, ['n', { ref: { name: 'n' }, ownedBy: { table: posts, column: 'n' } }]]),
    },
    inverse: [{ kind: 'dropSequence', sequence: { name: 'n' } }],
    touches: ['sequence:n', 'table:posts/column:n/sequence:n'],
    describe: 'create sequence n',
  },
  alterSequence: {
    operation: {
      kind: 'alterSequence',
      sequence: { name: 'ids' },
      change: { increment: '2', cycle: true, ownedBy: null },
    },
    after: { ...base, sequences: new Map([['ids', { ref: { name: 'ids' }, increment: '2', cycle: true }]]) },
    inverse: [
      {
        kind: 'alterSequence',
        sequence: { name: 'ids' },
        change: { increment: '1', cycle: null, ownedBy: { table: users, column: 'id' } },
      },
    ],
    touches: ['sequence:ids'],
    describe: 'change sequence ids: increment, cycle, ownedBy',
  },
  dropSequence: {
    operation: { kind: 'dropSequence', sequence: { name: 'ids' } },
    after: { ...base, sequences: new Map() },
    inverse: [{ kind: 'createSequence', sequence }],
    touches: ['sequence:ids'],
    describe: 'drop sequence ids',
  },
  createExtension: {
    operation: { kind: 'createExtension', extension: 'vector' },
    after: { ...base, extensions: ['citext', 'vector'] },
    inverse: [{ kind: 'dropExtension', extension: 'vector' }],
    touches: ['extension:vector'],
    describe: 'create extension vector',
  },
  dropExtension: {
    operation: { kind: 'dropExtension', extension: 'citext' },
    after: { ...base, extensions: [] },
    inverse: [{ kind: 'createExtension', extension: 'citext' }],
    touches: ['extension:citext'],
    describe: 'drop extension citext',
  },
  setComment: {
    operation: { kind: 'setComment', on: { table: users, column: 'email' }, comment: null },
    after: withTables(
      {
        ...bareUsers,
        columns: usersTable.columns.map((column) => (column.name === 'email' ? without(column, 'comment') : column)),
      },
      postsTable,
    ),
    inverse: [{ kind: 'setComment', on: { table: users, column: 'email' }, comment: 'old' }],
    touches: ['table:users/column:email/comment'],
    describe: 'take the comment off column users.email',
  },
  insertRows: {
    operation: {
      kind: 'insertRows',
      table: users,
      columns: ['email', 'id'],
      rows: [
        ['a', 1],
        [null, { $bigint: '2' }],
      ],
      key: ['id'],
    },
    after: base,
    inverse: [{ kind: 'deleteRows', table: users, key: ['id'], rows: [[1], [{ $bigint: '2' }]] }],
    touches: [
      'table:users/rows/[["id"],["1"]]',
      'table:users/rows/[["id"],["2"]]',
      'table:users/column:email/rows/[["id"],["1"]]',
      'table:users/column:id/rows/[["id"],["1"]]',
    ],
    describe: 'insert 2 rows into users',
  },
  deleteRows: {
    operation: { kind: 'deleteRows', table: users, key: ['id'], rows: [[1]] },
    after: base,
    inverse: 'the values of the deleted rows are not in the operation',
    touches: ['table:users/rows/[["id"],["1"]]', 'table:users/column:id/rows/[["id"],["1"]]'],
    describe: 'delete 1 row from users',
  },
  expectNone: {
    operation: { kind: 'expectNone', what: 'users without a name', query: 'SELECT id FROM users WHERE name IS NULL' },
    after: base,
    inverse: [],
    touches: [],
    describe: 'expect no users without a name',
  },
  sql: {
    operation: {
      kind: 'sql',
      text: 'ALTER TABLE users\n  ADD COLUMN locale …',
      inverse: 'ALTER TABLE users DROP …',
      effects: [{ kind: 'addColumn', table: users, column: locale }],
      nonTransactional: true,
    },
    after: withTables({ ...bareUsers, columns: [...bareUsers.columns, locale] }, postsTable),
    inverse: [
      {
        kind: 'sql',
        text: 'ALTER TABLE users DROP …',
        inverse: 'ALTER TABLE users\n  ADD COLUMN locale …',
        effects: [{ kind: 'dropColumn', table: users, column: 'locale' }],
        nonTransactional: true,
      },
    ],
    touches: ['table:users/column:locale'],
    describe: 'sql: ALTER TABLE users ADD COLUMN locale …',
  },
  run: {
    operation: { kind: 'run', label: 'fill locale', down: 'restore', direction: 'up' },
    after: base,
    inverse: [{ kind: 'run', label: 'fill locale', down: 'restore', direction: 'down' }],
    touches: ['run:fill locale'],
    describe: 'data step: fill locale',
  },
} as const satisfies { readonly [K in OperationKind]?: Case & { readonly operation: Extract<Operation, { kind: K }> } }
