import { isMigrateError } from '@org/migrate-core'
import type { Operation } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { tryOperations } from '../../../packages/autogenerate/src/differences/try-operations.ts'
import { type AdoptedDatabase, type Engine, onEachEngine } from './kit.ts'

const written = (text: string): Operation => ({ kind: 'sql', text, inverse: 'SELECT 1', effects: [] })

/** `CODE: message` without what differs between runs, or the tables that were made. */
async function tried(db: AdoptedDatabase, ...statements: readonly string[]): Promise<string> {
  try {
    const { schema } = await tryOperations(db.dialect, statements.map(written))
    return [...schema.tables.keys()].join(', ')
  } catch (error) {
    if (!isMigrateError(error)) throw error
    return error.code
  }
}

interface Attack {
  readonly name: string
  /** NAME is the real schema, database or file. */
  readonly sql: readonly string[]
  readonly answer: string
}

const refused = 'SHADOW_REFUSED'
/** What an empty database says, too. */
const failed = 'STATEMENT_FAILED'

const control: readonly Attack[] = [
  { name: 'a COMMIT', sql: ['COMMIT', 'DROP TABLE IF EXISTS t'], answer: refused },
  { name: 'a ROLLBACK', sql: ['ROLLBACK', 'DROP TABLE IF EXISTS t'], answer: refused },
]

const attacks: { readonly [P in Engine]: readonly Attack[] } = {
  sqlite: [
    ...control,
    { name: 'an unqualified DROP', sql: ['DROP TABLE t'], answer: failed },
    { name: 'an ATTACH', sql: ["ATTACH 'NAME' AS r", 'DROP TABLE t'], answer: refused },
    { name: 'a VACUUM INTO', sql: ["VACUUM INTO 'NAME.copy'"], answer: refused },
  ],
  postgres: [
    ...control,
    { name: 'PREPARE TRANSACTION', sql: ["PREPARE TRANSACTION 'x'"], answer: refused },
    { name: 'an unqualified DROP', sql: ['DROP TABLE t'], answer: failed },
    { name: 'a DROP of what may be missing', sql: ['DROP TABLE IF EXISTS t', 'CREATE TABLE n (a int)'], answer: 'n' },
    { name: 'an ALTER', sql: ['ALTER TABLE t ADD COLUMN z int'], answer: failed },
    { name: 'an INSERT', sql: ['INSERT INTO t VALUES (9)'], answer: failed },
    { name: 'a view of a real table', sql: ['CREATE VIEW w AS SELECT * FROM t'], answer: failed },
    { name: 'a foreign key', sql: ['CREATE TABLE n (a int REFERENCES k)'], answer: failed },
    { name: 'a DO block', sql: ["DO $$ BEGIN EXECUTE 'DROP TABLE t'; END $$"], answer: failed },
    { name: 'setval()', sql: ["SELECT setval('s', 77)"], answer: failed },
    {
      name: 'setval() with a function of an extension',
      sql: ["SELECT setval('s', length(digest('a', 'md5')))"],
      answer: refused,
    },
    {
      name: 'setval() of all sequences',
      sql: ["DO $$ BEGIN PERFORM setval(oid::regclass, 77) FROM pg_class WHERE relkind = 'S'; END $$"],
      answer: refused,
    },
    { name: 'a table of a schema that is not in the place', sql: ['DELETE FROM elsewhere.t'], answer: refused },
    { name: 'setval() in such a schema', sql: ["SELECT setval('elsewhere.s', 77)"], answer: refused },
    {
      name: 'a DROP beside a function of an extension',
      sql: ["DO $$ BEGIN PERFORM digest('a', 'md5'); EXECUTE 'DROP TABLE t'; END $$"],
      answer: failed,
    },
    { name: 'its own sequence', sql: ['CREATE TABLE n (id serial)', "SELECT setval('n_id_seq', 5)"], answer: 'n' },
    {
      name: 'types and functions of extensions',
      sql: ["CREATE TABLE n (a citext, b bytea DEFAULT digest('a', 'md5'))", 'ALTER TABLE n ADD c citext'],
      answer: 'n',
    },
  ],
  mariadb: [],
  mysql: [],
}

const mysql: readonly Attack[] = [
  ...control,
  { name: 'an unqualified DROP', sql: ['DROP TABLE t'], answer: failed },
  { name: 'a qualified DROP', sql: ['DROP TABLE `NAME`.t'], answer: refused },
  { name: 'a qualified DROP in other letters', sql: ['drop table NAME . t'], answer: refused },
  { name: 'a DROP in an executed comment', sql: ['/*!40000 DROP TABLE NAME.t */'], answer: refused },
  { name: 'USE', sql: ['USE NAME', 'DROP TABLE t'], answer: refused },
  { name: 'RENAME TABLE', sql: ['RENAME TABLE NAME.t TO t'], answer: refused },
  { name: 'an INSERT', sql: ['INSERT INTO NAME.t VALUES (9)'], answer: refused },
  { name: 'DROP DATABASE', sql: ['DROP DATABASE IF EXISTS NAME'], answer: refused },
  { name: 'CREATE DATABASE', sql: ['CREATE DATABASE NAME_other'], answer: refused },
  { name: 'a user', sql: ["CREATE USER u@'%'"], answer: refused },
  { name: 'a global setting', sql: ['SET GLOBAL max_connections = 100'], answer: refused },
  {
    name: 'a prepared statement',
    sql: ["SET @s = 'DROP TABLE NAME.t'", 'PREPARE p FROM @s', 'EXECUTE p'],
    answer: refused,
  },
  {
    name: 'a procedure',
    sql: ['CREATE PROCEDURE p() DROP TABLE NAME.t', 'CALL p()'],
    answer: refused,
  },
  {
    name: 'what only looks like it',
    sql: [
      'CREATE TABLE n (`role` int, `user` varchar(99))',
      "INSERT INTO n VALUES (1, 'see NAME.t')",
      'UPDATE n SET n.role = 2',
      'SET @a = (SELECT count(*) FROM information_schema.tables)',
      'ALTER TABLE n ADD COLUMN `database` int',
    ],
    answer: 'n',
  },
]

async function contentsOf(db: AdoptedDatabase, engine: Engine): Promise<readonly unknown[]> {
  const counter =
    engine === 'postgres'
      ? [await db.sql('SELECT last_value FROM s'), await db.sql('SELECT last_value FROM elsewhere.s')]
      : []
  return [await db.hash(), ...counter]
}

onEachEngine('SQL that is tried in a shadow location', (empty, engine) => {
  const all = engine === 'mysql' || engine === 'mariadb' ? mysql : attacks[engine]
  it('cannot change the database itself', async () => {
    const db = await empty()
    for (const text of [
      'CREATE TABLE t (a int)',
      'INSERT INTO t VALUES (1), (2)',
      'CREATE TABLE k (a int PRIMARY KEY)',
    ])
      await db.sql(text)
    if (engine === 'postgres') {
      await db.sql(
        'CREATE SEQUENCE s; CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.t (a int); CREATE SEQUENCE elsewhere.s',
      )
      await db.sql('CREATE EXTENSION citext; CREATE EXTENSION pgcrypto')
    }
    const names: { readonly [P in Engine]: string } = {
      sqlite: db.url.replace('sqlite:', ''),
      postgres: 'public',
      mariadb: new URL(db.url).pathname.slice(1),
      mysql: new URL(db.url).pathname.slice(1),
    }
    const before = await contentsOf(db, engine)
    const answers: (readonly [string, string])[] = []
    for (const { name, sql } of all) {
      answers.push([name, await tried(db, ...sql.map((text) => text.replaceAll('NAME', names[engine])))])
      expect(await contentsOf(db, engine), name).toEqual(before)
    }
    expect(answers).toEqual(all.map(({ name, answer }) => [name, answer]))
  })
})
