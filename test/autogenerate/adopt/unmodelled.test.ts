import { prove, pull, readSchema, readSource, survey, surveyPush } from '@org/migrate-autogenerate'
import { column, type DeclaredSchema, integer, type Revision, readDeclared, table, varchar } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnEach } from '../../kit/servers.ts'
import { onEachEngine } from './kit.ts'

const ddl = (hidden: string): string => `
CREATE TABLE t (id int PRIMARY KEY, a varchar(20) COMMENT 'INVISIBLE', s varchar(20) INVISIBLE DEFAULT 'x',
  p point NOT NULL, KEY k (a) ${hidden}, KEY usual (a, id) COMMENT 'IGNORED INVISIBLE', SPATIAL KEY place (p));
CREATE TRIGGER usual BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 'x';
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
CREATE TRIGGER own BEFORE UPDATE ON t FOR EACH ROW SET NEW.a = 'x'`

const note = (line: string): string => `${line}. No operation makes that: add it to the revision with \`op.sql\`.`

const special = {
  mysql: [
    'CREATE TABLE u (id int PRIMARY KEY, g point SRID 4326, f text, n int, CONSTRAINT c CHECK (n > 5) NOT ENFORCED, FULLTEXT KEY f (f) WITH PARSER ngram)',
    'column u.g: SRID 4326',
    'index u.f: WITH PARSER `ngram`',
    'table u: CONSTRAINT `c` CHECK ((`n` > 5)) /*!80016 NOT ENFORCED */',
  ],
  mariadb: [
    'CREATE TABLE u (id int PRIMARY KEY, z varchar(200) COMPRESSED, f date, e date, PERIOD FOR p (f, e), UNIQUE o (id, p WITHOUT OVERLAPS))',
    'index u.o: WITHOUT OVERLAPS',
    'table u: PERIOD FOR `p` (`f`, `e`)',
  ],
} as const

describeOnEach(['mysql', 'mariadb'], 'what the model has no word for', (createDatabase, server) => {
  const hidden = server === 'mysql' ? 'INVISIBLE' : 'IGNORED'
  const lines = ['column t.s: INVISIBLE', `index t.k: ${hidden}`, "trigger t.own: sql_mode = 'NO_AUTO_VALUE_ON_ZERO'"]
  const notes = lines.map(note)

  it('is named where a database is adopted', async () => {
    const db = await createDatabase()
    // As mysql2 opens its sessions: that alone is no setting of a trigger.
    await db.sql(`SET sql_mode = DEFAULT; SET sql_mode = CONCAT(@@sql_mode, ',IGNORE_SPACE'); ${ddl(hidden)}`)
    expect((await survey(migratorOf(mysqlDialect({ url: db.url }), []))).notes).toEqual(notes)
  })

  it('is named where SQL, or another database, declares the schema', async () => {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    const texts = [{ file: 'schema.sql', text: ddl(hidden) }]
    const namesOf = ({ unmodelled = [] }: DeclaredSchema) => unmodelled.map(({ name }) => name)
    const declared = await readSource(dialect, { kind: 'sql', texts })
    expect(namesOf(declared)).toEqual(lines)
    expect((await surveyPush(migratorOf(dialect, []), declared)).notes).toEqual(
      lines.map((line) => `${line} is missing. No operation makes or changes that: write it with \`op.sql\`.`),
    )
    await db.sql(`SET sql_mode = DEFAULT; ${ddl(hidden)}`)
    const other = await createDatabase()
    const here = mysqlDialect({ url: other.url })
    expect(namesOf(await readSource(here, { kind: 'database', dialect }))).toEqual(lines)
  })

  it('is named where a schema is written as declarations', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY, s int INVISIBLE); CREATE TABLE other (id int, s int INVISIBLE)')
    const { undeclared } = await pull(migratorOf(mysqlDialect({ url: db.url }), []), { exclude: ['other'] })
    expect(undeclared).toEqual([{ kind: 'column', table: 't', name: 's', why: 'declared without INVISIBLE' }])
  })

  it('is not only what is invisible', async () => {
    const db = await createDatabase()
    const [text, ...facts] = special[server === 'mysql' ? 'mysql' : 'mariadb']
    await db.sql(`${text}; CREATE TABLE w (id int) PARTITION BY HASH (id) PARTITIONS 2`)
    const { unmodelled } = await readSchema(mysqlDialect({ url: db.url }))
    const lines = unmodelled.map(
      ({ kind, table, name, fact }) => `${kind} ${[table, name].filter(Boolean).join('.')}: ${fact}`,
    )
    expect(lines).toEqual([...facts, expect.stringMatching(/^table w: PARTITION BY HASH/i)])
  })

  it('is nothing in a usual schema', async () => {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    await db.sql(
      "CREATE TABLE t (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, a varchar(20) CHARACTER SET latin1 NOT NULL DEFAULT 'x' COMMENT 'c', g int AS (z + 1) VIRTUAL, h int AS (z + 1) STORED, j json, p point, z int(6) zerofill, ts timestamp(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), e enum('a','b'), UNIQUE u (a), FULLTEXT KEY f (a), CHECK (z > 0), CONSTRAINT c CHECK (z < 9)) ROW_FORMAT=DYNAMIC COMMENT='t'",
    )
    expect((await readSchema(dialect)).unmodelled).toEqual([])
  })
})

describeOnEach(['mysql', 'mariadb'], 'functions and procedures', (createDatabase, server) => {
  const reply = { mysql: 'CREATE FUNCTION IF NOT EXISTS', mariadb: 'CREATE OR REPLACE FUNCTION' } as const
  const ddl = `CREATE TABLE t (id int PRIMARY KEY, a varchar(20)) DEFAULT CHARSET utf8mb4;
CREATE FUNCTION half(x int) RETURNS int DETERMINISTIC BEGIN DECLARE y int; SET y = x; RETURN y DIV 2; END;
CREATE DEFINER = 'another'@'localhost' PROCEDURE half(IN x int) SQL SECURITY INVOKER INSERT INTO t VALUES (x, 'it''s; "größe"');
CREATE VIEW v AS SELECT half(id) AS half FROM t`

  it('are adopted, and a new database has them too', async () => {
    const db = await createDatabase()
    await db.sql(ddl)
    const { changes, notes } = await survey(migratorOf(mysqlDialect({ url: db.url }), []))
    expect(notes).toEqual([])
    const statements = changes.flatMap((change) => change.statements)
    expect(statements.map((each) => each.split('(')[0])).toContain(
      `${reply[server === 'mysql' ? 'mysql' : 'mariadb']} \`half\``,
    )
    const other = await createDatabase()
    for (const each of statements) await other.sql(each)
    await other.sql('SET NAMES utf8mb4; CALL half(7)')
    expect(await other.sql('SELECT a, half FROM t, v')).toEqual([{ a: `it's; "größe"`, half: 3 }])
    const definer =
      "SELECT DEFINER AS d FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = 'PROCEDURE'"
    expect(await other.sql(definer)).toEqual([{ d: 'another@localhost' }])
    // Once more, as where half of them are there.
    for (const each of statements.filter((text) => text.includes('half')))
      await other.sql(each.replace('CREATE VIEW', 'CREATE OR REPLACE VIEW'))
  })

  it('are named where their own sql_mode is another one, or their bodies are not shown', async () => {
    const db = await createDatabase()
    await db.sql(`${ddl}; SET sql_mode = 'ANSI_QUOTES'; CREATE FUNCTION two() RETURNS int DETERMINISTIC RETURN 2`)
    const { notes } = await survey(migratorOf(mysqlDialect({ url: db.url }), []))
    expect(notes).toEqual([note("function two: sql_mode = 'ANSI_QUOTES'")])
    const user = `reader_${db.name}`.slice(0, 32)
    const rights = `SELECT, SHOW VIEW, EXECUTE ON \`${db.name}\`.* TO '${user}'@'%'`
    await db.sql(`DROP FUNCTION two; CREATE USER '${user}'@'%' IDENTIFIED BY 'plain'; GRANT ${rights}`)
    const url = new URL(db.url)
    Object.assign(url, { username: user, password: 'plain' })
    const shown = await survey(migratorOf(mysqlDialect({ url: url.href }), [])).finally(() =>
      db.sql(`DROP USER '${user}'@'%'`),
    )
    expect(shown.notes).toEqual(
      ['function', 'procedure'].map((kind) => note(`${kind} half: its body is not shown to this user`)),
    )
  })
})

describeOnEach(['mysql', 'mariadb'], 'a push', (createDatabase) => {
  it('shows the statement of a fill as the server gets it', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY, a varchar(20)); INSERT INTO t (id) VALUES (1)')
    const declared = readDeclared({
      t: table(
        't',
        { id: column(integer(), { nullable: false }), a: column(varchar(20), { nullable: false }) },
        { primaryKey: ['id'] },
      ),
    })
    const migrator = migratorOf(mysqlDialect({ url: db.url }), [])
    const { changes } = await surveyPush(migrator, declared, { fill: () => "'x'" })
    const [fill] = changes.filter(({ change }) => change.kind === 'fill')
    expect(fill?.statements).toEqual(["UPDATE `t` SET `a` = 'x' WHERE `a` IS NULL"])
  })
})

describeOnEach(['postgres'], 'what the model has no word for', (createDatabase) => {
  it('is named where a database is adopted, and where a schema is written as declarations', async () => {
    const db = await createDatabase()
    await db.sql(`CREATE TYPE mood AS ENUM ('a', 'b'); COMMENT ON TYPE mood IS 'of today';
      CREATE TABLE t (id int PRIMARY KEY, a text, b text, CONSTRAINT c CHECK (id > 0)); CREATE TABLE log (a text);
      CREATE RULE r AS ON DELETE TO t DO ALSO INSERT INTO log VALUES ('gone');
      CREATE STATISTICS st ON a, b FROM t; ALTER TABLE t REPLICA IDENTITY FULL;
      ALTER TABLE t ALTER a SET STORAGE EXTERNAL; COMMENT ON CONSTRAINT c ON t IS 'positive';
      CREATE TABLE heir (z int) INHERITS (log); CREATE SEQUENCE s; COMMENT ON SEQUENCE s IS 'counts';
      CREATE VIEW v AS SELECT id FROM t; COMMENT ON VIEW v IS 'of t';
      CREATE MATERIALIZED VIEW m AS SELECT id FROM t; CREATE INDEX mi ON m (id);
      CREATE SCHEMA other; CREATE TABLE other.t (a text); ALTER TABLE other.t ALTER a SET STORAGE MAIN;
      GRANT SELECT ON t TO PUBLIC`)
    const migrator = migratorOf(postgresDialect({ url: db.url }), [])
    const facts = (await survey(migrator)).notes.filter((line) => line.includes('No operation makes'))
    expect([...facts].sort()).toEqual(
      [
        'column other.t.a: ALTER TABLE "other"."t" ALTER COLUMN "a" SET STORAGE MAIN',
        'column t.a: ALTER TABLE "t" ALTER COLUMN "a" SET STORAGE EXTERNAL',
        'constraint t.c: COMMENT ON CONSTRAINT "c" ON "t" IS \'positive\'',
        'enum mood: COMMENT ON TYPE "mood" IS \'of today\'',
        'sequence s: COMMENT ON SEQUENCE "s" IS \'counts\'',
        'table heir: columns a by inheritance only',
        'table t: ALTER TABLE "t" REPLICA IDENTITY FULL',
        "table t: CREATE RULE r AS ON DELETE TO public.t DO  INSERT INTO log (a) VALUES ('gone'::text)",
        'table t: CREATE STATISTICS public.st ON a, b FROM t',
        'view m: CREATE INDEX mi ON public.m USING btree (id)',
        'view v: COMMENT ON VIEW "v" IS \'of t\'',
      ].map(note),
    )
    const { undeclared } = await pull(migrator, { exclude: ['t', 'log', 'heir', 'm', 'v'] })
    expect(undeclared.filter(({ why }) => why.startsWith('declared without'))).toEqual([
      { kind: 'enum', name: 'mood', why: 'declared without COMMENT ON TYPE "mood" IS \'of today\'' },
      { kind: 'sequence', name: 's', why: 'declared without COMMENT ON SEQUENCE "s" IS \'counts\'' },
    ])
  })

  it('is nothing in a usual schema', async () => {
    const db = await createDatabase()
    await db.sql(
      `CREATE TYPE mood AS ENUM ('a', 'b');
      CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, s serial, a varchar(20) NOT NULL DEFAULT 'x' UNIQUE,
        m mood[], j jsonb, g int GENERATED ALWAYS AS (s + 1) STORED, CONSTRAINT c CHECK (s > 0));
      CREATE TABLE u (id int REFERENCES t (s) DEFERRABLE) WITH (fillfactor = 70);
      COMMENT ON TABLE t IS 'of t'; COMMENT ON COLUMN t.a IS 'of a'; CREATE INDEX i ON t (lower(a)) WHERE s > 1;
      CREATE VIEW v AS SELECT a FROM t; ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (s > 0);
      GRANT SELECT ON t TO PUBLIC`.replace('s serial', 's serial UNIQUE'),
    )
    expect((await readSchema(postgresDialect({ url: db.url }))).unmodelled).toEqual([])
  })
})

describeOnEach(['postgres', 'postgres-next'], 'objects of a kind that the model does not have', (createDatabase) => {
  it('are named where a database is adopted', async () => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY);
      CREATE FUNCTION same(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT lower($1) = lower($2)';
      COMMENT ON FUNCTION same(text, text) IS 'without case';
      CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = same);
      CREATE AGGREGATE total(numeric) (SFUNC = numeric_add, STYPE = numeric, INITCOND = '0');
      CREATE TYPE pair AS (a int, b text);
      CREATE FUNCTION pair_text(pair) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ($1).b';
      CREATE CAST (pair AS text) WITH FUNCTION pair_text(pair);
      CREATE TEXT SEARCH CONFIGURATION mine (COPY = simple);
      CREATE FUNCTION noted() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
      CREATE EVENT TRIGGER noticing ON ddl_command_start EXECUTE FUNCTION noted();
      CREATE TYPE span AS RANGE (subtype = float8); CREATE EXTENSION citext;
      CREATE SCHEMA extra; COMMENT ON SCHEMA extra IS 'more'; CREATE TABLE extra.u (id int)`)
    expect((await survey(migratorOf(postgresDialect({ url: db.url }), []))).notes).toEqual(
      [
        'aggregate public.total(numeric): CREATE AGGREGATE',
        'cast (public.pair AS pg_catalog.text): CREATE CAST',
        'event trigger noticing: CREATE EVENT TRIGGER',
        "function public.same(pg_catalog.text,pg_catalog.text): COMMENT ON FUNCTION public.same(pg_catalog.text,pg_catalog.text) IS 'without case'",
        'operator public.===(pg_catalog.text,pg_catalog.text): CREATE OPERATOR',
        "schema extra: COMMENT ON SCHEMA extra IS 'more'",
        'text search configuration public.mine: CREATE TEXT SEARCH CONFIGURATION',
      ].map(note),
    )
    const ofOneSchema = await survey(migratorOf(postgresDialect({ url: db.url, schema: 'extra' }), []))
    expect(ofOneSchema.notes).toEqual([note("schema extra: COMMENT ON SCHEMA extra IS 'more'")])
  })
})

onEachEngine(
  'what the model has no word for',
  (empty) => {
    it('is named where a database is adopted, and where a schema is written as declarations', async () => {
      const db = await empty()
      await db.sql(`CREATE TABLE t (id INT PRIMARY KEY, a TEXT NOT NULL ON CONFLICT IGNORE CHECK (a <> ''), b TEXT,
      UNIQUE (a) ON CONFLICT REPLACE, CONSTRAINT ub UNIQUE (b COLLATE NOCASE));
      CREATE TABLE d (id INTEGER PRIMARY KEY DESC)`)
      const migrator = migratorOf(db.dialect, [])
      const { notes } = await survey(migrator)
      expect(notes).toEqual(
        [
          'column t.id: PRIMARY KEY that is not the rowid',
          'column t.a: ON CONFLICT IGNORE',
          'constraint t.unique: UNIQUE (a) ON CONFLICT REPLACE',
          'constraint t.ub: UNIQUE (b COLLATE NOCASE)',
          'column d.id: PRIMARY KEY that is not the rowid',
        ].map(note),
      )
      const { undeclared } = await pull(migrator)
      expect(undeclared.map(({ kind, table, name, why }) => `${kind} ${table}.${name} ${why}`)).toEqual([
        'column t.id declared without PRIMARY KEY that is not the rowid',
        'column t.a declared without ON CONFLICT IGNORE',
        'constraint t.unique declared without UNIQUE (a) ON CONFLICT REPLACE',
        'constraint t.ub declared without UNIQUE (b COLLATE NOCASE)',
        'column d.id declared without PRIMARY KEY that is not the rowid',
      ])
    })

    it('is nothing in a usual schema', async () => {
      const db = await empty()
      await db.sql(`CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a VARCHAR(20) NOT NULL DEFAULT 'x' CHECK (a <> 'y') UNIQUE,
      n INT, g INT AS (n + 1), CHECK (n > 0)); CREATE TABLE u (id INT PRIMARY KEY, a TEXT) WITHOUT ROWID;
      CREATE TABLE w (id INT, a INTEGER, PRIMARY KEY (id, a)); CREATE TABLE x (id TEXT PRIMARY KEY);
      CREATE TABLE y (id BIGINT PRIMARY KEY, t INTEGER REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)`)
      expect((await readSchema(db.dialect)).unmodelled).toEqual([])
    })
  },
  ['sqlite'],
)

describeOnEach(['postgres'], 'a table without columns', (createDatabase) => {
  it('is named where a database is adopted, which takes the other tables', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE nothing (); CREATE TABLE t (id int PRIMARY KEY)')
    const dialect = postgresDialect({ url: db.url })
    const { changes, notes } = await survey(migratorOf(dialect, []))
    expect(notes).toEqual(['nothing has no columns: it stays as it is, and the baseline does not make it.'])
    expect(changes.map(({ describe }) => describe)).toEqual(['create table t'])
    const chain: Revision[] = [
      {
        revision: 'r1',
        downRevision: null,
        upgrade: (op) =>
          op.createTable('t', (t) => {
            t.column('id', integer(), { nullable: false })
            t.primaryKey(['id'])
          }),
      },
    ]
    expect(await prove(migratorOf(dialect, chain), 'r1')).toMatchObject({ ran: true, differences: [] })
  })
})
