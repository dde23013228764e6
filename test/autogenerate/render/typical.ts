import type { BodyChange, BodyInput } from '@org/migrate-autogenerate'
import type { Operation, TableModel } from '@org/migrate-core/dialect'

const users = { name: 'users' }
const posts = { name: 'posts' }

const usersTable: TableModel = {
  ref: users,
  columns: [
    { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false, identity: { mode: 'byDefault' } },
    { name: 'email', type: { kind: 'varchar', length: 255 }, nullable: false },
    {
      name: 'settings',
      type: { kind: 'json' },
      nullable: false,
      default: { kind: 'expression', sql: "'{}'::json" },
      comment: 'what the user has chosen, and nothing that another reader has to know',
    },
    {
      name: 'joined',
      type: { kind: 'timestamp', withTimezone: true },
      nullable: false,
      default: { kind: 'now' },
    },
  ],
  constraints: [
    { kind: 'primaryKey', columns: ['id'] },
    { kind: 'check', name: 'users_email_check', expression: "email LIKE '%@%'" },
    {
      kind: 'foreignKey',
      columns: ['id'],
      references: { table: { schema: 'auth', name: 'people' }, columns: ['id'] },
      onDelete: 'cascade',
    },
  ],
  indexes: [{ name: 'users_email', unique: true, elements: [{ expression: 'lower(email)' }] }],
  options: {},
  source: 'CREATE TABLE users (…)',
}
const createUsers: Operation = { kind: 'createTable', table: usersTable }

const does = (operation: Operation, more: Partial<Extract<BodyChange, { kind: 'operation' }>> = {}): BodyChange => ({
  kind: 'operation',
  operation,
  ...more,
})
const on = (...changes: readonly BodyChange[]): BodyInput => ({ upgrade: new Map([['sqlite', changes]]) })

const locale = { name: 'locale', type: { kind: 'varchar', length: 12 }, nullable: true } as const
const addLocale = does({ kind: 'addColumn', table: users, column: locale })
const requireLocale = does({ kind: 'alterColumn', table: users, column: 'locale', change: { nullable: false } })
const fillLocale: BodyChange = {
  kind: 'fill',
  table: users,
  column: 'locale',
  where: { kind: 'null' },
  key: ['id'],
  why: 'users.locale becomes NOT NULL',
}
const dropSad: BodyChange = {
  kind: 'fill',
  table: posts,
  column: 'mood',
  where: { kind: 'value', value: 'sad' },
  key: ['id'],
  why: "posts.mood has no 'sad' any more",
}
const moodColumn = (values: readonly string[]): Operation => ({
  kind: 'alterColumn',
  table: posts,
  column: 'mood',
  change: { type: { kind: 'enum', values } },
})

/** What comparing schemas gives every day, each with the file that it is to become: `fixtures/<name>.ts`. */
export const typical: Readonly<Record<string, BodyInput>> = {
  'nothing-to-do': on(),
  'create-table': on(does(createUsers)),
  'not-null': on(addLocale, fillLocale, requireLocale),
  'not-null-with-value': on(
    addLocale,
    { ...fillLocale, value: `CONCAT('en-', "country")`, sources: ['country'] },
    requireLocale,
  ),
  'not-null-keyed-by-several': on({ ...fillLocale, key: ['tenant', 'user id', 'class'] }),
  'not-null-without-key': on({
    kind: 'fill',
    table: { schema: 'app', name: 'log' },
    column: 'level',
    where: { kind: 'null' },
    why: 'app.log.level becomes NOT NULL',
  }),
  'enum-value-gone': {
    upgrade: new Map([
      [
        'postgres',
        [
          does(
            { kind: 'alterEnum', enum: { name: 'mood' }, drop: [{ value: 'sad' }], order: ['ok', 'happy'] },
            { loses: "which rows had 'sad' of mood", replacements: ['sad'] },
          ),
        ],
      ],
      ['mysql', [dropSad, does(moodColumn(['ok', 'happy']))]],
      ['sqlite', [{ ...dropSad, key: ['rowid'] }, does(moodColumn(['ok', 'happy']))]],
    ]),
  },
  renames: on(
    does({ kind: 'renameTable', table: { name: 'people' }, to: 'users' }),
    does({ kind: 'renameColumn', table: users, column: 'mail', to: 'email' }),
    does({ kind: 'renameIndex', table: users, index: 'people_mail', to: 'users_email' }),
    does({ kind: 'renameColumn', table: posts, column: 'people', to: 'users' }),
  ),
  indexes: on(
    does({ kind: 'dropIndex', table: users, index: 'users_email' }),
    does({
      kind: 'createIndex',
      table: posts,
      index: { name: 'posts_when', unique: false, elements: [{ column: 'at', order: 'desc' }, { column: 'id' }] },
    }),
    does({ kind: 'dropIndex', table: users, index: 'users_name', ifExists: true }),
    does({
      kind: 'createIndex',
      table: users,
      index: { name: 'users_name', unique: true, elements: [{ column: 'name' }], where: 'name IS NOT NULL' },
      concurrently: true,
    }),
  ),
  'two-databases': {
    upgrade: new Map([
      ['sqlite', [addLocale, does({ kind: 'dropIndex', table: users, index: 'users_email' })]],
      ['postgres', [addLocale, does({ kind: 'createExtension', extension: 'citext', ifNotExists: true })]],
    ]),
    explanations: ['Compared with the declared tables of app/schema.ts.'],
  },
  'three-databases': {
    upgrade: new Map([
      ['sqlite', [does(createUsers)]],
      ['postgres', [does({ kind: 'createSchema', schema: 'auth' }), does(createUsers)]],
      ['mysql', [does(createUsers)]],
    ]),
  },
  destructive: on(
    does({ kind: 'dropColumn', table: users, column: 'age' }, { loses: 'the values of users.age' }),
    does(
      { kind: 'dropTable', table: posts },
      { loses: 'the table posts and its rows', note: 'It had 3 foreign keys.' },
    ),
  ),
  'way-back': {
    upgrade: new Map([
      [
        'sqlite',
        [
          does({
            kind: 'alterColumn',
            table: users,
            column: 'age',
            change: { type: { kind: 'integer', bits: 32 } },
            using: 'CAST(age AS INTEGER)',
          }),
          addLocale,
        ],
      ],
    ]),
    downgrade: new Map([
      [
        'sqlite',
        [
          does({ kind: 'dropColumn', table: users, column: 'locale' }, { loses: 'the values of users.locale' }),
          { kind: 'gap', what: 'the downgrade of "change column users.age: type", whose values were converted' },
        ],
      ],
    ]),
  },
  texts: on(
    does({
      kind: 'createView',
      view: {
        ref: { name: 'active' },
        columns: ['id', 'name'],
        definition: `SELECT id, name\nFROM users\nWHERE seen > 1 AND name <> '\`$\{x}' AND note <> "\\"\nORDER BY name`,
      },
    }),
    does({ kind: 'setComment', on: { table: users }, comment: 'first\nsecond' }),
    does({ kind: 'expectNone', what: 'users without a name', query: "SELECT id FROM users WHERE name = ''" }),
  ),
  unusual: on(
    does(
      {
        kind: 'insertRows',
        table: { name: '*/ x' },
        columns: ['__proto__', 'constructor', 'größe', 'a-b'],
        rows: [[`it's "so"`, 'back\\slash\u2028', 'half \ud83d', { $bytes: 'AP8=' }]],
        key: ['__proto__'],
      },
      { note: 'ends here */ \u202e and\nthere' },
    ),
    { ...fillLocale, table: { name: 'op' }, column: 'class', key: ['rows'] },
    { ...fillLocale, table: { name: '7 "up"' }, column: '`$' + '{x}`\\', key: ['__proto__', 'db'] },
    { ...fillLocale, table: { name: 'to' }, column: 'fill_in' },
    { ...fillLocale, table: { name: 'to' }, column: 'fill_in', key: ['other'] },
  ),
  'many-changes': on(
    ...Array.from({ length: 22 }, (_, at) => does({ kind: 'dropTable', table: { name: `t${at + 1}` } })),
  ),
}
