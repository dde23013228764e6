import type { Row, Session, SqlFragment, ViewModel } from '@org/migrate-core/dialect'
import { join, sql, verbatim } from '@org/migrate-core/dialect'
import { quote } from '../quote.ts'
import { isSet, listOf, noExtension, type Reading, refOf, textOf, userSchema } from './reading.ts'

/** Views with what a new view of their text would not have: options, owner, privileges, comments, indexes. */
export function readViews(session: Session): Promise<readonly Row[]> {
  const grants = (acl: string, column: string): string =>
    `SELECT p.privilege_type, CASE WHEN p.grantee <> 0 THEN pg_get_userbyid(p.grantee)::text END AS grantee, p.is_grantable, ${column} AS "column"
      FROM aclexplode(${acl}) p WHERE p.grantee <> c.relowner`
  return session.query(`SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
  pg_get_viewdef(c.oid) AS definition, CASE WHEN c.relispopulated THEN 1 ELSE 0 END AS populated,
  array_to_json(c.reloptions)::text AS options, d.description AS comment,
  CASE WHEN pg_get_userbyid(c.relowner) <> current_user THEN pg_get_userbyid(c.relowner)::text END AS owner,
  CASE WHEN c.relacl IS NOT NULL OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL)
    THEN (SELECT json_agg(g) FROM (${grants('c.relacl', 'NULL')}
      UNION ALL SELECT q.* FROM pg_catalog.pg_attribute a, LATERAL (${grants('a.attacl', 'a.attname')}) q
        WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL) g)::text END AS grants,
  (SELECT json_agg(json_build_object('column', a.attname, 'comment', x.description) ORDER BY a.attnum)
    FROM pg_catalog.pg_description x JOIN pg_catalog.pg_attribute a ON a.attrelid = x.objoid AND a.attnum = x.objsubid
    WHERE x.objoid = c.oid AND x.classoid = 'pg_catalog.pg_class'::regclass AND x.objsubid > 0)::text AS comments,
  CASE WHEN c.relkind = 'm' THEN (SELECT json_agg(json_build_object('definition', pg_get_indexdef(i.indexrelid), 'name', k.relname,
      'comment', obj_description(i.indexrelid, 'pg_class')) ORDER BY k.relname)
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class k ON k.oid = i.indexrelid WHERE i.indrelid = c.oid)::text END AS indexes
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
WHERE c.relkind IN ('v', 'm') AND ${userSchema('n')} AND ${noExtension('pg_class', 'c.oid')}
ORDER BY n.nspname, c.relname`)
}

interface Grant {
  readonly privilege_type: string
  readonly grantee: string | null
  readonly is_grantable: boolean
  readonly column: string | null
}

interface Comment {
  readonly column: string
  readonly comment: string
}

interface ViewIndex {
  readonly definition: string
  readonly name: string
  readonly comment: string | null
}

function grantText(view: SqlFragment, { privilege_type, grantee, is_grantable, column }: Grant): SqlFragment {
  const on = column === null ? sql`` : sql` (${quote.identifier(column)})`
  const to = grantee === null ? sql`PUBLIC` : quote.identifier(grantee)
  const option = is_grantable ? sql` WITH GRANT OPTION` : sql``
  return sql`GRANT ${verbatim(privilege_type)}${on} ON ${view} TO ${to}${option}`
}

/** Statements that give a new view what this one has besides its SELECT. */
function extras(row: Row, view: ViewModel): readonly SqlFragment[] {
  const name = quote.table(view.ref)
  const kind = view.materialized ? sql`MATERIALIZED VIEW` : sql`VIEW`
  const owner = textOf(row.owner)
  const comment = textOf(row.comment)
  return [
    ...(owner === undefined ? [] : [sql`ALTER ${kind} ${name} OWNER TO ${quote.identifier(owner)}`]),
    ...(comment === undefined ? [] : [sql`COMMENT ON ${kind} ${name} IS ${quote.literal(comment)}`]),
    ...listOf<Comment>(row.comments).map(
      (each) => sql`COMMENT ON COLUMN ${name}.${quote.identifier(each.column)} IS ${quote.literal(each.comment)}`,
    ),
    ...listOf<ViewIndex>(row.indexes).flatMap((index) => [
      verbatim(index.definition),
      ...(index.comment === null
        ? []
        : [sql`COMMENT ON INDEX ${quote.table({ ...view.ref, name: index.name })} IS ${quote.literal(index.comment)}`]),
    ]),
    ...listOf<Grant>(row.grants).map((grant) => grantText(name, grant)),
  ]
}

function optionsText(row: Row): SqlFragment {
  const options = listOf(row.options)
  if (options.length === 0) return sql``
  const parts = options.map((option) => {
    const at = option.indexOf('=')
    return sql`${quote.identifier(option.slice(0, at))} = ${quote.literal(option.slice(at + 1))}`
  })
  return sql` WITH (${join(parts)})`
}

export function viewOf(reading: Reading, row: Row): ViewModel {
  const definition = String(row.definition).trim().replace(/;$/, '')
  const view: ViewModel = {
    ref: refOf(reading, row.schema, row.name),
    definition,
    ...(row.kind === 'm' ? { materialized: true } : {}),
  }
  const more = extras(row, view)
  const options = optionsText(row)
  const isEmpty = view.materialized === true && !isSet(row.populated)
  if (more.length === 0 && options.text === '' && !isEmpty) return view
  const create = sql`CREATE ${view.materialized ? sql`MATERIALIZED VIEW` : sql`VIEW`} ${quote.table(view.ref)}${options} AS ${verbatim(definition)}${isEmpty ? sql` WITH NO DATA` : sql``}`
  return { ...view, source: join([create, ...more], ';\n').text }
}
