import { column, text as txt } from '@org/migrate-core'
import { customType, pgRole, text } from 'drizzle-orm/pg-core'
import { type Case, cell } from '../case.ts'
import { has, own, t } from './declared.ts'

const foreignTables = cell('table', 'of others')
const roles = cell('role', 'itself')
const extensions = cell('extension', 'itself')
const triggers = cell('trigger', 'itself')
const routines = cell('function', 'itself')

const plain = t({ a: text() })
const alongside = (text: string): string => `${has('a text')}; ${text}`
const touched =
  "CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touched()"
const citext = customType<{ data: string }>({ dataType: () => 'citext' })

export const alongsideTables: readonly Case[] = [
  foreignTables.equal(
    'the records of drizzle-kit, in a schema of its own',
    alongside(
      'CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)',
    ),
    plain,
  ),
  foreignTables.equal(
    'the records of Knex',
    alongside(
      'CREATE TABLE knex_migrations (id serial PRIMARY KEY, name varchar(255), batch integer, migration_time timestamptz); CREATE TABLE knex_migrations_lock (index serial PRIMARY KEY, is_locked integer)',
    ),
    plain,
  ),
  foreignTables.equal(
    'the records of Alembic',
    alongside(
      'CREATE TABLE alembic_version (version_num varchar(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))',
    ),
    plain,
  ),
  foreignTables.equal(
    'our own records',
    alongside('CREATE TABLE migrate_version (version_num varchar(255) NOT NULL PRIMARY KEY)'),
    plain,
  ),
  foreignTables.equal(
    'what `exclude` names',
    alongside('CREATE TABLE audit_log (id integer); CREATE VIEW audit_view AS SELECT 1 AS one'),
    plain,
    {
      exclude: ['audit_*'],
    },
  ),
  foreignTables.equal('what `include` does not name', alongside('CREATE TABLE audit (id integer)'), plain, {
    include: ['t'],
  }),
  foreignTables.equal('an index that `exclude` names', alongside('CREATE INDEX hand_made ON t (a)'), plain, {
    exclude: ['hand_*'],
  }),
  foreignTables.drop(
    'what `include` names of another schema, which stays',
    alongside('CREATE SCHEMA audit; CREATE TABLE audit.log (id integer)'),
    plain,
    ['drop table audit.log -- loses the table audit.log and its rows'],
    { include: ['t', 'audit.*'] },
  ),
  foreignTables.equal(
    'a table of another server',
    alongside(
      "CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw; CREATE FOREIGN TABLE outside (a text) SERVER files OPTIONS (filename '/dev/null')",
    ),
    plain,
  ),
  foreignTables.equal(
    'extended statistics of columns',
    alongside('CREATE STATISTICS st ON id, a FROM t; ANALYZE t'),
    plain,
  ),
  foreignTables.equal(
    'rights on a table and on a column',
    alongside('GRANT SELECT ON t TO PUBLIC; GRANT UPDATE (a) ON t TO PUBLIC'),
    plain,
  ),
  foreignTables.equal('a rule', alongside('CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING'), plain),

  roles.add('said, and not made', plain, { ...plain, reader: pgRole('reader') }, [], {
    notes: [
      'role reader is not compared: roles belong to the server; create it there, and declare it with .existing()',
    ],
  }),
  roles.equal(
    'of another owner: existing()',
    has('a text'),
    { ...plain, reader: pgRole('reader').existing() },
    { notes: [] },
  ),

  extensions.equal('none is declared: it stays', alongside('CREATE EXTENSION citext'), plain),
  extensions.equal('with table(…)', alongside('CREATE EXTENSION pg_trgm'), own({ a: column(txt()) })),
  extensions.equal(
    'what it owns: types, tables, functions, views',
    `CREATE EXTENSION pg_stat_statements; CREATE EXTENSION hstore; CREATE EXTENSION citext; ${has('a citext')}`,
    t({ a: citext() }),
  ),
  extensions.equal(
    'what it owns, in a schema that is named',
    `CREATE SCHEMA app; CREATE EXTENSION pg_stat_statements SCHEMA app; CREATE TABLE app.t (id integer PRIMARY KEY)`,
    own({}, { schema: 'app' }),
  ),

  triggers.equal('none is declared: it stays', alongside(touched), plain),
  triggers.equal('with table(…)', alongside(touched), own({ a: column(txt()) })),
  triggers.change(
    'its table changes, and it is there',
    alongside(touched),
    t({ a: text().default('x') }),
    ["alter column t.a: default 'x'"],
    { finds: { sql: "SELECT tgname FROM pg_trigger WHERE tgname = 'tr'", rows: ['tr'] } },
  ),
  triggers.drop('goes with its table', alongside(touched), {}, ['drop table t -- loses the table t and its rows']),
  routines.equal(
    'none is declared: it stays',
    alongside("CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 * 2'"),
    plain,
  ),
  routines.equal(
    'a procedure and an aggregate',
    alongside(
      "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE agg (integer) (SFUNC = int4pl, STYPE = integer)",
    ),
    plain,
  ),
]
