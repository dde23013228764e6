import type { SchemaModel, Session, TableModel } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOn, describeOnDialects, type TestDatabase } from '../../../kit/servers.ts'

async function introspect(
  database: TestDatabase,
  options: { schema?: string; tables?: readonly string[] } = {},
): Promise<SchemaModel> {
  const url = new URL(database.url)
  if (options.schema !== undefined) url.searchParams.set('options', `-c search_path=${options.schema}`)
  const dialect = postgresDialect({ url: url.href })
  const session = await dialect.connection.connect({ purpose: 'inspect' })
  try {
    const tables = options.tables?.map((name) => ({ name }))
    return await (session.dialect ?? dialect).introspection.schema(
      session,
      tables === undefined ? {} : { tables, referrers: true },
    )
  } finally {
    await session.close()
  }
}

const zoo = `
  CREATE SCHEMA app;
  CREATE TYPE mood AS ENUM ('a', 'b');
  CREATE TYPE app.mood AS ENUM ('c');
  CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
  CREATE TABLE "Wö ""t" (
    id serial PRIMARY KEY,
    "Two words" varchar(10) DEFAULT 'y' COLLATE "C",
    i int GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT 2),
    n numeric(10, 2) DEFAULT -1.5,
    big bigint DEFAULT 12345678901,
    small smallint DEFAULT -3,
    ok boolean DEFAULT true,
    k char(3) DEFAULT 'q',
    ts timestamptz(3) DEFAULT CURRENT_TIMESTAMP,
    d date DEFAULT '2020-01-02',
    j json DEFAULT '{}',
    jb jsonb,
    l text[] DEFAULT '{}',
    m mood DEFAULT 'a',
    em email,
    iv interval(2),
    path text DEFAULT E'a\\\\b''c',
    g int GENERATED ALWAYS AS (i * 2) STORED,
    gone int,
    v text CONSTRAINT "Wö ""t_v_enum" CHECK (v IN ('x', 'y')),
    nothing text DEFAULT NULL
  );
  ALTER TABLE "Wö ""t" DROP COLUMN gone;
  COMMENT ON TABLE "Wö ""t" IS 'tt';
  COMMENT ON COLUMN "Wö ""t".ok IS 'cc'`

describeOnDialects(['postgres', 'postgres-next'], 'what a database has', (createDatabase) => {
  it('columns of every type with their defaults', async () => {
    const database = await createDatabase()
    await database.sql(zoo)
    const { tables, enums, sequences, schemas } = await introspect(database)
    const table = tables.get('Wö "t') as TableModel
    expect({ comment: table.comment, names: table.constraints }).toEqual({
      comment: 'tt',
      names: [{ kind: 'primaryKey', name: 'Wö "t_pkey', columns: ['id'] }],
    })
    const literal = (value: string | number | boolean) => ({ kind: 'literal', value })
    expect(table.columns).toEqual([
      {
        name: 'id',
        type: { kind: 'integer', bits: 32 },
        nullable: false,
        default: { kind: 'expression', sql: `nextval('"Wö ""t_id_seq"'::regclass)` },
      },
      {
        name: 'Two words',
        type: { kind: 'varchar', length: 10 },
        nullable: true,
        default: literal('y'),
        collation: 'C',
      },
      {
        name: 'i',
        type: { kind: 'integer', bits: 32 },
        nullable: false,
        identity: { mode: 'always', start: 5, increment: 2 },
      },
      { name: 'n', type: { kind: 'decimal', precision: 10, scale: 2 }, nullable: true, default: literal(-1.5) },
      { name: 'big', type: { kind: 'integer', bits: 64 }, nullable: true, default: literal(12345678901) },
      { name: 'small', type: { kind: 'integer', bits: 16 }, nullable: true, default: literal(-3) },
      { name: 'ok', type: { kind: 'boolean' }, nullable: true, default: literal(true), comment: 'cc' },
      { name: 'k', type: { kind: 'char', length: 3 }, nullable: true, default: literal('q') },
      {
        name: 'ts',
        type: { kind: 'timestamp', withTimezone: true, precision: 3 },
        nullable: true,
        default: { kind: 'now' },
      },
      { name: 'd', type: { kind: 'date' }, nullable: true, default: literal('2020-01-02') },
      { name: 'j', type: { kind: 'json' }, nullable: true, default: literal('{}') },
      { name: 'jb', type: { kind: 'native', dialect: 'postgres', sql: 'jsonb' }, nullable: true },
      {
        name: 'l',
        type: { kind: 'native', dialect: 'postgres', sql: 'text[]' },
        nullable: true,
        default: literal('{}'),
      },
      { name: 'm', type: { kind: 'enum', name: 'mood', values: ['a', 'b'] }, nullable: true, default: literal('a') },
      { name: 'em', type: { kind: 'native', dialect: 'postgres', sql: 'email' }, nullable: true },
      { name: 'iv', type: { kind: 'native', dialect: 'postgres', sql: 'interval(2)' }, nullable: true },
      { name: 'path', type: { kind: 'text' }, nullable: true, default: literal("a\\b'c") },
      {
        name: 'g',
        type: { kind: 'integer', bits: 32 },
        nullable: true,
        generated: { expression: 'i * 2', stored: true },
      },
      { name: 'v', type: { kind: 'enum', values: ['x', 'y'] }, nullable: true },
      { name: 'nothing', type: { kind: 'text' }, nullable: true },
    ])
    expect([...enums.keys()]).toEqual(['app.mood', 'mood'])
    expect([...sequences.values()]).toEqual([
      { ref: { name: 'Wö "t_id_seq' }, type: 'integer32', ownedBy: { table: { name: 'Wö "t' }, column: 'id' } },
    ])
    expect(schemas).toEqual(['app', 'public'])
  })

  it('constraints and indexes in the words of the model', async () => {
    const database = await createDatabase()
    await database.sql(`
      CREATE TABLE p (a int, b int, PRIMARY KEY (b, a));
      CREATE TABLE t (a int, b int, r int4range, s text,
        CONSTRAINT u UNIQUE (b, a) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT f FOREIGN KEY (b, a) REFERENCES p ON DELETE SET NULL ON UPDATE CASCADE,
        CONSTRAINT x EXCLUDE USING gist (r WITH &&) WHERE (a > 1));
    `)
    await database.sql(
      `
      ALTER TABLE t ADD CONSTRAINT nn UNIQUE NULLS NOT DISTINCT (s), ADD CONSTRAINT c CHECK (a > 0) NOT VALID`,
    )
    await database.sql(`
      CREATE INDEX i ON t (lower(s) DESC, (a + 1), s COLLATE "C" text_pattern_ops NULLS FIRST) INCLUDE (b) WITH (fillfactor = 70) WHERE a > 3 AND s <> 'x';
      CREATE INDEX h ON t USING hash (s);
      COMMENT ON INDEX h IS 'hh'`)
    const table = (await introspect(database)).tables.get('t') as TableModel
    expect(table.constraints).toEqual([
      { kind: 'unique', name: 'u', columns: ['b', 'a'], deferrable: 'deferred' },
      { kind: 'exclude', name: 'x', elements: [{ expression: 'r', operator: '&&' }], where: 'a > 1' },
      {
        kind: 'foreignKey',
        name: 'f',
        columns: ['b', 'a'],
        references: { table: { name: 'p' }, columns: ['b', 'a'] },
        onDelete: 'setNull',
        onUpdate: 'cascade',
      },
      { kind: 'unique', name: 'nn', columns: ['s'], nullsNotDistinct: true },
      { kind: 'check', name: 'c', expression: 'a > 0', notValid: true },
    ])
    expect(table.indexes).toEqual([
      { name: 'h', unique: false, elements: [{ column: 's' }], method: 'hash', comment: 'hh' },
      {
        name: 'i',
        unique: false,
        elements: [
          { expression: 'lower(s)', order: 'desc' },
          { expression: 'a + 1' },
          { column: 's', nulls: 'first', collation: 'C', operatorClass: 'text_pattern_ops' },
        ],
        where: "(a > 3) AND (s <> 'x'::text)",
        include: ['b'],
        options: { fillfactor: '70' },
      },
    ])
  })

  it('partitions, heirs and foreign tables, which are never altered', async () => {
    const database = await createDatabase()
    await database.sql(`
      CREATE TABLE pp (a int, d date NOT NULL) PARTITION BY RANGE (d);
      CREATE TABLE pp1 PARTITION OF pp FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
      CREATE INDEX pi ON pp (a);
      CREATE TABLE base (a int);
      CREATE UNLOGGED TABLE heir (b int) INHERITS (base) WITH (fillfactor = 60, toast.autovacuum_enabled = false)`)
    const { tables } = await introspect(database)
    expect([...tables.values()].map(({ ref, opaque, options }) => [ref.name, opaque, options])).toEqual([
      ['base', undefined, {}],
      ['heir', undefined, { fillfactor: '60', unlogged: true, inherits: 'base' }],
      ['pp', undefined, { partitionBy: 'RANGE (d)' }],
      ['pp1', 'partition', {}],
    ])
    expect(tables.get('pp')?.indexes.map(({ name }) => name)).toEqual(['pi'])
  })

  it('nothing of an extension', async () => {
    const database = await createDatabase()
    await database.sql(`CREATE EXTENSION citext; CREATE TABLE t (a citext);
      CREATE TABLE theirs (a int); CREATE VIEW their_view AS SELECT 1 AS a; CREATE SEQUENCE their_numbers; CREATE TYPE their_enum AS ENUM ('a')`)
    for (const object of ['TABLE theirs', 'VIEW their_view', 'SEQUENCE their_numbers', 'TYPE their_enum']) {
      await database.sql(`ALTER EXTENSION citext ADD ${object}`)
    }
    const model = await introspect(database)
    expect([...model.tables.keys()]).toEqual(['t'])
    expect([model.views.size, model.sequences.size, model.enums.size]).toEqual([0, 0, 0])
    expect(model.extensions).toEqual(['citext'])
    expect(model.tables.get('t')?.columns[0]?.type).toEqual({ kind: 'native', dialect: 'postgres', sql: 'citext' })
  })
})

describeOn('postgres', 'where the session stands', (createDatabase) => {
  it('the schema of the session has no name, and the others have', async () => {
    const database = await createDatabase()
    await database.sql(`
      CREATE SCHEMA app;
      CREATE TYPE app.mood AS ENUM ('c');
      CREATE TABLE public.p (id int PRIMARY KEY, m app.mood DEFAULT 'c');
      CREATE TABLE app.t (id int PRIMARY KEY REFERENCES public.p, m app.mood DEFAULT 'c')`)
    const inApp = await introspect(database, { schema: 'app' })
    expect([...inApp.tables.keys()]).toEqual(['t', 'public.p'])
    expect(inApp.tables.get('t')?.constraints.at(-1)).toMatchObject({
      references: { table: { schema: 'public', name: 'p' } },
    })
    expect(inApp.tables.get('t')?.columns[1]).toEqual({
      name: 'm',
      type: { kind: 'enum', name: 'mood', values: ['c'] },
      nullable: true,
      default: { kind: 'literal', value: 'c' },
    })
    expect(inApp.tables.get('public.p')?.columns[1]?.type).toEqual({
      kind: 'enum',
      name: 'mood',
      schema: 'app',
      values: ['c'],
    })
    const inPublic = await introspect(database)
    expect([...inPublic.tables.keys()]).toEqual(['app.t', 'p'])
    expect(inPublic.tables.get('app.t')?.columns[1]?.type).toEqual({ kind: 'enum', name: 'mood', values: ['c'] })
  })

  it('how identities count, where it is not as usual', async () => {
    const database = await createDatabase()
    await database.sql(`CREATE TABLE t (
      a smallint GENERATED ALWAYS AS IDENTITY,
      b int GENERATED BY DEFAULT AS IDENTITY (INCREMENT -1),
      c int GENERATED BY DEFAULT AS IDENTITY (START 7 MINVALUE 7 MAXVALUE 2147483647),
      d bigint GENERATED ALWAYS AS IDENTITY (MINVALUE -9223372036854775807 MAXVALUE 9223372036854775806 START 1 CACHE 20 CYCLE),
      e smallint GENERATED ALWAYS AS IDENTITY (MAXVALUE 32767)
    );
    ALTER TABLE t ALTER COLUMN e TYPE bigint`)
    const { tables } = await introspect(database)
    expect(tables.get('t')?.columns.map(({ identity }) => identity)).toEqual([
      { mode: 'always' },
      { mode: 'byDefault', start: -1, increment: -1 },
      { mode: 'byDefault', start: 7, minValue: '7' },
      {
        mode: 'always',
        minValue: '-9223372036854775807',
        maxValue: '9223372036854775806',
        cache: 20,
        cycle: true,
      },
      { mode: 'always' },
    ])
  })

  it('only the tables asked for, those that refer to them, those of enums, and all views', async () => {
    const database = await createDatabase()
    await database.sql(`
      CREATE TYPE mood AS ENUM ('c');
      CREATE TABLE a (id int PRIMARY KEY);
      CREATE TABLE b (a int REFERENCES a);
      CREATE TABLE c (x int);
      CREATE TABLE d (m mood[]);
      CREATE VIEW v AS SELECT x FROM c`)
    const { tables, views } = await introspect(database, { tables: ['a', 'missing'] })
    expect([...tables.keys()]).toEqual(['a', 'b', 'd'])
    expect([...views.keys()]).toEqual(['v'])
  })

  it('many tables are read by as many queries as one', async () => {
    const database = await createDatabase()
    await database.sql(`DO $$ BEGIN FOR i IN 1..200 LOOP
      EXECUTE format('CREATE TABLE t%s (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a text NOT NULL DEFAULT ''x'', b int CHECK (b > 0), c timestamptz, d json, e numeric(10,2), f boolean, g uuid, h varchar(20))', i);
      EXECUTE format('CREATE INDEX i%s ON t%s (a, b)', i, i);
    END LOOP; END $$`)
    const dialect = postgresDialect({ url: database.url })
    const session = await dialect.connection.connect({ purpose: 'inspect' })
    try {
      let queries = 0
      const query: Session['query'] = (...args) => {
        queries += 1
        return session.query(...args)
      }
      const counting: Session = new Proxy(session, {
        get: (of, name) => (name === 'query' ? query : Reflect.get(of, name, of)),
      })
      const { tables } = await (session.dialect ?? dialect).introspection.schema(counting)
      const forMany = queries
      expect(forMany).toBeGreaterThan(0)
      expect(tables.size).toBe(200)
      expect(
        [...tables.values()].every(
          (table) => table.columns.length === 9 && table.constraints.length === 2 && table.indexes.length === 1,
        ),
      ).toBe(true)
      await database.sql("DO $$ BEGIN FOR i IN 2..200 LOOP EXECUTE format('DROP TABLE t%s', i); END LOOP; END $$")
      queries = 0
      expect((await (session.dialect ?? dialect).introspection.schema(counting)).tables.size).toBe(1)
      expect(queries).toBe(forMany)
    } finally {
      await session.close()
    }
  })
})
