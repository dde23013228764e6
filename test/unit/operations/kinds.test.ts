import { text } from '@org/migrate-core'
import {
  apply,
  describe as describeOperation,
  emptySchema,
  invert,
  type Operation,
  type OperationKind,
  type RowValue,
  type SchemaModel,
  touches,
} from '@org/migrate-core/dialect'
import { conflicts } from '@org/migrate-core/internal'
import { describe, expect, it } from 'vitest'
import { objectCases } from './kinds-objects.ts'
import { tableCases } from './kinds-tables.ts'
import { base, type Case, policy, posts, postsTable, tags, users, usersTable, withTables } from './kinds-world.ts'

const cases: { readonly [K in OperationKind]: Case & { readonly operation: Extract<Operation, { kind: K }> } } = {
  ...tableCases,
  ...objectCases,
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
    [
      'OBJECT_EXISTS',
      'There is an enum mood already.',
      { kind: 'createEnum', enum: { ref: { name: 'mood' }, values: ['sad'] } },
    ],
    [
      'OBJECT_EXISTS',
      'There is an index users_email of users already.',
      {
        kind: 'createIndex',
        table: users,
        index: { name: 'users_email', elements: [{ column: 'email' }], unique: false },
      },
    ],
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

describe('the remedy for a call with the table second, as other tools have it, is to write it first', () => {
  const table = { name: 'users_email' }
  it.each<Operation>([
    { kind: 'createIndex', table, index: { name: 'users', elements: [{ column: 'email' }], unique: false } },
    { kind: 'dropIndex', table, index: 'users' },
    { kind: 'renameIndex', table, index: 'users', to: 'users_mail' },
    { kind: 'dropConstraint', table, constraint: { name: 'users' } },
    { kind: 'renameConstraint', table, constraint: 'users', to: 'users_mail' },
    { kind: 'createTrigger', trigger: { name: 'users', table, definition: 'CREATE TRIGGER …' } },
    { kind: 'dropTrigger', table, trigger: 'users' },
    { kind: 'createPolicy', table, policy: { ...policy, name: 'users' } },
    { kind: 'alterPolicy', table, policy: 'users', change: { to: ['app'] } },
    { kind: 'dropPolicy', table, policy: 'users' },
  ])('$kind', (operation) => {
    const remedy = expect.stringMatching(
      /^The table is written first, here users_email, and then users\. Check both names, /,
    )
    expect(() => apply(base, operation)).toThrowError(expect.objectContaining({ code: 'OBJECT_MISSING', remedy }))
    expect(() => apply(withTables({ ...tags, ref: table }), operation)).not.toThrowError(
      expect.objectContaining({ remedy }),
    )
  })
})

describe('there is no inverse', () => {
  it.each<[string, Operation]>([
    ['the rows have no key to find them by', { kind: 'insertRows', table: users, columns: ['id'], rows: [[1]] }],
    ['the text names no inverse', { kind: 'sql', text: 'VACUUM' }],
    ['the data step has no `down`', { kind: 'run', label: 'x', down: 'missing', direction: 'up' }],
    [
      '`using` converts the values, and no `usingBack` converts them back',
      { kind: 'alterColumn', table: posts, column: 'n', change: { type: { kind: 'boolean' } }, using: 'n > 0' },
    ],
    [
      "rows that held 'sad' hold 'ok' afterwards; which of them did is not known any more",
      { kind: 'alterEnum', enum: { name: 'mood' }, drop: [{ value: 'sad', replaceBy: 'ok' }] },
    ],
    [
      "rows that held 'sad' hold 'ok', 'low' hold 'ok' afterwards; which of them did is not known any more",
      {
        kind: 'alterEnum',
        enum: { name: 'mood' },
        drop: [
          { value: 'sad', replaceBy: 'ok' },
          { value: 'low', replaceBy: 'ok' },
        ],
      },
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

  it('but `usingBack` is the `using` of the downgrade', () => {
    const json = {
      kind: 'alterColumn',
      table: users,
      column: 'email',
      change: { type: { kind: 'json' } },
      using: 'email::json',
      usingBack: 'email::text',
    } as const
    expect(invert(base, json)).toEqual([
      {
        kind: 'alterColumn',
        table: users,
        column: 'email',
        change: { type: { kind: 'text' }, default: { kind: 'literal', value: 'x' } },
        using: 'email::text',
        usingBack: 'email::json',
      },
    ])
  })

  it('none is needed where a data step is harmless to skip', () => {
    expect(invert(base, { kind: 'run', label: 'x', down: 'none', direction: 'up' })).toEqual([])
  })
})

describe('rows of two branches', () => {
  const insert = (id: RowValue): Operation => ({
    kind: 'insertRows',
    table: users,
    columns: ['id'],
    rows: [[id]],
    key: ['id'],
  })

  it.each<[RowValue]>([[1], ['1'], [{ $bigint: '1' }], [true]])('have one key, as %j and as 1', (id) => {
    expect(conflicts([insert(id)], [insert(1)])).toHaveLength(1)
  })

  it.each<[RowValue]>([[2], ['01'], [null], [{ $bytes: 'MQ==' }]])('have two keys, as %j and as 1', (id) => {
    expect(conflicts([insert(id)], [insert(1)])).toEqual([])
  })
})
