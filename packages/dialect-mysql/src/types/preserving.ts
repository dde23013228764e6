import { type ColumnType, type DialectPreserving, join, type PreservedForm, sql } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { fromSql } from './types.ts'

const dated: ReadonlySet<ColumnType['kind']> = new Set(['date', 'time', 'timestamp'])

function formOf(type: ColumnType): PreservedForm | undefined {
  const asChar: PreservedForm['write'] = (value) => sql`CAST(${value} AS CHAR CHARACTER SET utf8mb4)`
  if (type.kind === 'integer') return { encoding: 'int', write: asChar, read: (text) => sql`CAST(${text} AS SIGNED)` }
  if (type.kind === 'text' || type.kind === 'varchar' || type.kind === 'uuid')
    return { encoding: 'text', write: (value) => sql`CONVERT(${value} USING utf8mb4)`, read: (text) => text }
  if (dated.has(type.kind) || type.kind === 'decimal') return { encoding: 'text', write: asChar, read: (text) => text }
  return undefined
}

export const preserving: DialectPreserving = {
  form: ({ type, native }) => formOf(native?.mysql === undefined ? type : fromSql(native.mysql)),
  length: (text) => sql`char_length(${text})`,
  sha256: (text) => sql`SHA2(${text}, 256)`,
  // MariaDB spells control characters with capital letters, as in \u001F.
  jsonString: (text) =>
    sql`CASE WHEN LOCATE(${quote.literal(String.raw`\u00`)}, JSON_QUOTE(${text})) = 0 THEN JSON_QUOTE(${text}) END`,
  // JSON_VALUE ends at 512 characters: https://dev.mysql.com/doc/refman/8.4/en/json-search-functions.html#function_json-value
  jsonItem: (json, path) => {
    const items = path.map((index) => sql`[${index}]`)
    return sql`JSON_UNQUOTE(JSON_EXTRACT(${json}, '$${join(items, '')}'))`
  },
  concat: (parts) => sql`CONCAT(${join(parts)})`,
}
