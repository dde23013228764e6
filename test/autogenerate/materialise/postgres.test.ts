import { type SchemaModel, tableKey } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, test } from 'vitest'
import { creationsOf } from '../../../packages/autogenerate/src/differences/creations.ts'
import { materialise } from '../../../packages/autogenerate/src/differences/materialise.ts'
import { describeOn } from '../../kit/own-sessions.ts'
import { dialectAt } from './dialect-at.ts'
import { create, differences, unlike } from './kit.ts'
import { asUser, dumps, staying, withConcurrentWork } from './live-kit.ts'
import { integer, key, primary, schema, table, varchar, view } from './models.ts'

const native = (sql: string) => ({ kind: 'native', dialect: 'postgres', sql }) as const
const id = integer('id', { nullable: false })

/** What was there before: another table and a function in the schema that is stood in, and an extension's type. */
const before = `CREATE EXTENSION citext;
  CREATE TABLE live (id int PRIMARY KEY, note text);
  INSERT INTO live VALUES (1, 'kept');
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`

/** Cross-schema references, enums, serial, identity, generated columns, views over views, a circle, a trigger. */
const rich: SchemaModel = schema({
  schemas: ['audit'],
  extensions: ['citext'],
  enums: [
    { name: 'mood', values: ['sad', 'ok'] },
    { name: 'level', schema: 'audit', values: ['low', 'high'] },
  ],
  tables: [
    table(
      'users',
      [
        { name: 'id', type: native('serial'), nullable: false },
        { name: 'email', type: native('citext'), nullable: false },
        {
          name: 'mood',
          type: { kind: 'enum', name: 'mood', values: ['sad', 'ok'] },
          nullable: false,
          default: { kind: 'literal', value: 'ok' },
        },
        varchar('name', { default: { kind: 'literal', value: "it's" } }),
        {
          name: 'slug',
          type: { kind: 'text' },
          nullable: true,
          generated: { expression: "lower(name) || '-' || id", stored: true },
        },
        integer('team'),
      ],
      [
        primary('id'),
        key('users_team', 'team', 'teams'),
        { kind: 'check', name: 'named', expression: "name IN ('a', 'b') OR name LIKE 'c%'" },
      ],
      [
        { name: 'users_name', unique: false, elements: [{ expression: 'lower(name)' }], where: "mood <> 'sad'" },
        { name: 'users_email', unique: true, elements: [{ column: 'email', order: 'desc' }] },
      ],
    ),
    table(
      'teams',
      [{ ...id, identity: { mode: 'always' } }, integer('lead')],
      [primary('id'), key('teams_lead', 'lead', 'users')],
    ),
    table(
      { schema: 'audit', name: 'log' },
      [
        { name: 'id', type: native('bigserial'), nullable: false },
        integer('by'),
        {
          name: 'level',
          type: { kind: 'enum', name: 'level', schema: 'audit', values: ['low', 'high'] },
          nullable: true,
        },
        { name: 'body', type: native('jsonb'), nullable: false, default: { kind: 'expression', sql: "'{}'" } },
      ],
      [primary('id'), key('log_by', 'by', 'users')],
    ),
  ],
  views: [view('a_last', 'SELECT slug FROM b_middle'), view('b_middle', 'SELECT * FROM users WHERE team > 0')],
  triggers: [
    {
      name: 'touched',
      table: 'users',
      definition: 'CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()',
    },
  ],
})

/** What the server itself prints of two schemas, by its own functions. */
const printed = `SELECT * FROM (
  SELECT n.nspname || '.' || c.relname || '.' || a.attname AS name, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
      a.attidentity, a.attgenerated, a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) AS text
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND c.relkind IN ('r', 'v', 'S') AND n.nspname IN ('public', 'audit')
  UNION ALL SELECT conname, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
    WHERE n.nspname IN ('public', 'audit')
  UNION ALL SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'i' AND n.nspname IN ('public', 'audit')
  UNION ALL SELECT c.relname, pg_get_viewdef(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'v' AND n.nspname IN ('public', 'audit')
  UNION ALL SELECT tgname, pg_get_triggerdef(t.oid, true) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT tgisinternal AND n.nspname IN ('public', 'audit')
) AS printed WHERE name !~ '(^|\\.)live' ORDER BY name, text`

describeOn('postgres', 'the shadow database', (createDatabase) => {
  test('a rich schema is materialised as it is really created, and the server prints the same of both, to the letter', async () => {
    const { url, sql } = await createDatabase()
    await sql(before)
    const dialect = await postgresDialect({ url }).load()
    let inShadow: unknown
    const materialised = await materialise(
      withConcurrentWork(dialect, async ({ session }) => {
        inShadow = await session.query(printed)
      }),
      rich,
    )
    const real = await create(
      dialect,
      creationsOf(rich).filter(({ kind }) => kind !== 'createExtension'),
    )
    const own = new Map([...real.tables].filter(([name]) => name !== 'live'))
    expect(unlike(dialect, { ...real, tables: own }, materialised)).toEqual([])
    const rows = await sql(printed)
    expect(JSON.parse(JSON.stringify(inShadow))).toEqual(JSON.parse(JSON.stringify(rows)))
    expect(rows).toContainEqual({ name: 'public.users.mood', text: "mood   t 'ok'::mood" })
    expect(rows).toContainEqual({ name: 'public.users.id', text: "integer   t nextval('users_id_seq'::regclass)" })
    expect(materialised.tables.get('users')?.constraints.find(({ name }) => name === 'named')).toEqual({
      kind: 'check',
      name: 'named',
      expression:
        "((name)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])) OR ((name)::text ~~ 'c%'::text)",
    })
    expect([...materialised.sequences.keys()].sort()).toEqual(['audit.log_id_seq', 'users_id_seq'])
    expect(materialised.schemas).toEqual(['audit', 'public'])
    // And once more beside what is there by now, under the same names.
    expect(unlike(dialect, materialised, await materialise(dialect, rich))).toEqual([])
  })

  test('the database is as it was, when the work is over and when it throws', async () => {
    const { url, sql } = await createDatabase()
    await sql(`${before}; CREATE SCHEMA audit; CREATE TABLE audit.log (a int)`)
    const dialect = await postgresDialect({ url }).load()
    const dumpBefore = await sql(dumps.postgres)
    await materialise(dialect, rich)
    expect(await sql(dumps.postgres)).toEqual(dumpBefore)
    const wrong = new Error('thrown by the work')
    await expect(
      materialise(
        withConcurrentWork(dialect, () => Promise.reject(wrong)),
        rich,
      ),
    ).rejects.toBe(wrong)
    expect(await sql(dumps.postgres)).toEqual(dumpBefore)
    expect(await sql('SELECT * FROM live')).toEqual([{ id: 1, note: 'kept' }])
  })

  test('of a process that is killed in it nothing is left', async () => {
    const { url, sql } = await createDatabase()
    await sql(`${before}; CREATE SCHEMA audit`)
    const dumpBefore = await sql(dumps.postgres)
    const { child, where } = await staying(url)
    const sessions = async (): Promise<unknown> => sql(`SELECT pid FROM pg_stat_activity WHERE pid = ${where}`)
    expect(await sessions()).toHaveLength(1)
    child.kill('SIGKILL')
    await expect.poll(sessions).toEqual([])
    expect(await sql(dumps.postgres)).toEqual(dumpBefore)
  })

  test('no session waits for it: rows, tables and indexes of the live schema are written and made meanwhile', async () => {
    const { url, sql } = await createDatabase()
    await sql(`${before}; CREATE TABLE teams (id int PRIMARY KEY); CREATE TABLE gone (a int)`)
    const done: string[] = []
    // `teams` is not materialised: the foreign key to it would lock it, were it sent.
    const part = schema({
      tables: [
        table('users', [id, integer('team')], [primary('id'), key('users_team', 'team', 'teams')]),
        table('live', [id, varchar('note'), varchar('more')], [primary('id')]),
      ],
    })
    const materialised = await materialise(
      withConcurrentWork(postgresDialect({ url }), async () => {
        for (const text of [
          "INSERT INTO live VALUES (2, 'meanwhile')",
          'INSERT INTO teams VALUES (1)',
          'DELETE FROM teams',
          'ALTER TABLE live ADD COLUMN extra int',
          'ALTER TABLE teams ADD COLUMN extra int',
          'TRUNCATE live',
          'DROP TABLE gone',
          'CREATE TABLE meanwhile (a int)',
          'CREATE INDEX meanwhile_a ON meanwhile (a)',
          'CREATE TYPE other AS ENUM ()',
          'CREATE SCHEMA another',
        ]) {
          await sql(`SET lock_timeout = '2s'; ${text}`)
          done.push(text)
        }
      }),
      part,
    )
    expect(done).toHaveLength(11)
    expect([...materialised.tables.keys()]).toEqual(['live', 'users'])
    expect(materialised.tables.get('users')?.constraints).toContainEqual(key('users_team', 'team', 'teams'))
  })

  test('a foreign key to a real table would lock it, were it sent; what refers to it calls it by its own name', async () => {
    const { url, sql } = await createDatabase()
    await sql(before)
    const dialect = await postgresDialect({ url }).load()
    await dialect.shadow?.use(async ({ session }) => {
      await session.execute('CREATE TABLE users (team int REFERENCES live (id))')
      await expect(sql("SET lock_timeout = '200ms'; INSERT INTO live VALUES (2)")).rejects.toThrow('lock timeout')
      const { tables } = await dialect.introspection.schema(session)
      expect([...tables.keys()]).toEqual(['users'])
      expect(tables.get('users')?.constraints).toEqual([key('users_team_fkey', 'team', 'live')])
    })
    await sql("SET lock_timeout = '200ms'; INSERT INTO live VALUES (2)")
  })

  test('two at once: the second waits for the first, or takes a place of another name, which shows in nothing', async () => {
    const { url, sql } = await createDatabase()
    await sql(before)
    const dialect = await postgresDialect({ url }).load()
    const one = schema({ tables: [table('one', [id], [primary('id')])] })
    const single = await materialise(dialect, rich)
    const models: SchemaModel[] = []
    await materialise(
      withConcurrentWork(dialect, async () => {
        models.push(await materialise(dialect, rich, { waitMs: 0 }))
        models.push(await materialise(dialect, one, { waitMs: 0 }))
      }),
      one,
    )
    expect(unlike(dialect, single, models[0] as SchemaModel)).toEqual([])
    expect([...(models[1]?.tables.keys() ?? [])]).toEqual(['one'])
    const both = await Promise.all([materialise(dialect, rich), materialise(dialect, rich), materialise(dialect, one)])
    expect(unlike(dialect, single, both[0])).toEqual([])
    expect(unlike(dialect, single, both[1])).toEqual([])
  })

  test('a named schema that another place has is waited for, and then refused', async () => {
    const { url, sql } = await createDatabase()
    await sql('CREATE SCHEMA audit')
    const dialect = await postgresDialect({ url }).load()
    const part = schema({ schemas: ['audit'], tables: [table({ schema: 'audit', name: 't' }, [id])] })
    let refusal: unknown
    await materialise(
      withConcurrentWork(dialect, async () => {
        refusal = await materialise(dialect, part, { waitMs: 100 }).catch((error: unknown) => error)
      }),
      part,
    )
    expect(refusal).toMatchObject({
      code: 'SHADOW_REFUSED',
      details: { why: expect.stringMatching(/^other sessions are at work on its schemas \(audit, /) },
    })
    expect((await materialise(dialect, part)).tables.has(tableKey({ schema: 'audit', name: 't' }))).toBe(true)
  })

  test('users: who owns nothing gets a place of another name; who may make no schema is refused, and nothing is left', async () => {
    const database = await createDatabase()
    const { sql, name } = database
    await sql(`${before}; CREATE SCHEMA owned`)
    const expected = await materialise(postgresDialect({ url: database.url }), rich)
    await asUser(database, true, async (user, url) => {
      await sql(`GRANT USAGE ON SCHEMA public TO ${user}`)
      const dumpBefore = await sql(dumps.postgres)
      await expect(materialise(postgresDialect({ url }), rich)).rejects.toMatchObject({
        code: 'SHADOW_REFUSED',
        details: { why: `${user} may not create schemas in the database ${name}` },
        remedy: expect.stringContaining(`GRANT CREATE ON DATABASE "${name}" TO "${user}"`),
      })
      expect(await sql(dumps.postgres)).toEqual(dumpBefore)
      await sql(`GRANT CREATE ON DATABASE ${name} TO ${user}`)
      const now = await sql(dumps.postgres)
      expect(
        unlike(
          await postgresDialect({ url }).load(),
          expected,
          await materialise(await postgresDialect({ url }).load(), rich),
        ),
      ).toEqual([])
      // Read and made again, the server has yet other words for a CHECK: the comparison knows them.
      expect(
        differences(
          await postgresDialect({ url }).load(),
          expected,
          await materialise(await postgresDialect({ url }).load(), expected),
        ),
      ).toEqual([])
      const foreignSchema = schema({ schemas: ['owned'], tables: [table({ schema: 'owned', name: 't' }, [id])] })
      await expect(materialise(postgresDialect({ url }), foreignSchema)).rejects.toMatchObject({
        code: 'SHADOW_REFUSED',
        details: { why: 'the schema owned, which is to be made there, belongs to postgres' },
        remedy: expect.stringContaining(`GRANT "postgres" TO "${user}"`),
      })
      await sql(`GRANT "postgres" TO "${user}"`)
      expect((await materialise(postgresDialect({ url }), foreignSchema)).schemas).toContain('owned')
      await sql(`REVOKE "postgres" FROM "${user}"`)
      expect(await sql(dumps.postgres)).toEqual(now)
      const unused = schema({ schemas: ['owned'], tables: [table('t', [id])] })
      expect((await materialise(postgresDialect({ url }), unused)).schemas).toEqual(['owned', 'public'])
      await sql(`ALTER ROLE ${user} SET default_transaction_read_only = on`)
      await expect(materialise(postgresDialect({ url }), rich)).rejects.toMatchObject({
        code: 'SHADOW_REFUSED',
        details: { why: 'it takes no changes' },
      })
    })
  })

  test('functions that name the real schema themselves find it there', async () => {
    const { url, sql } = await createDatabase()
    await sql(`CREATE FUNCTION inner_one(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
      CREATE FUNCTION outer_one(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT public.inner_one($1)'`)
    const part = schema({
      tables: [
        table('t', [varchar('a')], [], [{ name: 't_a', unique: false, elements: [{ expression: 'outer_one(a)' }] }]),
      ],
    })
    const materialised = await materialise(postgresDialect({ url }), part)
    expect(materialised.tables.get('t')?.indexes).toEqual([
      { name: 't_a', unique: false, elements: [{ expression: 'outer_one((a)::text)' }] },
    ])
  })

  test('where a schema was asked for, it is that one, be it there or not; where sessions are shared, too', async () => {
    const { url, sql } = await createDatabase()
    await sql(before)
    for (const exists of [false, true]) {
      if (exists) await sql('CREATE SCHEMA app; CREATE TABLE app.users (a int)')
      const dumpBefore = await sql(dumps.postgres)
      for (const lock of ['session', 'table'] as const) {
        const dialect = await postgresDialect({ url, schema: 'app', ...(lock === 'table' ? { lock } : {}) }).load()
        const part = schema({ tables: [table('users', [id, integer('next')], [primary('id')])] })
        const materialised = await materialise(dialect, part)
        expect([...materialised.tables.keys()]).toEqual(['users'])
        expect(materialised.schemas).toEqual(['app'])
      }
      expect(await sql(dumps.postgres)).toEqual(dumpBefore)
    }
    const shared = await postgresDialect({ url, lock: 'table' }).load()
    expect(
      unlike(shared, await materialise(await postgresDialect({ url }).load(), rich), await materialise(shared, rich)),
    ).toEqual([])
  })

  test('what the server does not take has the name of its table, and the driver’s error', async () => {
    const { url, sql } = await createDatabase()
    const dialect = dialectAt(url)
    const wrong = schema({
      tables: [
        table('fine', [id]),
        table('users', [id, integer('age', { default: { kind: 'expression', sql: "'old'" } })]),
        table('also_fine', [id]),
      ],
    })
    const error = await materialise(dialect, wrong).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'STATEMENT_FAILED',
      message: 'create table users failed: invalid input syntax for type integer: "old"',
      location: { operation: 'create table users', sql: expect.stringContaining('CREATE TABLE "users"') },
      cause: { name: 'PostgresError', code: '22P02' },
      remedy: 'Correct the declaration: the server refuses it as it is.',
    })
    const right = schema({
      tables: [table('users', [id, integer('age', { default: { kind: 'expression', sql: "'7'" } })])],
    })
    expect([...(await materialise(dialect, right)).tables.keys()]).toHaveLength(1)
    const missing = schema({ tables: [table('users', [integer('age', { type: native('nowhere') })])] })
    await expect(materialise(dialect, missing)).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      message: 'create table users failed: type "nowhere" does not exist',
    })
    expect(await sql("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1")).toEqual([
      { nspname: 'information_schema' },
      { nspname: 'public' },
    ])
  })

  test('an abort ends it with its reason', async () => {
    const { url, sql } = await createDatabase()
    await sql(before)
    const dumpBefore = await sql(dumps.postgres)
    const stop = new AbortController()
    const reason = new Error('enough')
    const dialect = withConcurrentWork(postgresDialect({ url }), async ({ session }) => {
      setTimeout(() => stop.abort(reason), 200)
      await session.query('SELECT pg_sleep(60)::text')
    })
    await expect(materialise(dialect, rich, { signal: stop.signal })).rejects.toBe(reason)
    expect(await sql(dumps.postgres)).toEqual(dumpBefore)
  })
})

describeOn('postgres', 'an extension', (createDatabase) => {
  test('is created in its schema, where that is there', async () => {
    const [source, target] = [await createDatabase(), await createDatabase()]
    await source.sql('CREATE SCHEMA extensions')
    await source.sql('CREATE EXTENSION citext SCHEMA extensions')
    await source.sql('CREATE EXTENSION hstore')
    const model = await create(postgresDialect({ url: source.url }), [])
    await create(postgresDialect({ url: target.url }), creationsOf({ ...model, schemas: ['extensions'] }))
    expect(
      await target.sql(
        "SELECT e.extname AS name, n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' ORDER BY 1",
      ),
    ).toEqual([
      { name: 'citext', schema: 'extensions' },
      { name: 'hstore', schema: 'public' },
    ])
  })
})
