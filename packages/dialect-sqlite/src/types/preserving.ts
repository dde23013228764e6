import {
  type ColumnType,
  type DialectPreserving,
  join,
  type PreservedForm,
  type SqlFragment,
  sql,
} from '@org/migrate-core/dialect'
import { fromSql } from './types.ts'

const textual: ReadonlySet<ColumnType['kind']> = new Set([
  'text',
  'varchar',
  'char',
  'uuid',
  'date',
  'time',
  'timestamp',
])

/** A function of ours has several copies of its text in memory: longer ones are for core, which reads them in parts. */
const longest = 1024 * 1024
/** For texts of more characters GLOB takes longer than `migrate_readable`. */
const shortText = 100

/**
 * Text of ASCII without a NUL, up to which length and GLOB read (https://www.sqlite.org/lang_corefunc.html#length): most texts are, and a
 * function of ours takes longer for short ones.
 */
const isPlain = (value: SqlFragment): SqlFragment =>
  sql`length(${value}) = octet_length(${value}) AND length(${value}) <= ${shortText} AND ${value} NOT GLOB char(42, 91, 94, 1, 45, 127, 93, 42)`

/** A cell may hold a value of another class than its column is declared with (https://www.sqlite.org/datatype3.html): that one is for core. */
function formOf({ kind }: ColumnType): PreservedForm | undefined {
  const digits: PreservedForm['write'] = (value) =>
    sql`CASE WHEN typeof(${value}) = 'integer' THEN CAST(${value} AS TEXT) END`
  if (kind === 'integer') return { encoding: 'int', write: digits, read: (text) => sql`CAST(${text} AS INTEGER)` }
  if (kind === 'boolean') {
    return {
      encoding: 'json',
      // Other integers are no booleans.
      write: (value) => sql`CASE ${digits(value)} WHEN '0' THEN 'false' WHEN '1' THEN 'true' END`,
      read: (text) => sql`CASE ${text} WHEN 'false' THEN 0 WHEN 'true' THEN 1 END`,
      hashed: (value) => ({ encoding: 'int', text: digits(value) }),
    }
  }
  if (!textual.has(kind)) return undefined
  const write: PreservedForm['write'] = (value) =>
    sql`CASE WHEN typeof(${value}) = 'text' AND octet_length(${value}) <= ${longest} THEN CASE WHEN ${isPlain(value)} THEN ${value} ELSE migrate_readable(${value}, CAST(${value} AS BLOB)) END END`
  return { encoding: 'text', write, compared: (value) => value, read: (text) => text }
}

/** An expression may be a thousand levels deep (https://www.sqlite.org/limits.html#max_expr_depth), and each `||` of a row is one. */
function concat(parts: readonly SqlFragment[]): SqlFragment {
  const half = parts.length >> 1
  return parts.length <= 16
    ? sql`(${join(parts, ' || ')})`
    : sql`(${concat(parts.slice(0, half))} || ${concat(parts.slice(half))})`
}

export const preserving: DialectPreserving = {
  form: ({ type, native }) => formOf(native?.sqlite === undefined ? type : fromSql(native.sqlite)),
  length: (text) => sql`length(${text})`,
  sha256: (text) => sql`migrate_sha256(${text})`,
  // json_quote(NULL) is the text null.
  jsonString: (text) => sql`CASE WHEN ${text} IS NOT NULL THEN json_quote(${text}) END`,
  jsonItem: (json, path) => {
    const items = path.map((index) => sql`[${index}]`)
    return sql`json_extract(${json}, '$${join(items, '')}')`
  },
  concat,
}
