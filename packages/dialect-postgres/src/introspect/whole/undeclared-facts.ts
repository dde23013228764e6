import type { Extra, ExtraPart, Row, TableRef, Undeclared } from '@org/migrate-core/dialect'
import { quote } from '../../sql/quote.ts'
import { isSet, listOf, textOf } from '../reading.ts'
import type { UndeclaredFacts } from './privileges.ts'

export const self: ExtraPart = { of: 'self' }
export const own: ExtraPart = { of: 'name' }
export const table: ExtraPart = { of: 'table' }

export const named = (name: string): string => quote.identifier(name).text
export const literal = (text: string): string => quote.literal(text).text

export function extra(what: string, ...statements: readonly (readonly ExtraPart[])[]): Extra {
  return { what, statements }
}

/** The member of an object; none where there is nothing to say. */
export function undeclared(...parts: readonly (Partial<UndeclaredFacts> | undefined)[]): Undeclared {
  const extras = parts.flatMap((each) => each?.extras ?? [])
  const lasting = parts.flatMap((each) => each?.lasting ?? [])
  return { ...(extras.length === 0 ? {} : { extras }), ...(lasting.length === 0 ? {} : { lasting }) }
}

/** One extra where the row says something. */
export function when(text: string | undefined, make: (text: string) => Extra): Partial<UndeclaredFacts> {
  return text === undefined ? {} : { extras: [make(text)] }
}

/** The owner, where it is another than the role that would create the object again. */
const ownerSql = (owner: string): string =>
  `CASE WHEN ${owner} <> quote_ident(current_user)::regrole THEN pg_get_userbyid(${owner})::text END`

/** The same, and whether the user lacks the rights of the owner: ALTER needs them. */
export const ownerColumns = (owner: string): string =>
  `${ownerSql(owner)} AS role, CASE WHEN pg_has_role(${owner}, 'USAGE') THEN 0 ELSE 1 END AS foreign_owner`

export const foreignOwnerOf = (row: Row): Pick<Undeclared, 'foreignOwner'> =>
  isSet(row.foreign_owner) ? { foreignOwner: String(row.role) } : {}

export const ownerExtra = (kind: string, owner: string): Extra =>
  extra('owner', [`ALTER ${kind} `, self, ` OWNER TO ${named(owner)}`])

/** The extensions that an object goes with: ALTER … DEPENDS ON EXTENSION. */
export const extensionsSql = (catalog: string, oid: string): string =>
  `(SELECT json_agg(y.extname::text ORDER BY y.extname) FROM pg_catalog.pg_depend w JOIN pg_catalog.pg_extension y ON y.oid = w.refobjid
    WHERE w.classid = 'pg_catalog.${catalog}'::regclass AND w.objid = ${oid} AND w.refclassid = 'pg_catalog.pg_extension'::regclass AND w.deptype = 'x')::text`

/** Labels of a security module, which only it can give: https://www.postgresql.org/docs/current/sql-security-label.html */
export const labelledSql = (catalog: string, oid: string): string =>
  `CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_seclabel y WHERE y.classoid = 'pg_catalog.${catalog}'::regclass AND y.objoid = ${oid}) THEN 1 ELSE 0 END`

export const labelled = (row: Row): Partial<UndeclaredFacts> =>
  isSet(row.labelled) ? { lasting: ['its security label'] } : {}

const enabling: ReadonlyMap<string, string> = new Map([
  ['D', 'DISABLE'],
  ['R', 'ENABLE REPLICA'],
  ['A', 'ENABLE ALWAYS'],
])

/** Rules but the one that is a view's SELECT. */
export const rulesSql = (oid: string): string =>
  `(SELECT json_agg(json_build_object('name', w.rulename, 'text', pg_get_ruledef(w.oid), 'enabled', w.ev_enabled, 'comment', obj_description(w.oid, 'pg_rewrite'))
    ORDER BY w.rulename) FROM pg_catalog.pg_rewrite w WHERE w.ev_class = ${oid} AND w.rulename <> '_RETURN')::text`

interface Rule {
  readonly name: string
  readonly text: string
  readonly enabled: string
  readonly comment: string | null
}

export function rulesOf(row: Row): Partial<UndeclaredFacts> {
  return {
    extras: listOf<Rule>(row.rules).map(({ name, text, enabled, comment }) => {
      const how = enabling.get(enabled)
      return extra(
        `rule ${name}`,
        [{ text: text.replace(/;\s*$/, '') }],
        ...(how === undefined ? [] : [['ALTER TABLE ', self, ` ${how} RULE ${named(name)}`]]),
        ...(comment === null ? [] : [[`COMMENT ON RULE ${named(name)} ON `, self, ` IS ${literal(comment)}`]]),
      )
    }),
  }
}

/** Extended statistics; a target that is not set is -1 before version 17, and NULL since. */
export const statisticsSql = (oid: string): string =>
  `(SELECT json_agg(json_build_object('schema', y.nspname, 'name', w.stxname, 'text', pg_get_statisticsobjdef(w.oid), 'owner', ${ownerSql('w.stxowner')},
      'target', nullif(w.stxstattarget, -1), 'comment', obj_description(w.oid, 'pg_statistic_ext')) ORDER BY w.stxname)
    FROM pg_catalog.pg_statistic_ext w JOIN pg_catalog.pg_namespace y ON y.oid = w.stxnamespace WHERE w.stxrelid = ${oid})::text`

interface Statistics {
  readonly schema: string
  readonly name: string
  readonly text: string
  readonly owner: string | null
  readonly target: number | null
  readonly comment: string | null
}

export const statisticsWord = 'statistics'

/** What the server itself loses where it builds an index or extended statistics again, since a column has another type. */
export const settingsWord = 'settings'

export function statisticsOf(row: Row): Partial<UndeclaredFacts> {
  return {
    extras: listOf<Statistics>(row.statistics).flatMap(({ schema, name, text, owner, target, comment }) => {
      const object = `${named(schema)}.${named(name)}`
      return [
        extra(
          `${statisticsWord} ${name}`,
          [{ text }],
          ...(owner === null ? [] : [[`ALTER STATISTICS ${object} OWNER TO ${named(owner)}`]]),
          ...(comment === null ? [] : [[`COMMENT ON STATISTICS ${object} IS ${literal(comment)}`]]),
        ),
        ...(target === null
          ? []
          : [extra(`${settingsWord} of statistics ${name}`, [`ALTER STATISTICS ${object} SET STATISTICS ${target}`])]),
      ]
    }),
  }
}

/** How a column is stored and counted, where that is not as its type has it. Compression is there from version 14. */
export const storageSql = (
  attribute: string,
  type: string,
): string => `CASE WHEN ${attribute}.attstorage <> ${type}.typstorage
    THEN CASE ${attribute}.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' WHEN 'm' THEN 'MAIN' END END AS storage,
  CASE to_jsonb(${attribute}) ->> 'attcompression' WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
  nullif(${attribute}.attstattarget, -1)::text AS target, array_to_json(${attribute}.attoptions)::text AS attribute_options`

/** What a change of the type takes away: the new type brings its own. */
export const storageWord = 'storage'

/** `ALTER TABLE … ALTER COLUMN` also takes the columns of materialised views. */
export function storageOf(row: Row, column: string): Partial<UndeclaredFacts> {
  const [storage, compression, target] = [row.storage, row.compression, row.target].map(textOf)
  const alter = (action: string): readonly ExtraPart[] => [
    'ALTER TABLE ',
    table,
    ' ALTER COLUMN ',
    { column },
    ` ${action}`,
  ]
  const options = listOf(row.attribute_options).map((option) => {
    const at = option.indexOf('=')
    return `${named(option.slice(0, at))} = ${literal(option.slice(at + 1))}`
  })
  const stored = [
    ...(storage === undefined ? [] : [alter(`SET STORAGE ${storage}`)]),
    ...(compression === undefined ? [] : [alter(`SET COMPRESSION ${compression}`)]),
  ]
  const counted = [
    ...(target === undefined ? [] : [alter(`SET STATISTICS ${target}`)]),
    ...(options.length === 0 ? [] : [alter(`SET (${options.join(', ')})`)]),
  ]
  return {
    extras: [
      ...(stored.length === 0 ? [] : [{ what: storageWord, statements: stored }]),
      ...(counted.length === 0 ? [] : [{ what: `${statisticsWord} of the column`, statements: counted }]),
    ],
  }
}

/** What an index has besides its definition: `i` is its row of pg_index, `k` of pg_class. */
export const indexFactsSql = `i.indisclustered::int AS clustered, i.indisreplident::int AS replident,
  (SELECT w.spcname::text FROM pg_catalog.pg_tablespace w WHERE w.oid = k.reltablespace) AS tablespace,
  (SELECT json_agg(json_build_object('number', w.attnum, 'target', w.attstattarget) ORDER BY w.attnum) FROM pg_catalog.pg_attribute w
    WHERE w.attrelid = k.oid AND w.attstattarget >= 0)::text AS targets, ${extensionsSql('pg_class', 'k.oid')} AS extensions`

export function indexExtras(row: Row, relation: 'TABLE' | 'MATERIALIZED VIEW'): Partial<UndeclaredFacts> {
  const tablespace = textOf(row.tablespace)
  const statements: readonly (readonly ExtraPart[])[] = [
    ...(tablespace === undefined ? [] : [['ALTER INDEX ', self, ` SET TABLESPACE ${named(tablespace)}`]]),
    ...listOf<{ number: number; target: number }>(row.targets).map(({ number, target }) => [
      'ALTER INDEX ',
      self,
      ` ALTER COLUMN ${number} SET STATISTICS ${target}`,
    ]),
    ...(isSet(row.clustered) ? [[`ALTER ${relation} `, table, ' CLUSTER ON ', own]] : []),
    ...(isSet(row.replident) ? [['ALTER TABLE ', table, ' REPLICA IDENTITY USING INDEX ', own]] : []),
    ...listOf(row.extensions).map((name) => ['ALTER INDEX ', self, ` DEPENDS ON EXTENSION ${named(name)}`]),
  ]
  return statements.length === 0 ? {} : { extras: [{ what: `${settingsWord} of the index`, statements }] }
}

/** Where the names in extras lead: the object (its name alone, of an index or a constraint), and the table that it is a part of. */
export interface ExtraOwner {
  readonly table: TableRef
  readonly name?: string | undefined
}

function partText(part: ExtraPart, { table, name = table.name }: ExtraOwner): string {
  if (typeof part === 'string') return part
  if ('text' in part) return part.text
  if ('column' in part) return quote.identifier(part.column).text
  if (part.of === 'name') return quote.identifier(name).text
  return quote.table(part.of === 'table' ? table : { ...table, name }).text
}

export const extraText = (parts: readonly ExtraPart[], owner: ExtraOwner): string =>
  parts.map((part) => partText(part, owner)).join('')
