import { compare } from '@org/migrate-autogenerate'
import type { Revision } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { readDrizzle } from '@org/migrate-drizzle/postgres'
import { sql } from 'drizzle-orm'
import {
  check,
  foreignKey,
  index,
  integer,
  pgEnum,
  pgMaterializedView,
  pgSchema,
  pgSequence,
  pgTable,
  pgView,
  primaryKey,
  serial,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { expect, it } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

/** 70 characters; `ü` has two bytes, and the 63rd byte is its first one where 62 bytes stand before it. */
const long = (head: string): string => `${head}_${'x'.repeat(61 - head.length)}${'ü'.repeat(4)}_tail`

/** Names of keys are made of several names: with these they are too long, and still differ before the 63rd byte. */
const [p, c, parentColumn] = [
  'parents_of_a_name_that_is_rather_long',
  'children_of_parents_with_long_names',
  'parent_of_them',
]

const mood = pgEnum(long('mood'), ['a', 'b'])
const parents = pgTable(p, {
  id: serial('id').primaryKey(),
  first: integer(long('first')),
  second: text(long('second')).unique(),
})
const children = pgTable(
  c,
  {
    one: integer('one').notNull(),
    two: integer('two').notNull(),
    mood: mood('mood'),
    parent: integer(parentColumn).references(() => parents.id),
    named: integer('named'),
  },
  (t) => [
    primaryKey({ columns: [t.one, t.two, t.parent] }),
    foreignKey({ name: long('fk'), columns: [t.named], foreignColumns: [parents.id] }),
    unique(long('uq')).on(t.named),
    check(long('ck'), sql`${t.one} > 0`),
    index(long('ix')).on(t.two),
    uniqueIndex().on(t.parent, t.two),
  ],
)
const far = pgSchema(long('far'))
const exported = {
  alone: pgTable(long('alone'), { [long('column')]: integer(long('column')) }),
  mood,
  parents,
  children,
  far,
  inFar: far.table(long('inFar'), { id: integer('id').primaryKey() }),
  seq: pgSequence(long('seq'), { startWith: 5 }),
  seen: pgView(long('seen'), { id: integer('id') }).as(sql`SELECT 1 AS id`),
  stored: pgMaterializedView(long('stored'), { id: integer('id') }).as(sql`SELECT 1 AS id`),
}

const q = (name: string): string => `"${name}"`

/** What drizzle-kit 0.31 sends, whole names and all. */
const theirs = `
CREATE TYPE "public".${q(long('mood'))} AS ENUM('a', 'b');
CREATE SCHEMA ${q(long('far'))};
CREATE TABLE ${q(long('far'))}.${q(long('inFar'))} ("id" integer PRIMARY KEY NOT NULL);
CREATE SEQUENCE "public".${q(long('seq'))} INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 5 CACHE 1;
CREATE TABLE ${q(long('alone'))} (${q(long('column'))} integer);
CREATE TABLE ${q(p)} (
  "id" serial PRIMARY KEY NOT NULL, ${q(long('first'))} integer, ${q(long('second'))} text,
  CONSTRAINT ${q(`${p}_${long('second')}_unique`)} UNIQUE(${q(long('second'))}));
CREATE TABLE ${q(c)} (
  "one" integer NOT NULL, "two" integer NOT NULL, "mood" ${q(long('mood'))}, ${q(parentColumn)} integer NOT NULL, "named" integer,
  CONSTRAINT ${q(`${c}_one_two_${parentColumn}_pk`)} PRIMARY KEY("one","two",${q(parentColumn)}),
  CONSTRAINT ${q(long('uq'))} UNIQUE("named"),
  CONSTRAINT ${q(long('ck'))} CHECK (${q(c)}."one" > 0));
ALTER TABLE ${q(c)} ADD CONSTRAINT ${q(`${c}_${parentColumn}_${p}_id_fk`)} FOREIGN KEY (${q(parentColumn)}) REFERENCES "public".${q(p)}("id");
ALTER TABLE ${q(c)} ADD CONSTRAINT ${q(long('fk'))} FOREIGN KEY ("named") REFERENCES "public".${q(p)}("id");
CREATE INDEX ${q(long('ix'))} ON ${q(c)} USING btree ("two");
CREATE UNIQUE INDEX ${q('')} ON ${q(c)} USING btree (${q(parentColumn)},"two");
CREATE VIEW "public".${q(long('seen'))} AS (SELECT 1 AS id);
CREATE MATERIALIZED VIEW "public".${q(long('stored'))} AS (SELECT 1 AS id);
`.replace('CREATE UNIQUE INDEX ""', `CREATE UNIQUE INDEX ${q(`${c}_${parentColumn}_two_index`)}`)

const names = `SELECT json_agg(name ORDER BY name)::text AS names FROM (
  SELECT 'relation ' || relkind::text || ' ' || relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND relname !~ '^migrate_' AND relkind <> 't'
  UNION ALL SELECT 'constraint ' || contype::text || ' ' || conname FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid
    JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND relname !~ '^migrate_' AND contype <> 'n'
  UNION ALL SELECT 'column ' || attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
    JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND relname !~ '^migrate_' AND attnum > 0
  UNION ALL SELECT 'type ' || typname FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE typtype = 'e' AND nspname !~ '^pg_'
  UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname !~ '^pg_'
) all_names`

describeOn('postgres', 'names over 63 bytes in a schema that drizzle-kit migrates too', (createDatabase) => {
  const migratorAt = (url: string, chain: readonly Revision[] = []) => migratorOf(postgresDialect({ url }), chain)

  it('are found in a database that drizzle-kit made, whichever object has them', async () => {
    const db = await createDatabase()
    await db.sql(theirs)
    const { changes, unanswered: open } = await compare(migratorAt(db.url), readDrizzle(exported))
    expect({ changes: changes.map(({ describe }) => describe), open }).toEqual({ changes: [], open: [] })
  })

  it('are what the server makes of them where we create the schema', async () => {
    const [ourDatabase, drizzles] = [await createDatabase(), await createDatabase()]
    await drizzles.sql(theirs)
    const { changes } = await compare(migratorAt(ourDatabase.url), readDrizzle(exported))
    for (const { statements } of changes) for (const text of statements) await ourDatabase.sql(text)
    const [own, other] = [await ourDatabase.sql(names), await drizzles.sql(names)]
    const list = (rows: readonly Record<string, unknown>[]): unknown => JSON.parse(String(rows[0]?.names))
    expect(list(own)).toEqual(list(other))
    const second = await compare(migratorAt(ourDatabase.url), readDrizzle(exported))
    expect(second.changes.map(({ describe }) => describe)).toEqual([])
  })
})
