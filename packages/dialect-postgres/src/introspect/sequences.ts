import type { Row, SequenceModel, Session } from '@org/migrate-core/dialect'
import { usualBounds } from '../sequence-bounds.ts'
import { isSet, noExtension, type Reading, refOf, userSchema } from './reading.ts'

/** All but those of identity columns, which are part of the column. */
export function readSequences(session: Session): Promise<readonly Row[]> {
  return session.query(`SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, format_type(s.seqtypid, NULL) AS type,
  s.seqstart::text AS start, s.seqincrement::text AS increment, s.seqmin::text AS low, s.seqmax::text AS high,
  s.seqcache::text AS cache, CASE WHEN s.seqcycle THEN 1 ELSE 0 END AS cycle,
  o.relname AS owner, os.nspname AS owner_schema, a.attname AS owner_column
FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
  AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
LEFT JOIN pg_catalog.pg_class o ON o.oid = d.refobjid
LEFT JOIN pg_catalog.pg_namespace os ON os.oid = o.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.deptype IS DISTINCT FROM 'i' AND ${userSchema('n')} AND ${noExtension('pg_class', 'c.oid')}
ORDER BY n.nspname, c.relname`)
}

const types = {
  smallint: { type: 'integer16', bits: 16 },
  integer: { type: 'integer32', bits: 32 },
  bigint: { type: undefined, bits: 64 },
} as const

/** Only what is not as usual is said. */
export function sequenceOf(reading: Reading, row: Row): SequenceModel {
  const { type, bits } = types[String(row.type) as keyof typeof types] ?? types.bigint
  const [start, increment, low, high] = [row.start, row.increment, row.low, row.high].map(String) as [
    string,
    string,
    string,
    string,
  ]
  const ascending = !increment.startsWith('-')
  const normal = usualBounds(ascending, bits)
  return {
    ref: refOf(reading, row.schema, row.name),
    ...(type === undefined ? {} : { type }),
    ...(start === (ascending ? low : high) ? {} : { start }),
    ...(increment === '1' ? {} : { increment }),
    ...(low === normal.low ? {} : { minValue: low }),
    ...(high === normal.high ? {} : { maxValue: high }),
    ...(row.cache === '1' ? {} : { cache: Number(row.cache) }),
    ...(isSet(row.cycle) ? { cycle: true } : {}),
    ...(row.owner === null
      ? {}
      : { ownedBy: { table: refOf(reading, row.owner_schema, row.owner), column: String(row.owner_column) } }),
  }
}
