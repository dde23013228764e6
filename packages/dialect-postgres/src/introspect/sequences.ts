import type { IntrospectRequest, Row, SequenceModel, Session } from '@org/migrate-core/dialect'
import { canonicaliseSequence } from '../types/sequence-bounds.ts'
import { isSet, noExtension, type Reading, refOf, userSchema } from './reading.ts'
import { dependingOn, inSchemas, isScoped, requestedRelations } from './scope.ts'
import { sequenceExtras, sequenceExtrasSql } from './whole/objects.ts'

/** Of the schemas of a request those sequences that stand in them, and those elsewhere that its tables own. */
function scope(request: IntrospectRequest): string {
  if (!isScoped(request)) return ''
  return ` AND c.oid = ANY (ARRAY(${inSchemas('pg_class', request)} UNION ALL ${dependingOn('pg_class', 'pg_class', requestedRelations(request))}))`
}

/** All but those of identity columns, which are part of the column. */
export async function readSequences(session: Session, request: IntrospectRequest): Promise<readonly Row[]> {
  return session.query(`SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, format_type(s.seqtypid, NULL) AS type,
  s.seqstart::text AS start, s.seqincrement::text AS increment, s.seqmin::text AS low, s.seqmax::text AS high,
  s.seqcache::text AS cache, CASE WHEN s.seqcycle THEN 1 ELSE 0 END AS cycle,
  o.relname AS owner, os.nspname AS owner_schema, a.attname AS owner_column${request.whole ? `, ${sequenceExtrasSql}` : ''}
FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
  AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
LEFT JOIN pg_catalog.pg_class o ON o.oid = d.refobjid
LEFT JOIN pg_catalog.pg_namespace os ON os.oid = o.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.deptype IS DISTINCT FROM 'i' AND ${userSchema('n')}${scope(request)} AND ${noExtension('pg_class', 'c.oid')}
ORDER BY n.nspname, c.relname`)
}

const types = { smallint: 'integer16', integer: 'integer32', bigint: 'integer64' } as const

/** Only what is not as usual is stated. */
export function sequenceOf(reading: Reading, row: Row, isWhole: boolean): SequenceModel {
  const sequence = canonicaliseSequence({
    ref: refOf(reading, row.schema, row.name),
    type: types[String(row.type) as keyof typeof types],
    start: String(row.start),
    increment: String(row.increment),
    minValue: String(row.low),
    maxValue: String(row.high),
    cache: Number(row.cache),
    cycle: isSet(row.cycle),
    ...(row.owner === null
      ? {}
      : { ownedBy: { table: refOf(reading, row.owner_schema, row.owner), column: String(row.owner_column) } }),
  })
  return isWhole ? { ...sequence, ...sequenceExtras(row) } : sequence
}
