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
    ['a domain', 'CREATE DOMAIN dom AS text; CREATE TABLE t (id int PRIMARY KEY, d dom)', 'type dom'],
    ['an array of one', 'CREATE DOMAIN dom AS text; CREATE TABLE t (id int PRIMARY KEY, d dom[])', 'type dom'],
    [
      'a domain in a view',
      'CREATE DOMAIN dom AS text; CREATE TABLE t (d text); CREATE VIEW v AS SELECT d::dom AS d FROM t',
      'type dom',
    ],
    ['a composite type', 'CREATE TYPE comp AS (a int); CREATE TABLE t (d comp)', 'type comp'],
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
