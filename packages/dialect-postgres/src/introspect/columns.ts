import { present } from '@org/migrate-core/connection'
import type { ColumnModel, ColumnType, Identity, Row, Session } from '@org/migrate-core/dialect'
import { readDefault } from '../types/defaults.ts'
import { canonicaliseIdentity } from '../types/sequence-bounds.ts'
import { fromSql } from '../types/types.ts'
import type { IntrospectedEnum } from './enums.ts'
import { unwrapped } from './index-definition.ts'
import { isSet, type Oids, textOf } from './reading.ts'

export function readColumns(session: Session, oids: Oids): Promise<readonly Row[]> {
  return session.query(
    `SELECT a.attrelid::text AS owner, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
  CASE WHEN t.typtype = 'e' THEN t.oid::text END AS enum,
  CASE WHEN t.typelem <> 0 THEN (SELECT e.oid::text FROM pg_catalog.pg_type e WHERE e.oid = t.typelem AND e.typtype = 'e') END AS element,
  CASE WHEN a.attnotnull THEN 1 ELSE 0 END AS required, CASE WHEN a.attinhcount > 0 AND NOT a.attislocal THEN 1 ELSE 0 END AS inherited,
  pg_get_expr(f.adbin, f.adrelid) AS fallback, a.attgenerated::text AS generated, a.attidentity::text AS identity,
  CASE WHEN a.attidentity <> '' THEN (SELECT concat_ws(' ', s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle)
    FROM pg_catalog.pg_depend p JOIN pg_catalog.pg_sequence s ON s.seqrelid = p.objid
    WHERE p.classid = 'pg_catalog.pg_class'::regclass AND p.refclassid = 'pg_catalog.pg_class'::regclass
      AND p.refobjid = a.attrelid AND p.refobjsubid = a.attnum AND p.deptype = 'i') END AS numbers,
  CASE WHEN a.attidentity <> '' THEN (SELECT q.relname::text FROM pg_catalog.pg_depend p JOIN pg_catalog.pg_class q ON q.oid = p.objid
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    WHERE p.classid = 'pg_catalog.pg_class'::regclass AND p.refclassid = 'pg_catalog.pg_class'::regclass AND p.refobjid = a.attrelid
      AND p.refobjsubid = a.attnum AND p.deptype = 'i' AND q.relname::text <> c.relname || '_' || a.attname || '_seq') END AS sequence,
  o.collname AS collation, CASE WHEN pg_collation_is_visible(o.oid) THEN NULL ELSE os.nspname END AS collation_schema,
  d.description AS comment
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation AND a.attcollation <> t.typcollation
LEFT JOIN pg_catalog.pg_namespace os ON os.oid = o.collnamespace
LEFT JOIN pg_catalog.pg_description d ON d.objoid = a.attrelid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = a.attnum
WHERE a.attrelid = ANY (${oids}) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum`,
  )
}

/** An enum says its schema where that is not the table's. */
function enumType({ model, schema }: IntrospectedEnum, tableSchema: string): ColumnType {
  const { ref, values } = model
  return { kind: 'enum', name: ref.name, ...(schema === tableSchema ? {} : { schema }), values }
}

function identityOf(row: Row, type: ColumnType): Identity | undefined {
  if (row.identity !== 'a' && row.identity !== 'd') return undefined
  const sequence = textOf(row.sequence)
  const [start, increment, minValue = '', maxValue = '', cache, cycle] = String(row.numbers).split(' ')
  return canonicaliseIdentity(
    {
      mode: row.identity === 'a' ? 'always' : 'byDefault',
      increment: Number(increment),
      minValue,
      maxValue,
      cache: Number(cache),
      cycle: cycle === 't',
      ...present({ start, sequence }),
    },
    type,
  )
}

function collationOf(row: Row): string | undefined {
  const name = textOf(row.collation)
  const schema = textOf(row.collation_schema)
  if (name === undefined || schema === undefined) return name
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
  return `${quoted(schema)}.${quoted(name)}`
}

/** What a row says of its column, besides whose it is. */
const facts = [
  ...['type', 'enum', 'required', 'fallback', 'generated', 'identity', 'numbers', 'sequence', 'collation'],
  ...['collation_schema', 'comment', 'inherited'],
]

/**
 * Reads columns; `schema` is the table's, by its own name. Of thousands of columns most differ in nothing but their names: each kind is
 * read once.
 */
export function columnReader(enums: ReadonlyMap<string, IntrospectedEnum>): (row: Row, schema: string) => ColumnModel {
  const columns = new Map<string, ColumnModel>()
  return (row, schema) => {
    const key = JSON.stringify([schema, ...facts.map((fact) => textOf(row[fact]))])
    const known = columns.get(key)
    if (known !== undefined) return { ...known, name: String(row.name) }
    const column = columnOf(row, schema, enums)
    columns.set(key, column)
    return column
  }
}

function columnOf(row: Row, schema: string, enums: ReadonlyMap<string, IntrospectedEnum>): ColumnModel {
  const namedEnum = row.enum === null ? undefined : enums.get(String(row.enum))
  const type = namedEnum === undefined ? fromSql(String(row.type)) : enumType(namedEnum, schema)
  const fallback = textOf(row.fallback)
  const isGenerated = row.generated === 's' || row.generated === 'v'
  const value = fallback === undefined || isGenerated ? undefined : readDefault(fallback, type)
  const identity = identityOf(row, type)
  const collation = collationOf(row)
  const comment = textOf(row.comment)
  return {
    name: String(row.name),
    type,
    nullable: !isSet(row.required),
    ...present({ default: value }),
    ...(isGenerated && fallback !== undefined
      ? { generated: { expression: unwrapped(fallback), stored: row.generated === 's' } }
      : {}),
    ...present({ identity, collation, comment }),
    ...(isSet(row.inherited) ? { inherited: true } : {}),
  }
}
