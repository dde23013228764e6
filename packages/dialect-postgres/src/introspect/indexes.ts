import { present } from '@org/migrate-core/connection'
import type { IndexElement, IndexModel, Row, Session } from '@org/migrate-core/dialect'
import { type DefinitionPart, readIndexDefinition } from './index-definition.ts'
import { isSet, type Oids, textOf } from './reading.ts'

/** Indexes that are no constraint's. A partitioned one is "invalid" while a partition lacks it, and is there all the same. */
export function readIndexes(session: Session, oids: Oids): Promise<readonly Row[]> {
  return session.query(
    `SELECT i.indrelid::text AS owner, c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition,
  CASE WHEN i.indisvalid AND i.indisready AND i.indislive OR c.relkind = 'I' THEN 1 ELSE 0 END AS valid,
  d.description AS comment
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
WHERE i.indrelid = ANY (${oids})
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = i.indrelid AND k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
ORDER BY i.indrelid, c.relname`,
  )
}

function elementOf({ term, isColumn, collation, operatorClass, order, nulls }: DefinitionPart): IndexElement {
  return {
    ...(isColumn ? { column: term } : { expression: term }),
    ...present({ order, nulls, collation, operatorClass }),
  }
}

/** An index as `pg_get_indexdef` prints it: what is as usual is not printed. */
export function indexOf(row: Row): IndexModel & { readonly valid: boolean } {
  const definition = readIndexDefinition(String(row.definition))
  const comment = textOf(row.comment)
  return {
    name: String(row.name),
    unique: definition.unique,
    elements: definition.elements.map(elementOf),
    ...present({ where: definition.where }),
    ...(definition.method === 'btree' ? {} : { method: definition.method }),
    ...(definition.include.length === 0 ? {} : { include: definition.include }),
    ...(definition.nullsNotDistinct ? { nullsNotDistinct: true } : {}),
    ...(Object.keys(definition.options).length === 0 ? {} : { options: definition.options }),
    ...present({ comment }),
    valid: isSet(row.valid),
  }
}
