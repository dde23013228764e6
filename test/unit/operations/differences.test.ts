import {
  type ColumnModel,
  type ConstraintModel,
  emptySchema,
  expressionText,
  put,
  putTable,
  type SchemaModel,
  schemaDifferences,
  type TableModel,
  tableDifferences,
  triggerKey,
} from '@org/migrate-core/dialect'
import { describe, expect, it } from 'vitest'

const id: ColumnModel = { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false }
const email: ColumnModel = { name: 'email', type: { kind: 'text' }, nullable: true }
const users: TableModel = {
  ref: { name: 'users' },
  columns: [id, email],
  constraints: [{ kind: 'primaryKey', columns: ['id'] }],
  indexes: [{ name: 'by_email', unique: false, elements: [{ column: 'email' }] }],
  options: {},
}

const changed = (column: Partial<ColumnModel>): TableModel => ({ ...users, columns: [id, { ...email, ...column }] })
const constrained = (...constraints: readonly ConstraintModel[]): TableModel => ({ ...users, constraints })
const indexed = (index: Partial<TableModel['indexes'][number]>): TableModel => ({
  ...users,
  indexes: [{ name: 'by_email', unique: false, elements: [{ column: 'email' }], ...index }],
})

const pk: ConstraintModel = { kind: 'primaryKey', columns: ['id'] }
const check = (expression: string, name?: string): ConstraintModel => ({
  kind: 'check',
  expression,
  ...(name === undefined ? {} : { name }),
})
const reference: ConstraintModel = {
  kind: 'foreignKey',
  columns: ['email'],
  references: { table: { name: 'people' }, columns: ['mail'] },
}

describe('tables are equal', () => {
  it.each<[string, TableModel, TableModel]>([
    ['with themselves', users, users],
    ['whatever the order of columns', users, { ...users, columns: [email, id] }],
    [
      'whatever text the server keeps',
      users,
      { ...users, source: 'CREATE …', indexes: users.indexes.map((i) => ({ ...i, source: 'x' })) },
    ],
    ['whatever they are called', users, { ...users, ref: { schema: 's', name: 'other' } }],
    ['where one has a name for the key and the other has none', users, constrained({ ...pk, name: 'users_pkey' })],
    ['with a UNIQUE over the primary key', users, constrained(pk, { kind: 'unique', name: 'u', columns: ['id'] })],
    ['DEFAULT NULL is no default', users, changed({ default: { kind: 'expression', sql: 'NULL' } })],
    [
      'a literal written as an expression',
      changed({ default: { kind: 'literal', value: "it's" } }),
      changed({ default: { kind: 'expression', sql: "('it''s')" } }),
    ],
    [
      'CURRENT_TIMESTAMP',
      changed({ default: { kind: 'now' } }),
      changed({ default: { kind: 'expression', sql: 'current_timestamp' } }),
    ],
    [
      'checks by what they say',
      constrained(pk, check('email > 0'), check('id > 1')),
      constrained(pk, check('(id>1)', 'c'), check('( "email" > 0 )')),
    ],
    [
      'a foreign key that says the defaults',
      constrained(reference),
      constrained({ ...reference, onDelete: 'noAction', match: 'simple' }),
    ],
    [
      'a key to its own primary key',
      constrained(pk, { ...reference, references: { table: { name: 'users' }, columns: [] } }),
      constrained(pk, { ...reference, references: { table: { name: 'users' }, columns: ['id'] } }),
    ],
    [
      'an index that says the defaults',
      users,
      indexed({ method: 'BTREE', elements: [{ column: 'email', order: 'asc' }] }),
    ],
    ['an option that is off', users, { ...users, options: { strict: false } }],
    ['an empty comment', users, { ...changed({ comment: '' }), comment: '' }],
    [
      'an enum whose name only one side knows',
      changed({ type: { kind: 'enum', values: ['a'] } }),
      changed({ type: { kind: 'enum', name: 'e', values: ['a'] } }),
    ],
  ])('%s', (_what, one, other) => {
    expect(tableDifferences(one, other)).toEqual([])
    expect(tableDifferences(other, one)).toEqual([])
  })
})

describe('a difference is a line', () => {
  it.each<[readonly string[], TableModel, TableModel?]>([
    [['column email is missing'], { ...users, columns: [id], indexes: [] }, { ...users, indexes: [] }],
    [['column x is not expected'], { ...users, columns: [id, email, { ...email, name: 'x' }] }],
    [['column email: type is varchar(9), expected text'], changed({ type: { kind: 'varchar', length: 9 } })],
    [
      ['column email: type is DATETIME, expected text'],
      changed({ type: { kind: 'native', dialect: 'sqlite', sql: 'DATETIME' } }),
    ],
    [['column email: nullable is no, expected yes'], changed({ nullable: false })],
    [['column email: default is "a", expected none'], changed({ default: { kind: 'literal', value: 'a' } })],
    [
      ['column email: default is 0, expected "0"'],
      changed({ default: { kind: 'literal', value: 0 } }),
      changed({ default: { kind: 'literal', value: '0' } }),
    ],
    [
      ['column email: generated is lower(x) (virtual), expected no'],
      changed({ generated: { expression: 'lower(x)', stored: false } }),
    ],
    [
      ['column email: identity is always, from 5 by 1, expected no'],
      changed({ identity: { mode: 'always', start: 5 } }),
    ],
    [
      ['column email: identity is byDefault, from 1 by 1, maxValue 9, cycle true, expected always, from 1 by 1'],
      changed({ identity: { mode: 'byDefault', maxValue: '9', cycle: true } }),
      changed({ identity: { mode: 'always' } }),
    ],
    [['column email: onUpdate is now, expected no'], changed({ onUpdate: 'now' })],
    [['column email: collation is NOCASE, expected none'], changed({ collation: 'NOCASE' })],
    [['column email: comment is "mail", expected ""'], changed({ comment: 'mail' })],
    [['primary key (id) is missing'], constrained()],
    [
      ['primary key (id): columns is (email, id), expected (id)'],
      constrained({ kind: 'primaryKey', columns: ['email', 'id'] }),
    ],
    [
      ['unique constraint u (email) is not expected'],
      constrained(pk, { kind: 'unique', name: 'u', columns: ['email'] }),
    ],
    [['check c (id > 0): its name is d'], constrained(check('id > 0', 'd')), constrained(check('id > 0', 'c'))],
    [
      ['check c (id > 0): expression is id > 1, expected id > 0'],
      constrained(check('id > 1', 'c')),
      constrained(check('id > 0', 'c')),
    ],
    [
      ['foreign key f (email): onDelete is cascade, expected noAction'],
      constrained({ ...reference, name: 'f', onDelete: 'cascade' }),
      constrained({ ...reference, name: 'f' }),
    ],
    [
      ['foreign key f (email): deferrable is deferred, expected not said'],
      constrained({ ...reference, name: 'f', deferrable: 'deferred' }),
      constrained({ ...reference, name: 'f' }),
    ],
    [['index by_email is missing'], { ...users, indexes: [] }],
    [['index by_email: unique is yes, expected no'], indexed({ unique: true })],
    [
      ['index by_email: columns is (email desc), expected (email)'],
      indexed({ elements: [{ column: 'email', order: 'desc' }] }),
    ],
    [['index by_email: where is id > 0, expected none'], indexed({ where: 'id > 0' })],
    [['option: strict is true, expected not set'], { ...users, options: { strict: true } }],
    [['table: comment is "people", expected ""'], { ...users, comment: 'people' }],
    [['table: kind is virtual, expected table'], { ...users, opaque: 'virtual' }],
  ])('%j', (lines, expectedDifferences, expected = users) => {
    expect(tableDifferences(expected, expectedDifferences)).toEqual(lines)
  })
})

describe('the text of an expression', () => {
  it.each([
    ['(("a"  > 1))', 'a > 1'],
    ['A IS not NULL', 'a is not null'],
    ['`Count` + 1', 'count + 1'],
    ["name = 'It''s  A'", "name = 'It''s  A'"],
    ['(a) > (b)', '( a ) > ( b )'],
    ['SELECT 1;', 'select 1'],
  ])('%s', (sql, text) => {
    expect(expressionText(sql)).toBe(text)
  })

  it.each([
    ['"Email" > 1', 'email > 1'],
    ['"current_timestamp"', 'current_timestamp'],
    ["'a b'", "'a  b'"],
    ["'A'", "'a'"],
    ["'a'", '"a"'],
    ['a > = 1', 'a >= 1'],
    ['a - -1', 'a --1'],
    ["'a\\' || b || 'c'", "'a\\' || B || 'c'"],
    ['a b', 'ab'],
    ['(a + b) * c', 'a + b * c'],
  ])('%s is not %s', (one, other) => {
    expect(expressionText(one)).not.toBe(expressionText(other))
  })
})

it('schemas differ by tables, views, triggers, enums and sequences', () => {
  const view = { ref: { name: 'v' }, definition: 'SELECT 1' }
  const trigger = { name: 't', table: users.ref, definition: 'CREATE TRIGGER t …' }
  const full = put(
    put(putTable(putTable(emptySchema, users), { ...users, ref: { name: 'posts' } }), 'views', 'v', view),
    'triggers',
    triggerKey(users.ref, 't'),
    trigger,
  )
  const other = put(
    put(
      put(
        putTable(putTable(emptySchema, changed({ nullable: false })), { ...users, ref: { name: 'extra' } }),
        'views',
        'v',
        {
          ...view,
          definition: 'SELECT 2',
        },
      ),
      'enums',
      'mood',
      { ref: { name: 'mood' }, values: ['ok'] },
    ),
    'sequences',
    'ids',
    { ref: { name: 'ids' } },
  )
  expect(schemaDifferences(full, full)).toEqual([])
  expect(schemaDifferences(full, other)).toEqual([
    'table users: column email: nullable is no, expected yes',
    'table posts is missing',
    'table extra is not expected',
    'view v: its SELECT is SELECT 2, expected SELECT 1',
    'trigger t of users is missing',
    'enum mood is not expected',
    'sequence ids is not expected',
  ])
})

it('a foreign key to "the primary key" is one to its columns', () => {
  const people: TableModel = { ...users, ref: { name: 'people' }, indexes: [] }
  const from = (columns: readonly string[]): TableModel =>
    constrained(pk, { ...reference, references: { table: people.ref, columns } })
  const schema = (table: TableModel) => putTable(putTable(emptySchema, people), table)
  expect(schemaDifferences(schema(from([])), schema(from(['id'])))).toEqual([])
  expect(schemaDifferences(schema(from([])), schema(from(['email'])))).toEqual([
    'table users: foreign key (email): references is people ("email"), expected people ("id")',
  ])
})

it('a sequence that says that it does not cycle is one that says nothing of it', () => {
  const of = (sequence: object) => ({
    ...emptySchema,
    sequences: new Map([['ids', { ref: { name: 'ids' }, ...sequence }]]),
  })
  expect(schemaDifferences(of({ cycle: false }), of({}))).toEqual([])
  expect(schemaDifferences(of({ start: '5', cycle: true }), of({ start: '7' }))).toEqual([
    'sequence ids: start is 7, expected 5',
    'sequence ids: cycle is not set, expected true',
  ])
})

it('texts of views and triggers are shown where they differ, on one line', () => {
  const of = (definition: string, materialized = false): SchemaModel => ({
    ...emptySchema,
    views: new Map([['v', { ref: { name: 'v' }, definition, ...(materialized ? { materialized: true } : {}) }]]),
    triggers: new Map([['t', { name: 't', table: { name: 'users' }, definition }]]),
  })
  expect(schemaDifferences(of('SELECT 1\n  FROM a'), of('select 1 from a'))).toEqual([])
  expect(schemaDifferences(of('SELECT 1\n  FROM a'), of('SELECT 1\n  FROM b', true))).toEqual([
    'view v: its kind is materialized view, expected view',
    'view v: its SELECT is SELECT 1 FROM b, expected SELECT 1 FROM a',
    'trigger t of users: its text is SELECT 1 FROM b, expected SELECT 1 FROM a',
  ])
  const long = (middle: string): string => `SELECT ${'a, '.repeat(100)}${middle}${', z'.repeat(100)}`
  const before = 'a, '.repeat(14).slice(2)
  const [line] = schemaDifferences(of(long('one')), of(long('two')))
  const shown = (middle: string): string => `…${before}${middle}${', z'.repeat(53)}`.slice(0, 201)
  expect(line).toBe(`view v: its SELECT is ${shown('two')}…, expected ${shown('one')}…`)
})
