import {
  type ColumnModel,
  type ConstraintModel,
  type DefaultValue,
  emptySchema,
  type IndexModel,
  type IntrospectRequest,
  type ReferentialAction,
  type Row,
  type SchemaModel,
  type Session,
  type TableModel,
  tableKey,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { stringOf, withEnums } from './canonicalise.ts'
import { canonical } from './expression.ts'
import { fromSql } from './types.ts'

// One query a kind of object. Arrays come as JSON: names may hold anything.
const columnsQuery = `SELECT c.relname AS "table", a.attname AS "name", pg_catalog.format_type(a.atttypid, a.atttypmod) AS "type",
  CASE WHEN a.attnotnull THEN 1 ELSE 0 END AS "required", pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS "default"
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = pg_catalog.current_schema()::regnamespace AND c.relkind = 'r' ORDER BY c.relname, a.attnum`

const namesOf = (owner: string, numbers: string): string =>
  `(SELECT json_agg(a.attname ORDER BY k.at)::text FROM unnest(${numbers}) WITH ORDINALITY AS k (num, at) JOIN pg_catalog.pg_attribute a ON a.attrelid = ${owner} AND a.attnum = k.num)`

const constraintsQuery = `SELECT c.relname AS "table", x.conname AS "name", x.contype::text AS "kind", ${namesOf('x.conrelid', 'x.conkey')} AS "columns",
  pg_catalog.pg_get_constraintdef(x.oid) AS "text", f.relname AS "referred", ${namesOf('x.confrelid', 'x.confkey')} AS "there",
  x.confdeltype::text AS "deleted", x.confupdtype::text AS "updated"
FROM pg_catalog.pg_constraint x JOIN pg_catalog.pg_class c ON c.oid = x.conrelid LEFT JOIN pg_catalog.pg_class f ON f.oid = x.confrelid
WHERE x.connamespace = pg_catalog.current_schema()::regnamespace AND x.contype IN ('p', 'u', 'c', 'f') ORDER BY x.oid`

const indexesQuery = `SELECT t.relname AS "table", i.relname AS "name", CASE WHEN x.indisunique THEN 1 ELSE 0 END AS "unique", ${namesOf('x.indrelid', 'x.indkey::int2[]')} AS "columns",
  (SELECT json_agg(o & 1)::text FROM unnest(x.indoption::int2[]) AS o) AS "descending"
FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
WHERE i.relnamespace = pg_catalog.current_schema()::regnamespace AND t.relkind = 'r'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u')) ORDER BY i.oid`

const viewsQuery = `SELECT c.relname AS "name", pg_catalog.pg_get_viewdef(c.oid) AS "definition" FROM pg_catalog.pg_class c
WHERE c.relnamespace = pg_catalog.current_schema()::regnamespace AND c.relkind = 'v' ORDER BY c.oid`

const list = (value: unknown): readonly string[] => (typeof value === 'string' ? (JSON.parse(value) as string[]) : [])

/** `'it''s'::text` is a literal, `'{}'::json` an expression. */
function defaultOf(text: unknown, type: unknown): DefaultValue | undefined {
  if (typeof text !== 'string') return undefined
  const sql = canonical(text)
  if (sql === 'current_timestamp' || sql === 'now()') return { kind: 'now' }
  if (sql === 'true' || sql === 'false') return { kind: 'literal', value: sql === 'true' }
  const literal = /^(E?'(?:[^']|'')*')(?:::(?:text|character varying|bpchar|date))?$/.exec(text)?.[1]
  if (literal !== undefined) return { kind: 'literal', value: stringOf(literal) }
  // The server writes 1e30 with all its digits; in a column of doubles they say no more than that.
  const double = type === 'double precision' && /^-?\d+$/.test(sql)
  return double || String(Number(sql)) === sql
    ? { kind: 'literal', value: Number(sql) }
    : { kind: 'expression', sql: text }
}

function columnOf(row: Row): ColumnModel {
  const value = defaultOf(row.default, row.type)
  return {
    name: String(row.name),
    type: fromSql(String(row.type)),
    nullable: row.required === 0n,
    ...(value === undefined ? {} : { default: value }),
  }
}

const actions: { readonly [letter: string]: ReferentialAction } = {
  r: 'restrict',
  c: 'cascade',
  n: 'setNull',
  d: 'setDefault',
}

function constraintOf(row: Row): ConstraintModel {
  const name = String(row.name)
  const columns = list(row.columns)
  if (row.kind === 'p') return { kind: 'primaryKey', name, columns }
  if (row.kind === 'u') return { kind: 'unique', name, columns }
  if (row.kind === 'c') return { kind: 'check', name, expression: String(row.text).replace(/^CHECK /, '') }
  const [onDelete, onUpdate] = [actions[String(row.deleted)], actions[String(row.updated)]]
  return {
    kind: 'foreignKey',
    name,
    columns,
    references: { table: { name: String(row.referred) }, columns: list(row.there) },
    ...(onDelete === undefined ? {} : { onDelete }),
    ...(onUpdate === undefined ? {} : { onUpdate }),
  }
}

function indexOf(row: Row): IndexModel {
  const descending = list(row.descending)
  const elements = list(row.columns).map((column, at) => ({
    column,
    ...(Number(descending[at]) === 1 ? { order: 'desc' as const } : {}),
  }))
  return { name: String(row.name), unique: row.unique === 1n, elements }
}

const groupBy = (rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> =>
  rows.reduce((groups, row) => {
    const name = String(row.table)
    return groups.set(name, [...(groups.get(name) ?? []), row])
  }, new Map<string, readonly Row[]>())

/** What is there, in the words of the model. The server's catalog says it, never what this dialect once sent. */
export async function introspect(session: Session, request: IntrospectRequest = {}): Promise<SchemaModel> {
  const columns = groupBy(await session.query(columnsQuery))
  const constraints = groupBy(await session.query(constraintsQuery))
  const indexes = groupBy(await session.query(indexesQuery))
  const tables = [...columns].map(
    ([name, rows]): TableModel =>
      withEnums({
        ref: { name },
        columns: rows.map(columnOf),
        constraints: (constraints.get(name) ?? []).map(constraintOf),
        indexes: (indexes.get(name) ?? []).map(indexOf),
        options: {},
      }),
  )
  const requested = request.tables && new Set(request.tables.map(tableKey))
  const refers = (table: TableModel): boolean =>
    table.constraints.some((each) => each.kind === 'foreignKey' && requested?.has(tableKey(each.references.table)))
  const selected = tables.filter(
    (table) =>
      requested === undefined || requested.has(tableKey(table.ref)) || (request.referrers === true && refers(table)),
  )
  const views = (await session.query(viewsQuery)).map(
    ({ name, definition }): ViewModel => ({
      ref: { name: String(name) },
      definition: String(definition).trim().replace(/;$/, ''),
    }),
  )
  return {
    ...emptySchema,
    tables: new Map(selected.map((table) => [tableKey(table.ref), table])),
    views: new Map(views.map((view) => [tableKey(view.ref), view])),
  }
}
