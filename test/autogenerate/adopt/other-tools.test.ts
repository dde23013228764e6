import { recognisers, recogniseTools } from '@org/migrate-autogenerate'
import { describe, expect, it } from 'vitest'
import { type AdoptedDatabase, onEachEngine, withInspection } from './kit.ts'

/** What a tool leaves that is known by its documentation, and not by a database that it made here. */
interface Left {
  readonly title: string
  readonly sql: string
  readonly recognised: readonly object[]
}

const each = { records: 'each', problems: [] } as const

const lefts: readonly Left[] = [
  {
    title: 'Prisma, with one that was rolled back and done again, and one that has not ended',
    sql: `CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY NOT NULL, checksum varchar(64) NOT NULL, finished_at timestamp NULL,
        migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamp NULL, started_at timestamp NOT NULL,
        applied_steps_count integer NOT NULL DEFAULT 0);
      INSERT INTO _prisma_migrations VALUES
        ('1', 'ab01', '2021-05-06 07:08:09', '20210506070800_init', NULL, NULL, '2021-05-06 07:08:00', 1),
        ('2', 'ab02', NULL, '20210601090000_posts', 'it failed', '2021-06-01 10:00:00', '2021-06-01 09:00:00', 0),
        ('3', 'ab03', '2021-06-01 10:01:00', '20210601090000_posts', NULL, NULL, '2021-06-01 10:00:30', 1),
        ('4', 'ab04', NULL, '20210715120000_tags', 'it failed', NULL, '2021-07-15 12:00:00', 0);`,
    recognised: [
      {
        tool: 'Prisma',
        records: 'each',
        tables: [{ name: '_prisma_migrations' }],
        applied: [
          { name: '20210506070800_init', at: expect.stringMatching(/^2021-05-06[ T]07:08:09/), hash: 'ab01' },
          { name: '20210601090000_posts', at: expect.stringMatching(/^2021-06-01[ T]10:01:00/), hash: 'ab03' },
        ],
        problems: [
          'The migration 20210715120000_tags of Prisma has started and not finished: run `prisma migrate resolve`.',
        ],
      },
    ],
  },
  {
    title: 'TypeORM, in the order of its numbers',
    sql: `CREATE TABLE migrations (id integer PRIMARY KEY NOT NULL, timestamp bigint NOT NULL, name varchar(255) NOT NULL);
      CREATE TABLE typeorm_metadata (type varchar(255) NOT NULL, "database" varchar(255), name varchar(255), value text);
      INSERT INTO migrations VALUES (10, 1622538000000, 'Posts1622538000000'), (9, 1620284889123, 'Init1620284889123');`,
    recognised: [
      {
        ...each,
        tool: 'TypeORM',
        tables: [{ name: 'migrations' }, { name: 'typeorm_metadata' }],
        applied: [
          { name: 'Init1620284889123', at: '2021-05-06T07:08:09.123Z' },
          { name: 'Posts1622538000000', at: '2021-06-01T09:00:00.000Z' },
        ],
      },
    ],
  },
  {
    title: 'a table migrations of another shape (Laravel)',
    sql: `CREATE TABLE migrations (id integer PRIMARY KEY NOT NULL, migration varchar(255) NOT NULL, batch integer NOT NULL);
      INSERT INTO migrations VALUES (1, '2021_05_06_000000_create_users', 1);`,
    recognised: [],
  },
  {
    title: 'node-pg-migrate',
    sql: `CREATE TABLE pgmigrations (id integer PRIMARY KEY NOT NULL, name varchar(255) NOT NULL, run_on varchar(40) NOT NULL);
      INSERT INTO pgmigrations VALUES (1, '1620284889123_init', '2021-05-06 09:08:09.5+02'), (2, '1622538000000_posts', '2021-06-01 09:00:00');`,
    recognised: [
      {
        ...each,
        tool: 'node-pg-migrate',
        tables: [{ name: 'pgmigrations' }],
        applied: [
          { name: '1620284889123_init', at: '2021-05-06T07:08:09.500Z' },
          { name: '1622538000000_posts', at: '2021-06-01 09:00:00' },
        ],
      },
    ],
  },
  {
    title: 'MikroORM, nothing applied',
    sql: 'CREATE TABLE mikro_orm_migrations (id integer PRIMARY KEY NOT NULL, name varchar(255), executed_at varchar(40) NOT NULL);',
    recognised: [{ ...each, tool: 'MikroORM', tables: [{ name: 'mikro_orm_migrations' }], applied: [] }],
  },
  {
    title: 'peewee-migrate',
    sql: `CREATE TABLE migratehistory (id integer PRIMARY KEY NOT NULL, name varchar(255) NOT NULL, migrated_at varchar(40) NOT NULL);
      INSERT INTO migratehistory VALUES (1, '001_initial_schema', '2021-05-06 07:08:09');`,
    recognised: [
      {
        ...each,
        tool: 'peewee-migrate',
        tables: [{ name: 'migratehistory' }],
        applied: [{ name: '001_initial_schema', at: '2021-05-06 07:08:09' }],
      },
    ],
  },
  {
    title: 'Rails, by the table beside it',
    sql: `CREATE TABLE schema_migrations (version varchar(190) PRIMARY KEY NOT NULL);
      CREATE TABLE ar_internal_metadata ("key" varchar(190) PRIMARY KEY NOT NULL, value varchar(190), created_at varchar(40) NOT NULL, updated_at varchar(40) NOT NULL);
      INSERT INTO schema_migrations VALUES ('20210601090000'), ('20210506070800');`,
    recognised: [
      {
        ...each,
        tool: 'Rails',
        tables: [{ name: 'schema_migrations' }, { name: 'ar_internal_metadata' }],
        applied: [{ name: '20210506070800' }, { name: '20210601090000' }],
      },
    ],
  },
  {
    title: 'golang-migrate, clean',
    sql: `CREATE TABLE schema_migrations (version bigint PRIMARY KEY NOT NULL, dirty boolean NOT NULL);
      INSERT INTO schema_migrations VALUES (20210601090000, FALSE);`,
    recognised: [
      {
        tool: 'golang-migrate',
        records: 'last',
        tables: [{ name: 'schema_migrations' }],
        applied: [{ name: '20210601090000' }],
        problems: [],
      },
    ],
  },
  {
    title: 'golang-migrate, dirty',
    sql: `CREATE TABLE schema_migrations (version bigint PRIMARY KEY NOT NULL, dirty boolean NOT NULL);
      INSERT INTO schema_migrations VALUES (3, TRUE);`,
    recognised: [
      {
        tool: 'golang-migrate',
        records: 'last',
        tables: [{ name: 'schema_migrations' }],
        applied: [{ name: '3' }],
        problems: ['The migration 3 of golang-migrate failed or is running: schema_migrations calls it dirty.'],
      },
    ],
  },
  {
    title: 'a fourth schema_migrations (Ecto)',
    sql: `CREATE TABLE schema_migrations (version bigint PRIMARY KEY NOT NULL, inserted_at varchar(40));
      INSERT INTO schema_migrations VALUES (20210601090000, '2021-06-01 09:00:00');`,
    recognised: [],
  },
  {
    title: 'Flyway, with a baseline, one undone, one repeatable and one failed',
    sql: `CREATE TABLE flyway_schema_history (installed_rank integer PRIMARY KEY NOT NULL, version varchar(50), description varchar(200) NOT NULL,
        type varchar(20) NOT NULL, script varchar(1000) NOT NULL, checksum integer, installed_by varchar(100) NOT NULL,
        installed_on varchar(40) NOT NULL, execution_time integer NOT NULL, success boolean NOT NULL);
      INSERT INTO flyway_schema_history VALUES
        (1, '1', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', NULL, 'app', '2021-05-06 07:08:09', 0, TRUE),
        (2, '1.1', 'posts', 'SQL', 'V1_1__posts.sql', 17, 'app', '2021-06-01 09:00:00', 5, TRUE),
        (3, '2', 'tags', 'SQL', 'V2__tags.sql', 18, 'app', '2021-06-02 09:00:00', 5, TRUE),
        (4, '2', 'tags', 'UNDO_SQL', 'U2__tags.sql', 19, 'app', '2021-06-03 09:00:00', 5, TRUE),
        (5, NULL, 'views', 'SQL', 'R__views.sql', 20, 'app', '2021-06-04 09:00:00', 5, TRUE),
        (6, '3', 'more', 'SQL', 'V3__more.sql', 21, 'app', '2021-06-05 09:00:00', 5, FALSE);`,
    recognised: [
      {
        tool: 'Flyway',
        records: 'each',
        tables: [{ name: 'flyway_schema_history' }],
        applied: [
          { name: '1', at: '2021-05-06 07:08:09' },
          { name: 'V1_1__posts.sql', at: '2021-06-01 09:00:00' },
          { name: 'R__views.sql', at: '2021-06-04 09:00:00' },
        ],
        problems: ['The migration V3__more.sql of Flyway failed: run `flyway repair`.'],
      },
    ],
  },
  {
    title: 'drizzle-kit 1.0, which has names',
    sql: `CREATE TABLE __drizzle_migrations (id integer, hash varchar(64) NOT NULL, created_at bigint, name varchar(255), applied_at varchar(40));
      INSERT INTO __drizzle_migrations VALUES (1, 'ab01', 1795157377000, '20261120064937_init', '2026-11-20 06:50:00');`,
    recognised: [
      {
        ...each,
        tool: 'drizzle-kit',
        version: '1.0',
        tables: [{ name: '__drizzle_migrations' }],
        applied: [{ name: '20261120064937_init', at: '2026-11-20T06:49:37.000Z', hash: 'ab01' }],
      },
    ],
  },
  {
    title: 'Alembic with two heads, and none of it in a table of another shape',
    sql: `CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY NOT NULL);
      INSERT INTO alembic_version VALUES ('b2'), ('a1');
      CREATE TABLE kysely_migration (id integer);`,
    recognised: [
      {
        tool: 'Alembic',
        records: 'last',
        tables: [{ name: 'alembic_version' }],
        applied: [{ name: 'a1' }, { name: 'b2' }],
        problems: [],
      },
    ],
  },
  {
    title: 'Sequelize with times, and its seeds',
    sql: `CREATE TABLE "SequelizeMeta" (name varchar(190) PRIMARY KEY NOT NULL, "createdAt" varchar(40) NOT NULL, "updatedAt" varchar(40) NOT NULL);
      CREATE TABLE "SequelizeData" (name varchar(190) PRIMARY KEY NOT NULL);
      INSERT INTO "SequelizeMeta" VALUES ('1-users.js', '2021-05-06 07:08:09 +00:00', '2021-05-06 07:08:09 +00:00');
      INSERT INTO "SequelizeData" VALUES ('1-demo.js');`,
    recognised: [
      {
        ...each,
        tool: 'Sequelize/Umzug',
        tables: [{ name: 'SequelizeMeta' }, { name: 'SequelizeData' }],
        applied: [{ name: '1-users.js', at: '2021-05-06T07:08:09.000Z' }],
      },
    ],
  },
  {
    title: 'Wrangler, and none of it in a table of another shape',
    sql: `CREATE TABLE d1_migrations (id integer PRIMARY KEY NOT NULL, name varchar(190) UNIQUE, applied_at timestamp DEFAULT CURRENT_TIMESTAMP NOT NULL);
      INSERT INTO d1_migrations VALUES (1, '0001_init.sql', '2026-05-06 07:08:09'), (2, '0002_posts.sql', '2026-06-01 09:00:00');`,
    recognised: [
      {
        ...each,
        tool: 'Wrangler',
        tables: [{ name: 'd1_migrations' }],
        applied: [
          { name: '0001_init.sql', at: expect.stringMatching(/^2026-05-06[ T]07:08:09/) },
          { name: '0002_posts.sql', at: expect.stringMatching(/^2026-06-01[ T]09:00:00/) },
        ],
      },
    ],
  },
  {
    title: 'two tools, the second after the first',
    sql: `CREATE TABLE migratehistory (id integer PRIMARY KEY NOT NULL, name varchar(255) NOT NULL, migrated_at varchar(40) NOT NULL);
      CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY NOT NULL);`,
    recognised: [
      { tool: 'Alembic', applied: [] },
      { tool: 'peewee-migrate', applied: [] },
    ],
  },
]

const recognise = (db: AdoptedDatabase) => withInspection(db, (dialect, session) => recogniseTools(dialect, session))

onEachEngine('a database with what a tool leaves', (empty, engine) => {
  const spelled = (sql: string): string => (engine === 'mariadb' || engine === 'mysql' ? sql.replaceAll('"', '`') : sql)

  it.each(lefts)('$title', async ({ sql, recognised: expected }) => {
    const db = await empty()
    await db.sql(spelled(sql))
    expect(await recognise(db)).toMatchObject(expected)
    expect(await recognise(db)).toHaveLength(expected.length)
  })
})

describe('the recognisers', () => {
  it('are those of the tools that are known, each once', () => {
    expect(recognisers.map(({ tool }) => tool)).toEqual([
      'Alembic',
      'drizzle-kit',
      'Knex',
      'Kysely',
      'Sequelize/Umzug',
      'Prisma',
      'TypeORM',
      'node-pg-migrate',
      'MikroORM',
      'dbmate',
      'Rails',
      'golang-migrate',
      'Flyway',
      'peewee-migrate',
      'Wrangler',
    ])
  })
})
