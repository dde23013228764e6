import {
  type ColumnType,
  type DialectPreserving,
  join,
  type PreservedForm,
  sql,
  verbatim,
} from '@org/migrate-core/dialect'
import { typeOf } from './canonicalise.ts'
import { toSql } from './types.ts'

/** Those that a session gives as the server's own text. Of a char(n) the cast to text drops the blanks at its end. */
const asText: ReadonlySet<ColumnType['kind']> = new Set([
  'text',
  'varchar',
  'uuid',
  'decimal',
  'date',
  'time',
  'timestamp',
])

function formOf(type: ColumnType): PreservedForm | undefined {
  const write: PreservedForm['write'] = (value) => sql`CAST(${value} AS text)`
  const read: PreservedForm['read'] = (text) => sql`CAST(${text} AS ${verbatim(toSql(type))})`
  if (type.kind === 'integer') return { encoding: 'int', write, read }
  if (asText.has(type.kind)) return { encoding: 'text', write, read }
  if (type.kind !== 'boolean') return undefined
  return {
    encoding: 'json',
    write,
    read,
    hashed: (value) => ({ encoding: 'int', text: sql`CASE WHEN ${value} THEN '1' ELSE '0' END` }),
  }
}

export const preserving: DialectPreserving = {
  form: (column) => formOf(typeOf(column)),
  length: (text) => sql`char_length(${text})`,
  sha256: (text) => sql`encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`,
  jsonString: (text) => sql`CAST(to_json(${text}) AS text)`,
  jsonItem: (json, path) => {
    const items = path.slice(0, -1).map((index) => sql` -> ${index}`)
    return sql`(CAST(${json} AS json)${join(items, '')} ->> ${path.at(-1) ?? 0})`
  },
  concat: (parts) => sql`(${join(parts, ' || ')})`,
}
