import { column, integer as int32, table, varchar as words } from '@org/migrate-core'
import { int, mysqlTable, mysqlTableCreator, text, varchar } from 'drizzle-orm/mysql-core'
import { type Case, cell } from '../case.ts'
import { has, inUtf8mb4, own, rows, t } from './declared.ts'

const itself = cell('table', 'itself')
const options = cell('table', 'options')
const comment = cell('table', 'comment')
const foreignTables = cell('table', 'of others')
const triggers = cell('trigger', 'itself')

const key = { id: int().primaryKey() }
const email = () => varchar({ length: 50 }).notNull()
const one = mysqlTable('accounts', { ...key, email: email(), age: int() })
const two = mysqlTable('users', { ...key, email: email(), age: int() })
const mailed = mysqlTable('users', { ...key, mail: email(), age: int() })
const posts = (of: typeof one | typeof two) =>
  mysqlTable('posts', { ...key, author: int().references((): never => of.id as never) })
const prefixed = mysqlTableCreator((name) => `app_${name}`)
const accounts = 'CREATE TABLE accounts (id int PRIMARY KEY, email varchar(50) NOT NULL, age int)'
const created = (name: string) =>
  `create table ${name}: id integer not null; email varchar(50) not null; age integer; primary key (id)`
const user = {
  rows: "INSERT INTO accounts VALUES (1, 'a@b.c', 7)",
  finds: { sql: 'SELECT * FROM users', rows: ['1, a@b.c, 7'] },
}
const renamed = { answers: { renamed: [{ from: 'accounts', to: 'users' }] } }
const optioned = (options: Record<string, string> = {}) => own({ a: column(words(20)) }, { options })
const commented = (text?: string) => own({ a: column(int32()) }, text === undefined ? {} : { comment: text })
const optionOf = (fact: string, shown: string) => ({
  finds: {
    sql: `SELECT ${fact} FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't'`,
    rows: [shown],
  },
})
const trigger = 'CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET new.a = upper(new.a)'
const named = {
  sql: 'SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()',
  rows: ['tr'],
}

const counting = (name: string, column: string) =>
  mysqlTable(name, { [column]: int().primaryKey().autoincrement(), a: varchar({ length: 20 }) })
// The last number given out is that of a row which is gone.
const deleted = "INSERT INTO accounts (a) VALUES ('x'), ('y'); DELETE FROM accounts WHERE a = 'y'"

export const tables: readonly Case[] = [
  itself.rename(
    'and the position of its counter stays',
    { one: counting('accounts', 'id') },
    { two: counting('users', 'number') },
    ['rename table accounts to users', 'rename column users.id to number'],
    {
      rows: deleted,
      answers: {
        renamed: [
          { from: 'accounts', to: 'users' },
          { from: 'users.id', to: 'number' },
        ],
      },
      finds: { sql: "INSERT INTO users (a) VALUES ('z'); SELECT max(number) AS n FROM users", rows: ['3'] },
      returns: { sql: "INSERT INTO accounts (a) VALUES ('z'); SELECT max(id) AS n FROM accounts", rows: ['4'] },
    },
  ),
  itself.add('the first', {}, { one }, [created('accounts')]),
  itself.add('that refers to another that is new, which comes first', {}, { posts: posts(one), one }, [
    created('accounts'),
    'create table posts: id integer not null; author integer; primary key (id); foreign key posts_author_accounts_id_fk (author) -> accounts (id)',
  ]),
  itself.add('with a prefix that a creator gives', {}, { t: prefixed('t', key) }, [
    'create table app_t: id integer not null; primary key (id)',
  ]),
  itself.add(
    'of table(…), with options and a comment',
    {},
    own({ a: column(words(20)) }, { options: { engine: 'MyISAM' }, comment: 'old' }),
    ['create table t: id integer not null; a varchar(20); primary key (id) {"engine":"MyISAM"} {"comment":"old"}'],
  ),
  itself.drop('with its rows', { one }, {}, ['drop table accounts -- loses the table accounts and its rows'], {
    rows: user.rows,
  }),
  itself.drop('and the one that refers to it, in the other order', { one, posts: posts(one) }, {}, [
    'drop table posts -- loses the table posts and its rows',
    'drop table accounts -- loses the table accounts and its rows',
  ]),
  itself.rename('answered, rows stay', { one }, { two }, ['rename table accounts to users'], { ...renamed, ...user }),
  itself.rename('no answer', { one }, { two }, [], { openQuestions: ['table accounts -> users'] }),
  itself.rename(
    'it is no rename: --no-renames',
    { one },
    { two },
    [created('users'), 'drop table accounts -- loses the table accounts and its rows'],
    {
      answers: { none: true },
    },
  ),
  itself.rename(
    'with a column at once, by the old name of the table',
    { one },
    { mailed },
    ['rename table accounts to users', 'rename column users.email to mail'],
    {
      answers: {
        renamed: [
          { from: 'accounts', to: 'users' },
          { from: 'accounts.email', to: 'mail' },
        ],
      },
      ...user,
      finds: { sql: 'SELECT mail FROM users', rows: ['a@b.c'] },
    },
  ),
  itself.rename('with a column at once, and only the table answered', { one }, { mailed }, [], {
    ...renamed,
    openQuestions: ['column users.email -> mail'],
  }),
  itself.rename(
    'two that change their names with each other',
    {
      one: mysqlTable('x', { ...key, a: int() }),
      two: mysqlTable('y', { ...key, a: int() }),
    },
    { one: mysqlTable('y', { ...key, a: int() }), two: mysqlTable('z', { ...key, a: int() }) },
    ['rename table x to z'],
    {
      answers: { renamed: [{ from: 'x', to: 'z' }] },
    },
  ),
  itself.rename(
    'that others refer to, whose key is named by it',
    { one, posts: posts(one) },
    { two, posts: posts(two) },
    [
      'rename table accounts to users',
      'rename constraint posts.posts_author_accounts_id_fk to posts_author_users_id_fk',
    ],
    {
      ...renamed,
      rows: "INSERT INTO accounts VALUES (1, 'a', 1); INSERT INTO posts VALUES (1, 1)",
      finds: { sql: 'SELECT author FROM posts JOIN users ON users.id = author', rows: ['1'] },
    },
  ),
  itself.rename(
    'two that have nothing in common',
    { one },
    { t: mysqlTable('zebra', { stripes: int().primaryKey(), wide: text() }) },
    [
      'create table zebra: stripes integer not null; wide native text; primary key (stripes)',
      'drop table accounts -- loses the table accounts and its rows',
    ],
  ),
  itself.rename(
    'with checks that the server named, which follow',
    inUtf8mb4('CREATE TABLE accounts (id int PRIMARY KEY, age int, CHECK (age > 0))'),
    {
      t: table(
        'users',
        { id: column(int32(), { nullable: false }), age: column(int32()) },
        {
          primaryKey: ['id'],
          checks: [{ expression: { kind: 'expression', sql: 'age > 0' } }],
        },
      ),
    },
    ['rename table accounts to users'],
    renamed,
  ),
  itself.equal(
    'quoted, IF NOT EXISTS',
    inUtf8mb4(
      'CREATE TABLE IF NOT EXISTS `accounts` (`id` integer primary key, `email` VARCHAR(50) not null, `age` INT null)',
    ),
    { one },
  ),
  itself.equal(
    'made of a query first, and changed since',
    inUtf8mb4(
      'CREATE TABLE accounts (id int PRIMARY KEY) SELECT 1 AS id; ALTER TABLE accounts ADD email varchar(50) NOT NULL, ADD age int',
    ),
    { one },
  ),
  itself.equal(
    'renamed by the server',
    inUtf8mb4(`${accounts.replace('accounts', 'old')}; RENAME TABLE old TO accounts`),
    {
      one,
    },
  ),
  itself.equal('exported twice', inUtf8mb4(accounts), { one, again: one, helper: () => 1 }),
  itself.equal('in a database of another character set', `ALTER DATABASE CHARACTER SET latin1; ${accounts}`, { one }),

  options.add(
    'the engine',
    optioned(),
    optioned({ engine: 'MyISAM' }),
    ['options t: {"engine":"MyISAM"}'],
    optionOf('ENGINE', 'MyISAM'),
  ),
  options.drop(
    'the engine',
    optioned({ engine: 'MyISAM' }),
    optioned(),
    ['options t: {"engine":null}'],
    optionOf('ENGINE', 'InnoDB'),
  ),
  options.add(
    'a collation, which the columns follow that name none',
    optioned(),
    optioned({ collation: 'utf8mb4_bin' }),
    ['options t: {"collation":"utf8mb4_bin"}', 'alter column t.a: {"collation":null}'],
    { ...optionOf('TABLE_COLLATION', 'utf8mb4_bin') },
  ),
  options.change(
    'the collation',
    optioned({ collation: 'utf8mb4_bin' }),
    optioned({ collation: 'utf8mb4_unicode_ci' }),
    ['options t: {"collation":"utf8mb4_unicode_ci"}', 'alter column t.a: {"collation":null}'],
  ),
  options.change(
    'the character set',
    optioned({ charset: 'latin1' }),
    optioned({ charset: 'utf8mb4' }),
    ['options t: {"collation":null}', 'alter column t.a: {"collation":null}'],
    { rows: rows('id, a', "1, 'é'"), finds: { sql: 'SELECT a FROM t', rows: ['é'] } },
  ),
  options.add(
    'the format of rows',
    optioned(),
    optioned({ row_format: 'COMPRESSED' }),
    ['options t: {"row_format":"COMPRESSED"}'],
    optionOf('ROW_FORMAT', 'Compressed'),
  ),
  options.drop(
    'the format of rows',
    optioned({ row_format: 'COMPRESSED' }),
    optioned(),
    ['options t: {"row_format":null}'],
    optionOf('ROW_FORMAT', 'Dynamic'),
  ),
  options.equal('the usual engine said', has('a varchar(20)', ' ENGINE = innodb'), optioned()),
  options.equal('the usual engine said in the declaration', has('a varchar(20)'), optioned({ engine: 'InnoDB' })),
  options.equal('utf8mb4 said', has('a varchar(20)', ' DEFAULT CHARSET = utf8mb4'), optioned()),
  options.equal('utf8mb4 said in the declaration', has('a varchar(20)'), optioned({ charset: 'utf8mb4' })),
  options.equal(
    'a character set, and the collation that it has by itself',
    has('a varchar(20)', ' CHARSET latin1 COLLATE latin1_swedish_ci'),
    optioned({ charset: 'latin1' }),
  ),
  options.equal(
    'utf8, which is utf8mb3',
    has('a varchar(20)', ' CHARSET utf8 COLLATE utf8_general_ci'),
    optioned({ charset: 'utf8mb3' }),
  ),
  options.equal(
    'the format of rows in other letters',
    has('a varchar(20)', ' ROW_FORMAT = compressed'),
    optioned({ row_format: 'COMPRESSED' }),
  ),
  options.equal('where the counter stands', has('a varchar(20)', ' AUTO_INCREMENT = 100'), optioned()),
  options.equal(
    'of a table in Drizzle, which has no word for them',
    has('a varchar(20)', ' ENGINE = MyISAM CHARSET latin1 ROW_FORMAT = DYNAMIC STATS_PERSISTENT = 1'),
    t({ a: varchar({ length: 20 }) }),
  ),

  comment.add('of table(…)', commented(), commented("it's"), [`comment t: 'it''s'`]),
  comment.drop('of table(…)', commented('old'), commented(), ['comment t: none']),
  comment.change('of table(…)', commented('old'), commented('new'), ["comment t: 'new'"]),
  comment.equal('with quotes and a line in it', has('a int', " COMMENT = 'it''s\\nso'"), commented("it's\nso")),
  comment.equal('an empty one', has('a int', " COMMENT ''"), commented()),
  comment.equal('of a table in Drizzle, which has no word for it', has('a int', " COMMENT 'old'"), t({ a: int() })),

  foreignTables.equal(
    'a table that keeps its history: it is said',
    `${has('a int')}; ALTER TABLE t ADD SYSTEM VERSIONING`,
    t({ a: int() }),
    { notes: ['t is a table that keeps its history, and not compared'], only: 'mariadb' },
  ),
  foreignTables.equal(
    'the records of drizzle-kit',
    `${has('a int')}; CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)`,
    t({ a: int() }),
  ),
  foreignTables.equal(
    'the records of Knex',
    `${has('a int')}; CREATE TABLE knex_migrations (id int unsigned not null auto_increment primary key, name varchar(255), batch int, migration_time timestamp NULL); CREATE TABLE knex_migrations_lock (\`index\` int unsigned not null auto_increment primary key, is_locked int)`,
    t({ a: int() }),
  ),
  foreignTables.equal(
    'what `exclude` names',
    `${has('a int')}; CREATE TABLE wp_posts (id int); CREATE TABLE wp_users (id int)`,
    t({ a: int() }),
    { exclude: ['wp_*'] },
  ),
  foreignTables.equal('what `include` does not name', `${has('a int')}; CREATE TABLE audit (id int)`, t({ a: int() }), {
    include: ['t'],
  }),
  foreignTables.drop(
    'what `exclude` does not name',
    `${has('a int')}; CREATE TABLE wp_posts (id int); CREATE TABLE audit (id int)`,
    t({ a: int() }),
    ['drop table audit -- loses the table audit and its rows'],
    { exclude: ['wp_*'] },
  ),
  foreignTables.equal(
    'our own records',
    `${has('a int')}; CREATE TABLE migrate_version (version_num varchar(255) NOT NULL PRIMARY KEY)`,
    t({ a: int() }),
  ),
  foreignTables.equal(
    'a table in parts',
    inUtf8mb4('CREATE TABLE t (id int PRIMARY KEY, a int) PARTITION BY HASH (id) PARTITIONS 4'),
    t({ a: int() }),
  ),

  triggers.equal('none is declared: it stays', has('a varchar(20)', `; ${trigger}`), t({ a: varchar({ length: 20 }) })),
  triggers.change(
    'its table is changed, and it is there still',
    has('a varchar(20)', `; ${trigger}`),
    t({ a: varchar({ length: 30 }) }),
    ['alter column t.a: type varchar(30)'],
    { finds: named },
  ),
  triggers.rename(
    'of its table, and it is there still',
    has('a varchar(20)', `; ${trigger}`),
    {
      t: mysqlTable('s', { id: int().primaryKey(), a: varchar({ length: 20 }) }),
    },
    ['rename table t to s'],
    { answers: { renamed: [{ from: 't', to: 's' }] }, finds: named },
  ),
  triggers.drop(
    'with its table',
    has('a varchar(20)', `; ${trigger}`),
    {},
    ['drop table t -- loses the table t and its rows'],
    {
      finds: { ...named, rows: [] },
    },
  ),
]
