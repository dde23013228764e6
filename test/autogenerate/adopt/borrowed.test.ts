import { prove, survey } from '@org/migrate-autogenerate'
import { integer, native, type Revision } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { describeOnEach, type TestDatabase } from '../../kit/servers.ts'
import { revisionWriter } from '../../kit/written-revision.ts'

describeOnEach(['postgres', 'postgres-next'], 'adopting what the revision does not make', (createDatabase) => {
  const write = revisionWriter()
  const migratorOn = ({ url }: TestDatabase, chain: readonly Revision[] = []) =>
    migratorOf(postgresDialect({ url }), chain)
  async function proofOf(db: TestDatabase): Promise<{ readonly chain: readonly Revision[]; readonly proof: unknown }> {
    const { changes } = await survey(migratorOn(db))
    const chain = await write({ dialect: 'postgres', changes, downgrade: { isDerived: true, changes: [] } }, [])
    const proof = await prove(migratorOn(db, chain), chain[0]?.revision ?? '').catch((error: unknown) => error)
    return { chain, proof }
  }

  it.each([
    [
      'a collation',
      "CREATE COLLATION coll (provider = icu, locale = 'de'); CREATE TABLE t (d text COLLATE coll)",
      'collation coll',
    ],
    [
      'a text search configuration',
      "CREATE TEXT SEARCH CONFIGURATION cfg (COPY = english); CREATE TABLE t (d text); CREATE INDEX i ON t USING gin (to_tsvector('cfg', d))",
      'text search configuration cfg',
    ],
  ])('names %s, and is not proven: an empty database would refuse it', async (_what, existing, object) => {
    const [db, other] = [await createDatabase(), await createDatabase()]
    await db.sql(existing)
    const { chain, proof } = await proofOf(db)
    expect(proof).toMatchObject({ code: 'OBJECT_MISSING', details: { object } })
    await expect(migratorOn(other, chain).upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
  })

  it('makes domains, composite types and ranges, with their checks, defaults and comments', async () => {
    const [db, other] = [await createDatabase(), await createDatabase()]
    await db.sql(`CREATE DOMAIN "Zip" AS varchar(5) COLLATE "C" DEFAULT '00000' NOT NULL CONSTRAINT digits CHECK (VALUE ~ '^[0-9]+$');
      COMMENT ON DOMAIN "Zip" IS 'it''s $migrate$ five';
      CREATE TYPE place AS (street text COLLATE "C", zip "Zip", numbers int[]);
      CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi);
      CREATE FUNCTION even(n int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT n % 2 = 0';
      CREATE DOMAIN pairs AS int CHECK (even(VALUE)); ALTER DOMAIN pairs ADD CHECK (VALUE > 0) NOT VALID;
      CREATE FUNCTION street(p place) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ($1).street';
      CREATE TABLE t (id int PRIMARY KEY, z "Zip", zs "Zip"[], p place, s span, n pairs);
      CREATE VIEW v AS SELECT street(p) AS street, z::"Zip" AS z FROM t`)
    const { chain, proof } = await proofOf(db)
    expect(proof).toMatchObject({ ran: true, differences: [] })
    await migratorOn(other, chain).upgrade()
    await other.sql("INSERT INTO t (id, p, s, n) VALUES (1, ROW('Main', '12345', NULL), '[1,2)', 4)")
    expect(await other.sql('SELECT street, z FROM v')).toEqual([{ street: 'Main', z: '00000' }])
    for (const [column, value] of [
      ['z', "'abc'"],
      ['n', '3'],
      ['n', '-2'],
      ['z', 'NULL'],
    ])
      await expect(other.sql(`UPDATE t SET ${column} = ${value}`)).rejects.toThrow()
    const [comment] = await other.sql(`SELECT obj_description('"Zip"'::regtype, 'pg_type') AS text`)
    expect(comment).toEqual({ text: "it's $migrate$ five" })
    await migratorOn(other, chain).downgrade('base')
    // Types may have been there before: they stay, and the next upgrade takes them as they are.
    await migratorOn(other, chain).upgrade()
    expect(await other.sql("SELECT to_regtype('place')::text AS t")).toEqual([{ t: 'place' }])
  })

  it('is proven where it uses types and functions of an extension', async () => {
    const [db, other] = [await createDatabase(), await createDatabase()]
    const extension = 'CREATE EXTENSION citext'
    await db.sql(
      `${extension}; CREATE TABLE t (id int PRIMARY KEY, d citext DEFAULT 'x', e citext[]); CREATE INDEX i ON t (lower(d))`,
    )
    const { chain, proof } = await proofOf(db)
    expect(proof).toMatchObject({ ran: true, differences: [] })
    await migratorOn(other, chain).upgrade()
    expect(await other.sql("SELECT to_regclass('t')::text AS t")).toEqual([{ t: 't' }])
  })

  it('is proven where defaults and checks call functions in SQL, and others read the tables', async () => {
    const [db, other] = [await createDatabase(), await createDatabase()]
    await db.sql(`CREATE FUNCTION seven() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 7';
      CREATE FUNCTION inner_check(v int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT v > seven() - 8';
      CREATE TABLE account (id int PRIMARY KEY DEFAULT seven(), v int CHECK (inner_check(v)));
      CREATE FUNCTION counted() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM account';
      CREATE FUNCTION a_caller() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT counted() + 1';
      CREATE VIEW total AS SELECT a_caller() AS n`)
    const { chain, proof } = await proofOf(db)
    expect(proof).toMatchObject({ ran: true, differences: [] })
    await migratorOn(other, chain).upgrade()
    expect(await other.sql('INSERT INTO account (v) VALUES (1) RETURNING id')).toEqual([{ id: 7 }])
    expect(await other.sql('SELECT n::int FROM total')).toEqual([{ n: 2 }])
  })

  it('is proven where a function has a letter in its text that is the name of a table', async () => {
    const [db, other] = [await createDatabase(), await createDatabase()]
    await db.sql(`CREATE FUNCTION seven(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + 7';
      CREATE TABLE t (id int PRIMARY KEY CHECK (seven(id) > 0)); CREATE INDEX i ON t (seven(id))`)
    const { chain, proof } = await proofOf(db)
    expect(proof).toMatchObject({ ran: true, differences: [] })
    await migratorOn(other, chain).upgrade()
    expect(await other.sql("SELECT to_regclass('t')::text AS t")).toEqual([{ t: 't' }])
  })

  it('names a function by its schema where the revision makes one of the same name later', async () => {
    const db = await createDatabase()
    // The name of the table is in the text, so that the function comes behind it.
    await db.sql(`CREATE FUNCTION seven(t int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT t + 7';
      CREATE TABLE t (id int PRIMARY KEY CHECK (seven(id) > 0))`)
    const { proof } = await proofOf(db)
    const [row] = await db.sql('SELECT current_schema() AS schema')
    expect(proof).toMatchObject({
      code: 'OBJECT_MISSING',
      details: { object: `function ${String(row?.schema)}.seven(integer)` },
    })
  })

  it('is proven once the revision makes it itself, and then an empty database takes it', async () => {
    const [db, other] = [await createDatabase(), await createDatabase()]
    const domain = 'CREATE DOMAIN dom AS text'
    await db.sql(`${domain}; CREATE TABLE t (id integer NOT NULL PRIMARY KEY, d dom)`)
    const chain = line((op) => {
      // Create it with `op.sql` in the revision that uses it.
      op.sql(domain, { inverse: 'DROP DOMAIN dom' })
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('d', native('postgres', 'dom'))
        t.primaryKey(['id'])
      })
    })
    expect(await prove(migratorOn(db, chain), 'r1')).toMatchObject({ ran: true, differences: [] })
    await migratorOn(db, chain).stamp('head')
    await migratorOn(other, chain).upgrade()
    expect((await migratorOn(db, chain).status()).state).toBe('atHead')
  })
})
