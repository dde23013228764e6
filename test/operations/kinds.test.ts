import { text, varchar } from '@org/migrate-core'
import {
  apply,
  type ConstraintModel,
  describe as describeOperation,
  emptySchema,
  invert,
  type Operation,
  type OperationKind,
  type SchemaModel,
  type TableModel,
  tableKey,
  touches,
  triggerKey,
} from '@org/migrate-core/dialect'
import { describe, expect, it } from 'vitest'

const users = { name: 'users' }
const posts = { name: 'posts' }

const usersTable: TableModel = {
  ref: users,
  columns: [
    { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false },
    { name: 'email', type: { kind: 'text' }, nullable: true, default: { kind: 'literal', value: 'x' }, comment: 'old' },
  ],
  constraints: [{ kind: 'primaryKey', name: 'users_pk', columns: ['id'] }],
  indexes: [
    { name: 'users_email', unique: true, elements: [{ column: 'email' }], include: ['id'], source: 'CREATE INDEX …' },
  ],
  options: { strict: true },
  source: 'CREATE TABLE users …',
}
const key: ConstraintModel = {
  kind: 'foreignKey',
  columns: ['user'],
  references: { table: users, columns: ['id'] },
  onDelete: 'cascade',
}
const postsTable: TableModel = {
  ref: posts,
  columns: [
    { name: 'user', type: { kind: 'integer', bits: 64 }, nullable: true },
    { name: 'mood', type: { kind: 'enum', name: 'mood', values: ['sad', 'ok'] }, nullable: true },
    { name: 'n', type: { kind: 'integer', bits: 32 }, nullable: true },
  ],
  constraints: [key],
  indexes: [],
  options: {},
  source: 'CREATE TABLE posts …',
}
const trigger = { name: 'touch', table: users, definition: 'CREATE TRIGGER touch …' }
const view = { ref: { name: 'active' }, definition: 'SELECT 1', source: 'CREATE VIEW …' }
const sequence = { ref: { name: 'ids' }, increment: '1', ownedBy: { table: users, column: 'id' } }

const base: SchemaModel = {
  schemas: ['app'],
  tables: new Map([
    ['users', usersTable],
    ['posts', postsTable],
  ]),
  views: new Map([['active', view]]),
  triggers: new Map([[triggerKey(users, 'touch'), trigger]]),
  enums: new Map([['mood', { ref: { name: 'mood' }, values: ['sad', 'ok'] }]]),
  sequences: new Map([['ids', sequence]]),
  extensions: ['citext'],
}

const without = <T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> => {
  const { [key]: _, ...rest } = value
  return rest
}
const bareUsers = without(usersTable, 'source') as TableModel
const barePosts = without(postsTable, 'source') as TableModel
const withTables = (...tables: readonly TableModel[]): SchemaModel => ({
  ...base,
  tables: new Map(tables.map((table) => [tableKey(table.ref), table])),
})

interface Case {
  readonly operation: Operation
  readonly after: SchemaModel
  readonly inverse: readonly Operation[] | string
  readonly touches: readonly string[]
  readonly describe: string
}

const people = { name: 'people' }
const tags: TableModel = {
  ref: { name: 'tags' },
  columns: [{ name: 'tag', type: text(), nullable: false }],
  constraints: [{ kind: 'primaryKey', columns: ['tag'] }],
  indexes: [],
  options: {},
}
const locale = {
  name: 'locale',
  type: varchar(12),
  nullable: false,
  default: { kind: 'literal', value: 'en' },
} as const
const lower = { name: 'posts_n', unique: false, elements: [{ column: 'n', order: 'desc' }] } as const
const check = { kind: 'check', name: 'positive', expression: 'n > 0' } as const

const cases: { readonly [K in OperationKind]: Case & { readonly operation: Extract<Operation, { kind: K }> } } = {
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
      'table:users/rows/[["id"],[1]]',
      'table:users/rows/[["id"],[{"$bigint":"2"}]]',
      'table:users/column:email/rows/[["id"],[1]]',
      'table:users/column:id/rows/[["id"],[1]]',
    ],
    describe: 'insert 2 rows into users',
  },
  deleteRows: {
    operation: { kind: 'deleteRows', table: users, key: ['id'], rows: [[1]] },
    after: base,
    inverse: 'the values of the deleted rows are not in the operation',
    touches: ['table:users/rows/[["id"],[1]]', 'table:users/column:id/rows/[["id"],[1]]'],
    describe: 'delete 1 row from users',
  },
  sql: {
    operation: {
      kind: 'sql',
      text: 'ALTER TABLE users\n  ADD COLUMN locale …',
      inverse: 'ALTER TABLE users DROP …',
      effects: [{ kind: 'addColumn', table: users, column: locale }],
      outside: true,
    },
    after: withTables({ ...bareUsers, columns: [...bareUsers.columns, locale] }, postsTable),
    inverse: [
      {
        kind: 'sql',
        text: 'ALTER TABLE users DROP …',
        inverse: 'ALTER TABLE users\n  ADD COLUMN locale …',
        effects: [{ kind: 'dropColumn', table: users, column: 'locale' }],
        outside: true,
      },
    ],
    touches: ['table:users/column:locale'],
    describe: 'sql: ALTER TABLE users ADD COLUMN locale …',
  },
  run: {
    operation: { kind: 'run', label: 'fill locale', down: 'restore', half: 'up' },
    after: base,
    inverse: [{ kind: 'run', label: 'fill locale', down: 'restore', half: 'down' }],
    touches: ['run:fill locale'],
    describe: 'data step: fill locale',
  },
}

describe('each kind of operation', () => {
  it.each(Object.entries(cases))('%s', (_kind, one) => {
    expect(apply(base, one.operation)).toEqual(one.after)
    const inverse = invert(base, one.operation)
    expect('irreversible' in inverse ? inverse.why : inverse).toEqual(one.inverse)
    expect(touches(one.operation)).toEqual(one.touches)
    expect(describeOperation(one.operation)).toBe(one.describe)
  })
})

describe('refusals name the object', () => {
  it.each<[string, string, Operation, SchemaModel?]>([
    ['OBJECT_MISSING', 'There is no table nope.', { kind: 'dropTable', table: { name: 'nope' } }],
    ['OBJECT_MISSING', 'There is no column users.nope.', { kind: 'dropColumn', table: users, column: 'nope' }],
    ['OBJECT_MISSING', 'There is no index nope of users.', { kind: 'dropIndex', table: users, index: 'nope' }],
    [
      'OBJECT_MISSING',
      'There is no unique constraint (email) of users.',
      { kind: 'dropConstraint', table: users, constraint: { kind: 'unique', columns: ['email'] } },
    ],
    ['OBJECT_EXISTS', 'There is a table users already.', { kind: 'createTable', table: usersTable }],
    ['OBJECT_EXISTS', 'There is a view active already.', { kind: 'renameTable', table: users, to: 'active' }],
    [
      'OBJECT_EXISTS',
      'There is a column users.email already.',
      { kind: 'renameColumn', table: users, column: 'id', to: 'email' },
    ],
    [
      'OBJECT_EXISTS',
      'There is a primary key users_pk of users already.',
      { kind: 'addConstraint', table: users, constraint: { kind: 'primaryKey', columns: ['email'] } },
    ],
    [
      'DEPENDENT_OBJECTS',
      'The table users cannot be dropped: foreign key (user) of posts needs it.',
      { kind: 'dropTable', table: users },
    ],
    [
      'DEPENDENT_OBJECTS',
      'The column users.id cannot be dropped: primary key users_pk, index users_email, foreign key (user) of posts need it.',
      { kind: 'dropColumn', table: users, column: 'id' },
    ],
    [
      'DEPENDENT_OBJECTS',
      'The enum mood cannot be dropped: column posts.mood needs it.',
      { kind: 'dropEnum', enum: { name: 'mood' } },
    ],
    [
      'INVALID_OPERATION',
      'drop column tags.tag: it is the only column of the table',
      { kind: 'dropColumn', table: { name: 'tags' }, column: 'tag' },
      withTables({ ...tags, constraints: [] }),
    ],
    [
      'INVALID_OPERATION',
      'create table tags: the primary key names nope, which is no column of the table',
      { kind: 'createTable', table: { ...tags, constraints: [{ kind: 'primaryKey', columns: ['nope'] }] } },
    ],
    [
      'INVALID_OPERATION',
      'create table tags: the column tag is there twice',
      { kind: 'createTable', table: { ...tags, columns: [...tags.columns, ...tags.columns] } },
    ],
    [
      'INVALID_OPERATION',
      'create table tags: the table has no columns',
      { kind: 'createTable', table: { ...tags, columns: [] } },
    ],
    [
      'INVALID_NAME',
      'The name "a\\nb" of the table holds a control character.',
      { kind: 'createTable', table: { ...tags, ref: { name: 'a\nb' } } },
    ],
    [
      'INVALID_NAME',
      'The name "" of the column is empty.',
      { kind: 'renameColumn', table: users, column: 'email', to: '' },
    ],
    [
      'INVALID_OPERATION',
      'add column fts.x: fts is a virtual table, which is never altered',
      { kind: 'addColumn', table: { name: 'fts' }, column: { name: 'x', type: text(), nullable: true } },
      withTables({ ...tags, ref: { name: 'fts' }, opaque: 'virtual' }),
    ],
  ])('%s: %s', (code, message, operation, model = base) => {
    expect(() => apply(model, operation)).toThrowError(expect.objectContaining({ code, message }))
  })
})

describe('there is no inverse', () => {
  it.each<[string, Operation]>([
    ['the rows have no key to find them by', { kind: 'insertRows', table: users, columns: ['id'], rows: [[1]] }],
    ['the text names no inverse', { kind: 'sql', text: 'VACUUM' }],
    ['the data step has no `down`', { kind: 'run', label: 'x', down: 'missing', half: 'up' }],
    [
      'the values were converted by `using`, and the way back needs an expression of its own',
      { kind: 'alterColumn', table: posts, column: 'n', change: { type: { kind: 'boolean' } }, using: 'n > 0' },
    ],
    [
      "rows that held 'sad' hold 'ok' afterwards; which of them did is not known any more",
      { kind: 'alterEnum', enum: { name: 'mood' }, drop: [{ value: 'sad', replaceBy: 'ok' }] },
    ],
    [
      'an exclusion constraint without a name cannot be named to drop it',
      {
        kind: 'addConstraint',
        table: users,
        constraint: { kind: 'exclude', elements: [{ expression: 'id', operator: '=' }] },
      },
    ],
  ])('%s', (why, operation) => {
    expect(invert(base, operation)).toEqual({ irreversible: true, why })
  })

  it('of a table that foreign keys waited for', () => {
    const posts = apply(emptySchema, { kind: 'createTable', table: { ...postsTable, source: 'x' } })
    expect(invert(posts, { kind: 'createTable', table: usersTable })).toEqual({
      irreversible: true,
      why: 'foreign key (user) of posts referred to table users before it was there',
    })
  })

  it('but text with `using` goes back to text without one', () => {
    const json = {
      kind: 'alterColumn',
      table: users,
      column: 'email',
      change: { type: { kind: 'json' } },
      using: 'email::json',
    } as const
    expect(invert(base, json)).toEqual([
      { kind: 'alterColumn', table: users, column: 'email', change: { type: { kind: 'text' } } },
    ])
  })

  it('none is needed where a data step is harmless to skip', () => {
    expect(invert(base, { kind: 'run', label: 'x', down: 'none', half: 'up' })).toEqual([])
  })
})
