import { sql } from 'drizzle-orm'
import { char, integer, pgMaterializedView, pgSchema, pgTable, pgView, text, varchar } from 'drizzle-orm/pg-core'
import { type Case, cell } from '../case.ts'
import { has as table } from './declared.ts'

const itself = cell('view', 'itself')
const query = cell('view', 'query')
const materialized = cell('materialized view', 'itself')
const materializedQuery = cell('materialized view', 'query')

const key = { id: integer().primaryKey() }
const t = pgTable('t', { ...key, a: text() })
const sized = { id: integer(), a: text() }
const v = (as: ReturnType<typeof sql>, name = 'v') => pgView(name, sized).as(as)
const m = (as: ReturnType<typeof sql>, name = 'm') => pgMaterializedView(name, sized).as(as)
const all = v(sql`SELECT id, a FROM t`)
const stored = m(sql`SELECT id, a FROM t`)
const app = pgSchema('app')
const kinds = pgTable('t', { ...key, a: varchar({ length: 9 }), b: char({ length: 3 }), c: text() })
const listed = v(
  sql`SELECT id, a FROM t WHERE a IN ('x', 'y''z') AND a NOT IN ('p', 'q') AND b IN ('x', 'y') AND c IN ('x', 'y')`,
)
const printed = `SELECT id, a FROM t WHERE (((a)::text = ANY ((ARRAY['x'::character varying, 'y''z'::character varying])::text[]))
  AND ((a)::text <> ALL ((ARRAY['p'::character varying, 'q'::character varying])::text[])) AND (b = ANY (ARRAY['x'::bpchar, 'y'::bpchar]))
  AND (c = ANY (ARRAY['x'::text, 'y'::text])))`

/** Views that move, and lists of values in their queries. */
export const movedViews: readonly Case[] = [
  itself.rename(
    'asks whether a view has moved to another schema',
    { t, all },
    { t, app, v: app.view('v', sized).as(sql`SELECT id, a FROM public.t`) },
    [],
    { openQuestions: ['view v -> app.v'] },
  ),
  itself.rename(
    'that has moved to another schema keeps its privileges',
    { t, all },
    { t, app, v: app.view('v', sized).as(sql`SELECT id, a FROM public.t`) },
    ['create schema app', 'move view v to app'],
    {
      rows: 'GRANT SELECT ON v TO PUBLIC',
      answers: { renamed: [{ from: 'v', to: 'app.v' }] },
      finds: {
        sql: "SELECT has_table_privilege('public', 'app.v', 'SELECT')::text AS public FROM app.v RIGHT JOIN (VALUES (1)) one ON true",
        rows: ['true'],
      },
    },
  ),
  materialized.rename(
    'asks whether a materialised view of a like name is the old one',
    { t, m: m(sql`SELECT id, a FROM t`, 'totals') },
    { t, m: m(sql`SELECT id, a FROM t`, 'all_totals') },
    [],
    { openQuestions: ['view totals -> all_totals'] },
  ),
  materialized.rename(
    'under another name, in another schema, keeps its rows',
    { t, m: stored },
    { t, app, m: app.materializedView('m2', sized).as(sql`SELECT id, a FROM public.t`) },
    ['create schema app', 'move view m to app', 'renameView {"to":"m2","view":{"name":"m","schema":"app"}}'],
    {
      rows: "INSERT INTO t VALUES (1, 'x'); REFRESH MATERIALIZED VIEW m; DELETE FROM t",
      answers: { renamed: [{ from: 'm', to: 'app.m2' }] },
      finds: { sql: 'SELECT id, a FROM app.m2', rows: ['1, x'] },
      returns: { sql: 'SELECT id, a FROM m', rows: ['1, x'] },
    },
  ),
  query.equal(
    'a list of values over a varchar column',
    `${table('a varchar(9), b char(3), c text')}; CREATE VIEW v AS SELECT id, a FROM t WHERE a IN ('x', 'y''z') AND a NOT IN ('p', 'q') AND b IN ('x', 'y') AND c IN ('x', 'y')`,
    { kinds, listed },
  ),
  query.equal(
    'a list of values, made from the text that the server prints of it',
    `${table('a varchar(9), b char(3), c text')}; CREATE VIEW v AS ${printed}`,
    { kinds, listed },
  ),
  query.equal(
    'a list of values, from the text of a revision that the server printed',
    { kinds, v: v(sql.raw(printed)) },
    { kinds, listed },
  ),
  materializedQuery.equal(
    'a list of values, made from the text that the server prints of it',
    `${table('a varchar(9), b char(3), c text')}; CREATE MATERIALIZED VIEW m AS ${printed}`,
    {
      kinds,
      m: m(
        sql`SELECT id, a FROM t WHERE a IN ('x', 'y''z') AND a NOT IN ('p', 'q') AND b IN ('x', 'y') AND c IN ('x', 'y')`,
      ),
    },
  ),
]
