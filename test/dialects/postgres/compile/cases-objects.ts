import type { Case } from './cases-tables.ts'

const t = { name: 't' }

export const objectCases: readonly Case[] = [
  [
    'addConstraint, unique, deferred, of NULLs that are the same',
    'CREATE TABLE t (a int)',
    {
      kind: 'addConstraint',
      table: t,
      constraint: { kind: 'unique', name: 'k', columns: ['a'], nullsNotDistinct: true, deferrable: 'deferred' },
    },
    ['ALTER TABLE "t" ADD CONSTRAINT "k" UNIQUE NULLS NOT DISTINCT ("a") DEFERRABLE INITIALLY DEFERRED'],
  ],
  [
    'addConstraint, a foreign key that is not validated',
    'CREATE TABLE t (a int, b int, UNIQUE (a, b))',
    {
      kind: 'addConstraint',
      table: t,
      constraint: {
        kind: 'foreignKey',
        columns: ['b', 'a'],
        references: { table: t, columns: ['a', 'b'] },
        match: 'full',
        onDelete: 'setNull',
        onUpdate: 'cascade',
        notValid: true,
      },
    },
    [
      'ALTER TABLE "t" ADD FOREIGN KEY ("b", "a") REFERENCES "t" ("a", "b") MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE NOT VALID',
    ],
  ],
  [
    'addConstraint, a check that is not validated',
    'CREATE TABLE t (a int)',
    { kind: 'addConstraint', table: t, constraint: { kind: 'check', expression: 'a > 0', notValid: true } },
    ['ALTER TABLE "t" ADD CHECK (a > 0) NOT VALID'],
  ],
  [
    'addConstraint, exclude',
    'CREATE TABLE t (a int4range)',
    {
      kind: 'addConstraint',
      table: t,
      constraint: {
        kind: 'exclude',
        name: 'x',
        elements: [{ expression: 'a', operator: '&&' }],
        where: 'NOT isempty(a)',
      },
    },
    ['ALTER TABLE "t" ADD CONSTRAINT "x" EXCLUDE USING "gist" (a WITH &&) WHERE (NOT isempty(a))'],
  ],
  [
    'dropConstraint without a name, by the one that the server made',
    'CREATE TABLE t (a int, b int, UNIQUE (a, b), UNIQUE (b))',
    { kind: 'dropConstraint', table: t, constraint: { kind: 'unique', columns: ['a', 'b'] } },
    ['ALTER TABLE "t" DROP CONSTRAINT "t_a_b_key"'],
  ],
  [
    'renameConstraint',
    'CREATE TABLE t (a int CONSTRAINT k UNIQUE)',
    { kind: 'renameConstraint', table: t, constraint: 'k', to: 'l' },
    ['ALTER TABLE "t" RENAME CONSTRAINT "k" TO "l"'],
  ],
  [
    'createIndex with everything',
    'CREATE SCHEMA app; CREATE TABLE app.t (a text, b int)',
    {
      kind: 'createIndex',
      table: { schema: 'app', name: 't' },
      index: {
        name: 'i',
        unique: true,
        elements: [
          { expression: 'lower(a)', collation: 'C', operatorClass: 'text_pattern_ops', order: 'desc', nulls: 'last' },
          { column: 'b', order: 'asc' },
        ],
        method: 'btree',
        include: ['a'],
        nullsNotDistinct: true,
        options: { fillfactor: '70' },
        where: 'b > 0',
        comment: 'c',
      },
    },
    [
      `CREATE UNIQUE INDEX "i" ON "app"."t" USING "btree" ((lower(a)) COLLATE "C" text_pattern_ops DESC NULLS LAST, "b" ASC) INCLUDE ("a") NULLS NOT DISTINCT WITH ("fillfactor" = '70') WHERE (b > 0)`,
      `COMMENT ON INDEX "app"."i" IS 'c'`,
    ],
  ],
  [
    'dropIndex',
    'CREATE TABLE t (a int); CREATE INDEX i ON t (a)',
    { kind: 'dropIndex', table: t, index: 'i' },
    ['DROP INDEX "i"'],
  ],
  [
    'renameIndex',
    'CREATE TABLE t (a int); CREATE INDEX i ON t (a)',
    { kind: 'renameIndex', table: t, index: 'i', to: 'j' },
    ['ALTER INDEX "i" RENAME TO "j"'],
  ],
  ['createSchema', '', { kind: 'createSchema', schema: 'app' }, ['CREATE SCHEMA "app"']],
  ['dropSchema', 'CREATE SCHEMA app', { kind: 'dropSchema', schema: 'app' }, ['DROP SCHEMA "app"']],
  [
    'createExtension',
    '',
    { kind: 'createExtension', extension: 'citext', schema: 'public' },
    ['CREATE EXTENSION "citext" SCHEMA "public"'],
  ],
  [
    'dropExtension',
    'CREATE EXTENSION citext',
    { kind: 'dropExtension', extension: 'citext' },
    ['DROP EXTENSION "citext"'],
  ],
  [
    'createEnum',
    '',
    { kind: 'createEnum', enum: { ref: { name: 'mood' }, values: ['a', "b'"] } },
    [`CREATE TYPE "mood" AS ENUM ('a', 'b''')`],
  ],
  [
    'renameEnum',
    "CREATE TYPE mood AS ENUM ('a')",
    { kind: 'renameEnum', enum: { name: 'mood' }, to: 'm' },
    ['ALTER TYPE "mood" RENAME TO "m"'],
  ],
  ['dropEnum', "CREATE TYPE mood AS ENUM ('a')", { kind: 'dropEnum', enum: { name: 'mood' } }, ['DROP TYPE "mood"']],
  [
    'createView with names for its columns',
    'CREATE TABLE t (a int)',
    { kind: 'createView', view: { ref: { name: 'v' }, columns: ['x'], definition: 'SELECT a FROM t;' } },
    ['CREATE VIEW "v" ("x") AS SELECT a FROM t'],
  ],
  [
    'replaceView by one with more columns',
    'CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t',
    { kind: 'replaceView', view: { ref: { name: 'v' }, definition: 'SELECT a, b FROM t' } },
    ['CREATE OR REPLACE VIEW "v" AS SELECT a, b FROM t'],
  ],
  [
    'replaceView by one with other columns, under a view that reads it',
    "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b FROM t; COMMENT ON VIEW v IS 'c'; CREATE VIEW w AS SELECT a FROM v",
    { kind: 'replaceView', view: { ref: { name: 'v' }, definition: 'SELECT b, a FROM t' } },
    [
      'DROP VIEW "w"',
      'DROP VIEW "v"',
      'CREATE VIEW "v" AS SELECT b, a FROM t',
      `COMMENT ON VIEW "v" IS 'c'`,
      'CREATE VIEW "w" AS SELECT v.a\n   FROM v',
    ],
  ],
  [
    'renameView, materialised',
    'CREATE MATERIALIZED VIEW v AS SELECT 1 AS a',
    { kind: 'renameView', view: { name: 'v' }, to: 'w' },
    ['ALTER MATERIALIZED VIEW "v" RENAME TO "w"'],
  ],
  [
    'dropView, materialised',
    'CREATE MATERIALIZED VIEW v AS SELECT 1 AS a',
    { kind: 'dropView', view: { name: 'v' }, materialized: true },
    ['DROP MATERIALIZED VIEW "v"'],
  ],
  [
    'createTrigger',
    "CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    {
      kind: 'createTrigger',
      trigger: {
        name: 'g',
        table: t,
        definition: 'CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();',
      },
    },
    ['CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()'],
  ],
  [
    'dropTrigger',
    "CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
    { kind: 'dropTrigger', table: t, trigger: 'g' },
    ['DROP TRIGGER "g" ON "t"'],
  ],
  [
    'setRowSecurity',
    'CREATE TABLE t (a int)',
    { kind: 'setRowSecurity', table: t, change: { enabled: true, forced: true } },
    ['ALTER TABLE "t" ENABLE ROW LEVEL SECURITY', 'ALTER TABLE "t" FORCE ROW LEVEL SECURITY'],
  ],
  [
    'createPolicy',
    'CREATE TABLE t (a int)',
    {
      kind: 'createPolicy',
      table: t,
      policy: { name: 'p', as: 'restrictive', for: 'all', to: ['public'], using: 'a > 1', withCheck: 'a > 2' },
    },
    ['CREATE POLICY "p" ON "t" AS RESTRICTIVE FOR ALL TO PUBLIC USING (a > 1) WITH CHECK (a > 2)'],
  ],
  [
    'alterPolicy',
    'CREATE TABLE t (a int); CREATE POLICY p ON t USING (a > 1)',
    { kind: 'alterPolicy', table: t, policy: 'p', change: { to: ['session_user'], withCheck: 'a > 2' } },
    ['ALTER POLICY "p" ON "t" TO SESSION_USER WITH CHECK (a > 2)'],
  ],
  [
    'alterPolicy, an expression that goes',
    'CREATE TABLE t (a int); CREATE POLICY p ON t WITH CHECK (a > 1)',
    { kind: 'alterPolicy', table: t, policy: 'p', change: { withCheck: null } },
    ['DROP POLICY "p" ON "t"', 'CREATE POLICY "p" ON "t" FOR ALL TO PUBLIC'],
  ],
  [
    'dropPolicy',
    'CREATE TABLE t (a int); CREATE POLICY p ON t USING (a > 1)',
    { kind: 'dropPolicy', table: t, policy: 'p' },
    ['DROP POLICY "p" ON "t"'],
  ],
  [
    'createSequence',
    'CREATE TABLE t (a int)',
    {
      kind: 'createSequence',
      sequence: {
        ref: { name: 's' },
        type: 'integer16',
        start: '5',
        increment: '-2',
        minValue: '-9',
        maxValue: '9',
        cache: 3,
        cycle: true,
        ownedBy: { table: t, column: 'a' },
      },
    },
    [
      'CREATE SEQUENCE "s" AS smallint INCREMENT BY -2 MINVALUE -9 MAXVALUE 9 START WITH 5 CACHE 3 CYCLE OWNED BY "t"."a"',
    ],
  ],
  [
    'alterSequence',
    'CREATE TABLE t (a int); CREATE SEQUENCE s OWNED BY t.a',
    {
      kind: 'alterSequence',
      sequence: { name: 's' },
      change: { increment: '3', maxValue: null, ownedBy: null, cycle: false },
    },
    ['ALTER SEQUENCE "s" INCREMENT BY 3 NO MAXVALUE NO CYCLE OWNED BY NONE'],
  ],
  ['dropSequence', 'CREATE SEQUENCE s', { kind: 'dropSequence', sequence: { name: 's' } }, ['DROP SEQUENCE "s"']],
  [
    'setComment',
    'CREATE TABLE t (a int)',
    { kind: 'setComment', on: { table: t, column: 'a' }, comment: 'x' },
    [`COMMENT ON COLUMN "t"."a" IS 'x'`],
  ],
  [
    'setComment, away from an index',
    "CREATE TABLE t (a int); CREATE INDEX i ON t (a); COMMENT ON INDEX i IS 'x'",
    { kind: 'setComment', on: { table: t, index: 'i' }, comment: null },
    ['COMMENT ON INDEX "i" IS NULL'],
  ],
  [
    'insertRows with numbers for an identity',
    'CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, ok boolean, n int)',
    { kind: 'insertRows', table: t, columns: ['id', 'ok', 'n'], rows: [[7, 1, true]] },
    [
      'INSERT INTO "t" ("id", "ok", "n") OVERRIDING SYSTEM VALUE VALUES (?, ?, ?)',
      `SELECT setval(s.seqrelid::regclass, t.last) FROM pg_sequence AS s, LATERAL (SELECT max("id")::bigint AS last FROM "t" WHERE "id" BETWEEN s.seqmin AND s.seqmax) AS t WHERE s.seqrelid = pg_get_serial_sequence('"t"', 'id')::regclass AND (t.last::numeric - coalesce(pg_sequence_last_value(s.seqrelid::regclass), s.seqstart::numeric - s.seqincrement)) * s.seqincrement > 0`,
    ],
  ],
  [
    'deleteRows',
    'CREATE TABLE t (a int, b text)',
    {
      kind: 'deleteRows',
      table: t,
      key: ['a', 'b'],
      rows: [
        [1, 'x'],
        [2, null],
      ],
    },
    ['DELETE FROM "t" WHERE ("a" = ? AND "b" = ?) OR ("a" = ? AND "b" IS NULL)'],
  ],
  ['sql', '', { kind: 'sql', text: { sqlite: 'SELECT 1', postgres: 'SELECT 2', mysql: 'SELECT 3' } }, ['SELECT 2']],
  ['run', '', { kind: 'run', label: 'x', down: 'none', direction: 'up' }, []],
]
