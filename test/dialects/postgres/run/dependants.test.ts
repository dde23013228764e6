import { type OperationRecorder, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { counts } from '../../../kit/scale.ts'
import { describeOnDialects, type TestDatabase } from '../../../kit/servers.ts'

type Upgrade = (op: OperationRecorder) => void

const migratorOn = (db: TestDatabase, upgrade: Upgrade) =>
  migratorOf(postgresDialect({ url: db.url }), [{ revision: 'r1', downRevision: null, upgrade }])

interface Case {
  readonly setup: string
  readonly change: Upgrade
  readonly dependants: readonly string[]
  /** What the remedy says: dropped before, and created after. */
  readonly remedy: readonly [drop: string, create: string]
}

const retype: Upgrade = (op) => op.alterTable('t', (t) => t.alterColumn('a', { type: text() }))
const shrink: Upgrade = (op) => op.alterEnum('mood', { drop: [{ value: 'x' }] })
const t = 'CREATE TABLE t (a integer, b integer)'
const mood = `CREATE TYPE mood AS ENUM ('x', 'y', 'z'); CREATE TABLE t (a integer, m mood)`

const cases: Readonly<Record<string, Case>> = {
  'a function that reads a column of another type': {
    setup: `${t}; CREATE FUNCTION first(t) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT $1.a::text; END`,
    change: retype,
    dependants: ['function first(t)'],
    remedy: ['DROP FUNCTION first', 'CREATE FUNCTION first(t) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT $1.a; END'],
  },
  'a rule of a table that reads a column of another type': {
    setup: `${t}; CREATE RULE r AS ON DELETE TO t WHERE old.a > 1 DO INSTEAD NOTHING`,
    change: retype,
    dependants: ['rule r on table t'],
    remedy: ['DROP RULE r ON t', "CREATE RULE r AS ON DELETE TO t WHERE old.a > '1' DO INSTEAD NOTHING"],
  },
  'a function that gives rows of a view which has to go': {
    setup: `${t}; CREATE VIEW v AS SELECT a FROM t; CREATE FUNCTION all_of() RETURNS SETOF v LANGUAGE sql AS 'SELECT * FROM v'`,
    change: retype,
    dependants: ['function all_of()'],
    remedy: ['DROP FUNCTION all_of', "CREATE FUNCTION all_of() RETURNS SETOF v LANGUAGE sql AS 'SELECT * FROM v'"],
  },
  'a column of the row type of a table': {
    setup: `${t}; CREATE TABLE u (whole t)`,
    change: retype,
    dependants: ['column whole of table u'],
    remedy: ['ALTER TABLE u DROP COLUMN whole', 'ALTER TABLE u ADD COLUMN whole t'],
  },
  'a domain over an enum': {
    setup: `${mood}; CREATE DOMAIN temper AS mood`,
    change: shrink,
    dependants: ['type temper'],
    remedy: ['DROP DOMAIN temper', 'CREATE DOMAIN temper AS mood'],
  },
  'a composite type with an enum': {
    setup: `${mood}; CREATE TYPE pair AS (m mood, n integer)`,
    change: shrink,
    dependants: ['column m of composite type pair'],
    remedy: ['DROP TYPE pair', 'CREATE TYPE pair AS (m mood, n integer)'],
  },
  'arguments of functions that are an enum or its array': {
    setup: `${mood}; CREATE FUNCTION f(mood) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION g(mood[]) RETURNS mood LANGUAGE sql AS 'SELECT $1[1]'`,
    change: shrink,
    dependants: ['function f(mood)', 'function g(mood[])'],
    remedy: [
      'DROP FUNCTION f + DROP FUNCTION g',
      "CREATE FUNCTION f(mood) RETURNS int LANGUAGE sql AS 'SELECT 1' + CREATE FUNCTION g(mood[]) RETURNS mood LANGUAGE sql AS 'SELECT $1[1]'",
    ],
  },
  'a cast and a range type of an enum': {
    setup: `${mood}; CREATE TYPE moods AS RANGE (subtype = mood)`,
    change: shrink,
    dependants: ['type moods'],
    remedy: ['DROP TYPE moods', 'CREATE TYPE moods AS RANGE (subtype = mood)'],
  },
  'a rule that names an enum': {
    setup: `${mood}; CREATE RULE r AS ON DELETE TO t WHERE old.m = 'y' DO INSTEAD NOTHING`,
    change: shrink,
    dependants: ['rule r on table t'],
    remedy: ['DROP RULE r ON t', "CREATE RULE r AS ON DELETE TO t WHERE old.m = 'y' DO INSTEAD NOTHING"],
  },
  'a default and a check of another table that name an enum': {
    setup: `${mood}; CREATE TABLE u (s text DEFAULT 'y'::mood::text CHECK (s::mood <> 'z'))`,
    change: shrink,
    dependants: ['constraint u_s_check on table u', 'default value for column s of table u'],
    remedy: [
      'ALTER TABLE u ALTER s DROP DEFAULT, DROP CONSTRAINT u_s_check',
      "ALTER TABLE u ALTER s SET DEFAULT 'y'::mood::text, ADD CHECK (s::mood <> 'z')",
    ],
  },
  'a partition key': {
    setup: `${mood}; CREATE TABLE p (m mood) PARTITION BY LIST (m)`,
    change: shrink,
    dependants: ['the partition key of p'],
    remedy: ['DROP TABLE p', 'CREATE TABLE p (m mood) PARTITION BY LIST (m)'],
  },
  'a column that is inherited': {
    setup: `${mood}; CREATE TABLE child () INHERITS (t)`,
    change: shrink,
    dependants: ['column m of table child'],
    remedy: ['DROP TABLE child', 'CREATE TABLE child () INHERITS (t)'],
  },
}

const tables =
  'CREATE TABLE t (id int PRIMARY KEY, a text, b text); CREATE TABLE u (id int, a text); CREATE TABLE h (own int) INHERITS (t)'
const dropColumn: Recorded = (op) => op.dropColumn('t', 'a')
const renameAndDrop: Recorded = (op) => {
  op.renameColumn('t', 'a', 'x')
  op.renameTable('t', 'y')
  op.dropColumn('y', 'x')
}

/** Each with what the plan names; undefined: the server drops it. */
const ofViews: readonly (readonly [string, string, Recorded, string | undefined])[] = [
  ['*', 'CREATE VIEW v AS SELECT * FROM t', dropColumn, 'view v'],
  ['a column by another name', 'CREATE VIEW v AS SELECT n.q FROM t AS n (p, q, r)', dropColumn, 'view v'],
  ['a column by USING', 'CREATE VIEW v AS SELECT t.b FROM t JOIN u USING (a)', dropColumn, 'view v'],
  ['a column, materialised', 'CREATE MATERIALIZED VIEW v AS SELECT a FROM t', dropColumn, 'materialized view v'],
  ['a column of an heir', 'CREATE VIEW v AS SELECT a FROM h', dropColumn, 'view v'],
  ['a column that got another name', 'CREATE VIEW v AS SELECT a FROM t', renameAndDrop, 'view v'],
  ['a table', 'CREATE VIEW v AS SELECT FROM u', (op) => op.dropTable('u'), 'view v'],
  ['a view', 'CREATE VIEW x AS SELECT 1 AS n; CREATE VIEW v AS SELECT n FROM x', (op) => op.dropView('x'), 'view v'],
  ['the column of another table', 'CREATE VIEW v AS SELECT u.a FROM t, u', dropColumn, undefined],
  ['no column', 'CREATE VIEW v AS SELECT count(*) FROM t', dropColumn, undefined],
  ['all of a row', 'CREATE VIEW v AS SELECT row_to_json(t) AS j FROM t', dropColumn, undefined],
]

describeOnDialects(['postgres', 'postgres-next'], 'a view keeps what it reads', (createDatabase) => {
  it.each(ofViews)(
    '%s: the plan is refused where the server refuses, and only there',
    async (_, view, change, named) => {
      const db = await createDatabase()
      await db.sql(`${tables}; ${view}`)
      if (named === undefined) return expect(migratorOn(db, change).upgrade()).resolves.toBeDefined()
      const expected = { code: 'DEPENDENT_OBJECTS', details: { dependants: [named] } }
      await expect(migratorOn(db, change).plan()).rejects.toMatchObject(expected)
      await migratorOn(db, (op) => {
        op.dropView('v', view.includes('MATERIALIZED') ? { materialized: true } : {})
        change(op)
      }).upgrade()
      expect(await db.sql("SELECT FROM pg_class WHERE relname = 'v'")).toEqual([])
    },
  )
})

describeOnDialects(
  ['postgres', 'postgres-next'],
  'what the server refuses since something depends on it',
  (createDatabase, server) => {
    for (const [at, [what, { setup, change, dependants, remedy }]] of Object.entries(cases).entries()) {
      if (server === 'postgres-next' && at % counts.recreatedCaseOnNextEvery !== 0) continue
      it(`is named before the first statement, and the remedy works: ${what}`, async () => {
        const db = await createDatabase()
        await db.sql(setup)
        const expected = { code: 'DEPENDENT_OBJECTS', details: { dependants } }
        await expect(migratorOn(db, change).plan()).rejects.toMatchObject(expected)
        await expect(migratorOn(db, change).upgrade()).rejects.toMatchObject(expected)
        expect(await db.sql("SELECT relname FROM pg_class WHERE relname LIKE 'migrate%'")).toEqual([])
        const [drop, create] = remedy
        await migratorOn(db, (op) => {
          for (const statement of drop.split(' + ')) op.sql(statement)
          change(op)
          for (const statement of create.split(' + ')) op.sql(statement)
        }).upgrade()
        const dropped = (await db.sql("SELECT enumlabel FROM pg_enum WHERE enumlabel = 'x'")).length
        expect(dropped).toBe(0)
      })
    }
  },
)
