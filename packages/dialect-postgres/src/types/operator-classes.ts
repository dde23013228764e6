import type { ColumnType } from '@org/migrate-core/dialect'
import { toSql } from './types.ts'

/** Types whose classes are not called by their names: https://www.postgresql.org/docs/current/indexes-opclass.html */
const stems: ReadonlyMap<string, string> = new Map([
  ['smallint', 'int2'],
  ['integer', 'int4'],
  ['bigint', 'int8'],
  ['real', 'float4'],
  ['double precision', 'float8'],
  ['boolean', 'bool'],
  ['character varying', 'text'],
  ['character', 'bpchar'],
  ['"char"', 'char'],
  ['bit varying', 'varbit'],
  ['time without time zone', 'time'],
  ['time with time zone', 'timetz'],
  ['timestamp without time zone', 'timestamp'],
  ['timestamp with time zone', 'timestamptz'],
  ['cidr', 'inet'],
  ['polygon', 'poly'],
])

const sizes = /\(\d+(?:,-?\d+)?\)/g

function stemOf(type: ColumnType): string | undefined {
  if (type.kind === 'enum' && type.name !== undefined) return 'enum'
  const sql = toSql(type).replaceAll(sizes, '')
  if (sql.endsWith('[]')) return 'array'
  if (/^\w+multirange$/.test(sql)) return 'multirange'
  if (/^\w+range$/.test(sql)) return 'range'
  return stems.get(sql) ?? (/^\w+$/.test(sql) ? sql : undefined)
}

/** Whether the class is the one that an index of that method takes anyway: the server does not show it. */
export function isUsualClass(operatorClass: string, type: ColumnType, method: string | undefined): boolean {
  const stem = stemOf(type)
  if (stem === undefined) return false
  if (method === 'brin') return operatorClass === `${stem}_${stem === 'inet' ? 'inclusion' : 'minmax'}_ops`
  if (method === 'spgist' && stem === 'point') return operatorClass === 'quad_point_ops'
  return operatorClass === `${stem}_ops`
}
