import { createMigrator, type Migrator } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { graph } from '@org/migrate-core/node'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { describe, expect, it } from 'vitest'
import { describeOnDialects, type TestDatabase } from '../../kit/servers.ts'
import { type FaultMode, faulty } from '../journal/fault-dialect.ts'
import { failureOf, migrationsFolder, up } from './kit.ts'

const project = migrationsFolder()
const at = (name: string): string => `${project.folder}/${name}`

function migratorOf(dialect: UnloadedDialect): Migrator {
  return createMigrator({ dialect, tiers: [graph(project.folder)] })
}

async function values(db: TestDatabase, sql: string): Promise<unknown[]> {
  return (await db.sql(sql)).map((row) => Object.values(row).map(String).join(' '))
}

describeOnDialects(['postgres', 'postgres-next'], 'revisions in SQL', (createDatabase) => {
  const objects = (db: TestDatabase): Promise<unknown[]> =>
    values(
      db,
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'migrate_%' ORDER BY 1`,
    )

  it('run there and back: functions, triggers, operators with question marks, an index built concurrently', async () => {
    const db = await createDatabase()
    project.put({
      'a1_events/up.sql': up(
        'a1',
        'base',
        `CREATE TABLE event (id integer PRIMARY KEY, body jsonb NOT NULL, kind text);
CREATE FUNCTION kind_of() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  -- migrate: statement
  NEW.kind := CASE WHEN NEW.body ? 'kind' THEN NEW.body->>'kind' ELSE 'none; --> statement-breakpoint' END;
  RETURN NEW;
END;
$body$;
CREATE TRIGGER event_kind BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION kind_of();
INSERT INTO event VALUES (1, '{"kind": "a?b"}'), (2, '{}');
DELETE FROM event WHERE body ?| array['gone', 'really?'];
`,
      ),
      'a1_events/down.sql': 'DROP TABLE event;\nDROP FUNCTION kind_of();\n',
      'b1_index/up.sql': up(
        'b1',
        'a1',
        `ALTER TABLE event ADD COLUMN at timestamptz;
-- migrate: statement
-- migrate: no-transaction
CREATE INDEX CONCURRENTLY event_kind_at ON event (kind, at);
-- migrate: statement
COMMENT ON TABLE event IS 'what happened?';
`,
      ),
      'b1_index/down.sql': `-- migrate: no-transaction
DROP INDEX CONCURRENTLY event_kind_at;
-- migrate: statement
ALTER TABLE event DROP COLUMN at;
COMMENT ON TABLE event IS NULL;
`,
    })
    const dialect = postgresDialect({ url: db.url })
    const migrator = migratorOf(dialect)
    expect(await migrator.script()).toContain("DELETE FROM event WHERE body ?| array['gone', 'really?'];")
    expect((await migrator.upgrade()).applied).toEqual(['main:a1', 'main:b1'])
    expect(await objects(db)).toEqual(['event', 'event_kind_at', 'event_pkey'])
    expect(await values(db, 'SELECT id, kind FROM event ORDER BY id')).toEqual([
      '1 a?b',
      '2 none; --> statement-breakpoint',
    ])
    expect(await values(db, "SELECT obj_description('event'::regclass)")).toEqual(['what happened?'])
    await migrator.downgrade('a1')
    expect(await objects(db)).toEqual(['event', 'event_pkey'])
    await migrator.downgrade('base')
    expect(await objects(db)).toEqual([])
    expect((await migrator.upgrade()).applied).toEqual(['main:a1', 'main:b1'])
  })

  it('are one transaction: where a statement without a mark fails, nothing stays, and its line is told', async () => {
    const db = await createDatabase()
    project.put({
      'a1_x/up.sql': up(
        'a1',
        'base',
        'CREATE TABLE a (x integer);\nCREATE TABLE b (x integer);\nINSERT INTO c VALUES (1);\n',
      ),
    })
    expect(await failureOf(migratorOf(postgresDialect({ url: db.url })).upgrade())).toMatchObject({
      code: 'STATEMENT_FAILED',
      location: { revision: 'a1', source: `${at('a1_x/up.sql')}:6:1` },
    })
    expect(await objects(db)).toEqual([])
  })

  it('run as drizzle-kit writes them', async () => {
    const db = await createDatabase()
    project.put({
      'a1_init/up.sql': up(
        'a1',
        'base',
        `CREATE TYPE "public"."mood" AS ENUM('sad', 'ok; fine');--> statement-breakpoint
CREATE TABLE "users" (
	"id" serial PRIMARY KEY NOT NULL,
	"mood" "mood" DEFAULT 'ok; fine' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "posts" (
	"id" serial PRIMARY KEY NOT NULL,
	"user" integer
);
--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "posts_user" ON "posts" USING btree ("user");`,
      ),
    })
    const migrator = migratorOf(postgresDialect({ url: db.url }))
    expect((await migrator.plan()).steps[0]?.operations).toHaveLength(5)
    await migrator.upgrade()
    expect(await values(db, "SELECT conname FROM pg_constraint WHERE contype = 'f'")).toEqual([
      'posts_user_users_id_fk',
    ])
  })

  it('that build several indexes concurrently without a mark are refused, naming the line, and nothing runs', async () => {
    const db = await createDatabase()
    project.put({
      'a1_x/up.sql': up(
        'a1',
        'base',
        'CREATE TABLE a (x integer);\n-- migrate: statement\n-- migrate: no-transaction\nCREATE INDEX CONCURRENTLY a1 ON a (x);\nCREATE INDEX CONCURRENTLY a2 ON a (x);\n',
      ),
    })
    expect(await failureOf(migratorOf(postgresDialect({ url: db.url })).upgrade())).toMatchObject({
      code: 'REVISION_FILE_INVALID',
      message: expect.stringContaining(`${at('a1_x/up.sql')}:8:`),
      remedy: `Write a line \`-- migrate: statement\` before line 8 of ${at('a1_x/up.sql')}.`,
    })
    expect(await objects(db)).toEqual([])
  })
})

const withTrigger = `CREATE TABLE person (id INT PRIMARY KEY, name VARCHAR(40)); -- one; two
-- migrate: statement
CREATE TABLE log (line VARCHAR(80));
-- migrate: statement
CREATE TRIGGER person_named BEFORE INSERT ON person FOR EACH ROW
BEGIN
  IF NEW.name = '' THEN
    SET NEW.name = CASE WHEN NEW.id > 1 THEN 'later' ELSE 'first' END;
  END IF;
  INSERT INTO log VALUES (CONCAT('named; ', NEW.name));
END;
-- migrate: statement
INSERT INTO person VALUES (1, ''), (2, 'it\\'s; "\\n-- migrate: statement');--> statement-breakpoint
CREATE INDEX person_name ON person (name);
`

describeOnDialects(['mariadb', 'mysql'], 'revisions in SQL', (createDatabase) => {
  const tables = (db: TestDatabase): Promise<unknown[]> =>
    values(
      db,
      `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE 'migrate%' ORDER BY 1`,
    )
  const contents = async (db: TestDatabase): Promise<unknown> => ({
    tables: await tables(db),
    people: await values(db, 'SELECT id, HEX(name) FROM person ORDER BY id'),
    log: await values(db, 'SELECT COUNT(*) FROM log'),
    indexes: await values(
      db,
      `SELECT INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'person' ORDER BY 1`,
    ),
    version: await values(db, 'SELECT version_num FROM migrate_version'),
    journal: await values(db, 'SELECT position FROM migrate_journal'),
  })
  const expected = {
    tables: ['log', 'person'],
    people: ['1 6669727374', `2 ${Buffer.from('it\'s; "\n-- migrate: statement').toString('hex').toUpperCase()}`],
    log: ['2'],
    indexes: expect.arrayContaining(['PRIMARY', 'person_name']),
    version: ['a1'],
    journal: [],
  }
  const put = (): void =>
    project.put({
      'a1_person/up.sql': up('a1', 'base', withTrigger),
      'a1_person/down.sql': 'DROP TABLE person;\n-- migrate: statement\nDROP TABLE log;\n',
    })

  it('with a mark between statements run there and back', async () => {
    const db = await createDatabase()
    put()
    const migrator = migratorOf(mysqlDialect({ url: db.url }))
    expect((await migrator.plan()).steps[0]?.parts).toBeGreaterThan(3)
    await migrator.upgrade()
    expect(await contents(db)).toEqual(expected)
    await migrator.downgrade('base')
    expect(await tables(db)).toEqual([])
    await migrator.upgrade()
    expect(await tables(db)).toEqual(['log', 'person'])
  })

  it('without one are refused before anything runs, naming the lines where a mark belongs', async () => {
    const db = await createDatabase()
    project.put({
      'a1_x/up.sql': up('a1', 'base', 'CREATE TABLE a (x INT);\n\nCREATE TABLE b (x INT);\nCREATE TABLE c (x INT);\n'),
    })
    expect(await failureOf(migratorOf(mysqlDialect({ url: db.url })).upgrade())).toMatchObject({
      code: 'REVISION_FILE_INVALID',
      message: expect.stringContaining(`${at('a1_x/up.sql')}:6: 3 statements with no mark between them`),
      remedy: `Write a line \`-- migrate: statement\` before each of the lines 6, 7 of ${at('a1_x/up.sql')}.`,
      location: { revision: 'a1' },
    })
    project.put({
      'a1_x/up.sql': up(
        'a1',
        'base',
        Array.from({ length: 1000 }, (_, id) => `INSERT INTO a VALUES (${id});\n`).join(''),
      ),
    })
    expect(await failureOf(migratorOf(mysqlDialect({ url: db.url })).upgrade())).toMatchObject({
      remedy: `Write a line \`-- migrate: statement\` before each of the lines 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, and 989 more, of ${at('a1_x/up.sql')}.`,
    })
    expect(
      await values(db, 'SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()'),
    ).toEqual([])
  })

  describe('that are stopped in the middle', () => {
    for (const mode of ['refused', 'cut before', 'cut after'] satisfies FaultMode[]) {
      for (const statement of [/^CREATE TABLE log/, /^CREATE TRIGGER/, /^INSERT INTO person/, /^CREATE INDEX/]) {
        it(`are resumed by the next run, nothing twice: ${mode} at ${statement.source}`, async () => {
          const db = await createDatabase()
          put()
          const dialect = mysqlDialect({ url: db.url })
          const fault = faulty(dialect, { at: statement, mode })
          expect(await failureOf(migratorOf(fault.dialect).upgrade())).toBeInstanceOf(Error)
          expect(fault.struck()).toBe(true)
          const migrator = migratorOf(dialect)
          const second = await migrator.upgrade().catch((error: unknown) => error)
          // The schema changed, and what else may have changed it is unknown: the one who runs it says so.
          if (mode === 'cut after' && statement.source.startsWith('^CREATE')) {
            expect(second).toMatchObject({ code: 'REVISION_INTERRUPTED', details: { revision: 'a1' } })
            const { part } = (second as { readonly details: { readonly part: number } }).details
            await migrator.resume({ assume: { part, applied: true } })
          } else expect(second).toMatchObject({ applied: ['main:a1'] })
          expect(await contents(db)).toEqual(expected)
        })
      }
    }
  })

  it('that fail for good leave what ran, and continue behind it once the file is fixed', async () => {
    const db = await createDatabase()
    const text = (last: string): string =>
      up(
        'a1',
        'base',
        `CREATE TABLE a (x INT);\n-- migrate: statement\nINSERT INTO a VALUES (1);\n-- migrate: statement\n${last}\n`,
      )
    project.put({ 'a1_x/up.sql': text('CREATE TABLE b (x INT, x INT);') })
    const migrator = migratorOf(mysqlDialect({ url: db.url }))
    expect(await failureOf(migrator.upgrade())).toMatchObject({
      code: 'STATEMENT_FAILED',
      location: { source: `${at('a1_x/up.sql')}:8:1` },
    })
    project.put({ 'a1_x/up.sql': text('CREATE TABLE b (x INT, y INT);') })
    await migrator.upgrade()
    expect(await tables(db)).toEqual(['a', 'b'])
    expect(await values(db, 'SELECT x FROM a')).toEqual(['1'])
  })

  it('of 3 MB in a statement come into the table as they stand in the file', async () => {
    const db = await createDatabase()
    const value = "it''s; -- migrate: statement ".repeat(100_000)
    project.put({
      'a1_x/up.sql': up(
        'a1',
        'base',
        `CREATE TABLE a (x LONGTEXT);\n-- migrate: statement\nINSERT INTO a VALUES ('${value}');\n`,
      ),
    })
    await migratorOf(mysqlDialect({ url: db.url })).upgrade()
    expect(await values(db, 'SELECT CHAR_LENGTH(x), LEFT(x, 28) FROM a')).toEqual([
      "2800000 it's; -- migrate: statement ",
    ])
  })
})
