import { isMigrateError, type Operation } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { describeOn, describeOnDialects } from '../../../kit/servers.ts'
import { applied, compileOne, run, statementTexts, world } from './kit.ts'

const t = { name: 't' }
const retype = (type: Extract<Operation, { kind: 'alterColumn' }>['change']['type'], using?: string): Operation => ({
  kind: 'alterColumn',
  table: t,
  column: 'a',
  change: type === undefined ? {} : { type },
  ...(using === undefined ? {} : { using }),
})
const bigint = { kind: 'integer', bits: 64 } as const

describeOnDialects(['postgres', 'postgres-next'], 'a column whose type changes', (_createDatabase, server) => {
  const on = world(server)

  it('takes its views away and gives them back with owner, privileges, comments, options and indexes', async () => {
    const role = `r_${on().database.name}`
    const setup = `
      CREATE ROLE ${role};
      CREATE TABLE t (a int, b int);
      INSERT INTO t VALUES (1, 2);
      CREATE VIEW v WITH (security_barrier = true) AS SELECT a, b FROM t;
      COMMENT ON VIEW v IS 'it''s; a view';
      COMMENT ON COLUMN v.a IS 'first';
      GRANT SELECT ON v TO ${role} WITH GRANT OPTION;
      GRANT UPDATE (b) ON v TO PUBLIC;
      CREATE MATERIALIZED VIEW m AS SELECT a + 1 AS x FROM v;
      CREATE UNIQUE INDEX m_x ON m (x);
      COMMENT ON INDEX m_x IS 'unique';
      ALTER MATERIALIZED VIEW m OWNER TO ${role};
      CREATE VIEW other AS SELECT b FROM t`
    const facts = async (): Promise<unknown> =>
      (
        await on().database.sql(`SELECT c.relname, c.relacl::text, c.reloptions::text, c.relowner::regrole::text AS owner, obj_description(c.oid, 'pg_class') AS comment,
          (SELECT string_agg(a.attname || ':' || coalesce(a.attacl::text, '') || coalesce(col_description(c.oid, a.attnum), ''), ',' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns
          FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> 't' ORDER BY c.relname`)
      ).map((row) => ({ ...row }))
    try {
      await on().database.sql(setup)
      const before = await facts()
      const sent = await statementTexts(on(), '', retype(bigint))
      expect(await facts()).toEqual(before)
      expect(sent.slice(0, 3)).toEqual([
        'DROP MATERIALIZED VIEW "m"',
        'DROP VIEW "v"',
        'ALTER TABLE "t" ALTER COLUMN "a" TYPE bigint',
      ])
      expect(
        await on().database.sql(
          "SELECT x, format_type(atttypid, NULL) AS type FROM m, pg_attribute WHERE attrelid = 'm'::regclass AND attname = 'x'",
        ),
      ).toEqual([{ x: '2', type: 'bigint' }])
    } finally {
      await on().database.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    }
  })

  it('takes its triggers away and gives them back disabled as they were, also under a new name of the table', async () => {
    const setup = `
      CREATE TABLE t (a int);
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER g BEFORE UPDATE OF a ON t FOR EACH ROW WHEN (new.a > 1) EXECUTE FUNCTION f();
      ALTER TABLE t DISABLE TRIGGER g;
      COMMENT ON TRIGGER g ON t IS 'off'`
    const u = { name: 'u' }
    await applied(
      on(),
      setup,
      { kind: 'renameTable', table: t, to: 'u' },
      { kind: 'renameColumn', table: u, column: 'a', to: 'c' },
      { kind: 'alterColumn', table: u, column: 'c', change: { type: bigint } },
    )
    expect(
      await on().database.sql(
        "SELECT pg_get_triggerdef(oid, true) AS text, tgenabled::text AS enabled, obj_description(oid, 'pg_trigger') AS comment FROM pg_trigger WHERE tgrelid = 'u'::regclass",
      ),
    ).toEqual([
      {
        text: 'CREATE TRIGGER g BEFORE UPDATE OF c ON u FOR EACH ROW WHEN (new.c > 1) EXECUTE FUNCTION f()',
        enabled: 'D',
        comment: 'off',
      },
    ])
  })

  it('refuses where a generated column is computed from it', async () => {
    const setup = 'CREATE TABLE t (a int, g int GENERATED ALWAYS AS (a * 2) STORED)'
    await expect(applied(on(), setup, retype(bigint))).rejects.toSatisfy(
      (error) =>
        isMigrateError(error) && error.code === 'DEPENDENT_OBJECTS' && error.message.includes('generated column g'),
    )
  })

  it('refuses a new type of an enum where a generated column is of it', async () => {
    const setup = `CREATE TYPE mood AS ENUM ('ok', 'sad');
      CREATE TABLE t (a int, g mood GENERATED ALWAYS AS (CASE WHEN a > 0 THEN 'ok'::mood END) STORED)`
    const change = { kind: 'alterEnum', enum: { name: 'mood' }, drop: [{ value: 'sad', replaceBy: 'ok' }] } as const
    await expect(applied(on(), setup, change)).rejects.toMatchObject({
      code: 'DEPENDENT_OBJECTS',
      message: expect.stringContaining('The type of the column t.g cannot be changed: it is generated.'),
    })
  })

  it('builds an index again that a concurrent build left invalid', async () => {
    const { database, dialect, session } = on()
    await database.sql('CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)')
    const operation = {
      kind: 'createIndex',
      table: t,
      index: { name: 'i', unique: true, elements: [{ column: 'a' }] },
      concurrently: true,
    } as const
    const first = await dialect.introspection.schema(session)
    await expect(run(session, compileOne(dialect, first, operation).statements)).rejects.toThrow(
      'could not create unique index',
    )
    await database.sql('DELETE FROM t')
    const model = await dialect.introspection.schema(session)
    expect(model.tables.get('t')?.indexes).toEqual([])
    expect(model.tables.get('t')?.hiddenIndexes).toEqual([{ ...operation.index, why: 'invalid' }])
    const { statements, after } = compileOne(dialect, model, operation)
    await run(session, statements)
    expect(statements.map(({ sql, transaction }) => [sql, transaction])).toEqual([
      ['DROP INDEX CONCURRENTLY "i"', 'none'],
      ['CREATE UNIQUE INDEX CONCURRENTLY "i" ON "t" ("a")', 'none'],
    ])
    expect(after.tables.get('t')?.hiddenIndexes).toEqual([])
    expect(await database.sql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass")).toEqual([
      { indisvalid: true },
    ])
  })

  it('leaves a serial column what it is, and its sequence gets the name of its table', async () => {
    const setup = 'CREATE TABLE t (a serial PRIMARY KEY, b text); INSERT INTO t (b) VALUES (1)'
    await applied(on(), setup, retype(bigint), { kind: 'renameTable', table: t, to: 'u' })
    expect(
      await on().database.sql(`INSERT INTO u (b) VALUES ('x') RETURNING a, pg_get_serial_sequence('u', 'a') AS s`),
    ).toEqual([{ a: '2', s: 'public.u_a_seq' }])
  })
})

describeOn('postgres', 'a cast that is not automatic', () => {
  const on = world('postgres')
  const types: readonly (readonly [string, Parameters<typeof retype>[0], string])[] = [
    ["text DEFAULT '1'", { kind: 'integer', bits: 32 }, '"a"::integer'],
    ['int', { kind: 'boolean' }, '"a" <> 0'],
    ['boolean', { kind: 'integer', bits: 64 }, '"a"::integer::bigint'],
    ['timestamp', { kind: 'integer', bits: 64 }, 'extract(epoch FROM "a")::bigint'],
    ['bigint', { kind: 'timestamp', withTimezone: false }, 'to_timestamp("a") AT TIME ZONE \'UTC\''],
    ['text', { kind: 'json' }, '"a"::json'],
    ['json', { kind: 'integer', bits: 32 }, '"a"::text::integer'],
    ['text', { kind: 'bytes' }, `convert_to("a", 'UTF8')`],
    ['text', { kind: 'uuid' }, '"a"::uuid'],
    ['text', { kind: 'enum', name: 'mood', values: ['1', '2'] }, '"a"::"mood"'],
    ['text[]', { kind: 'native', dialect: 'postgres', sql: 'integer[]' }, '"a"::text::integer[]'],
    ['text[]', { kind: 'native', dialect: 'postgres', sql: 'mood[]' }, '"a"::text::mood[]'],
  ]

  it.each(types)('from %s to %j is asked for, and the expression proposed works', async (from, to, using) => {
    const setup = `CREATE TYPE mood AS ENUM ('1', '2'); CREATE TABLE t (a ${from})`
    const { database } = on()
    const error = await applied(on(), setup, retype(to)).catch((caught: unknown) => caught)
    expect(isMigrateError(error) && [error.code, error.details]).toMatchObject(['CAST_NEEDED', { using }])
    await applied(on(), '', retype(to, using))
    expect(
      (await database.sql("SELECT count(*) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0"))[0],
    ).toEqual({ count: '1' })
  })

  it.each<readonly [string, NonNullable<Parameters<typeof retype>[0]>]>([
    ['int', { kind: 'text' }],
    ['numeric(5, 2)', { kind: 'integer', bits: 16 }],
    ['json', { kind: 'native', dialect: 'postgres', sql: 'jsonb' }],
    ['mood', { kind: 'varchar', length: 9 }],
    ['timestamptz', { kind: 'date' }],
    ['int[]', { kind: 'native', dialect: 'postgres', sql: 'bigint[]' }],
    ['int[]', { kind: 'native', dialect: 'postgres', sql: 'text[]' }],
    ['mood[]', { kind: 'native', dialect: 'postgres', sql: 'varchar(9)[]' }],
    ['uuid', { kind: 'char', length: 36 }],
  ])('from %s to %j is not needed', async (from, to) => {
    const setup = `CREATE TYPE mood AS ENUM ('1', '2'); CREATE TABLE t (a ${from})`
    expect(await statementTexts(on(), setup, retype(to))).toHaveLength(1)
  })
})
