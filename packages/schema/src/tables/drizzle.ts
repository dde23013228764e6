import { withArticle } from '@org/migrate-core/dialect'
import { type ColumnCodec, invalidValue, type JsonCodec } from '@org/migrate-drizzle'
import { type SQL, sql } from 'drizzle-orm'
import { parseJson, readJsonText, stringifyJson, writeJsonText } from '../json-text.ts'
import { jsonTextColumns } from './all.ts'

const jsonText: ColumnCodec = {
  dataType: 'json',
  fromDriver(value, location) {
    if (typeof value !== 'string')
      throw invalidValue(location, `expected JSON text, found ${withArticle(typeof value)}`)
    return readJsonText(value, location)
  },
  toDriver: (value, location) => writeJsonText(value, location),
}

const json: JsonCodec = { parse: parseJson, stringify: stringifyJson }

/** How values are read and written, the same on every dialect. */
export const columnCodecs = {
  json,
  codecs: Object.fromEntries(
    Object.entries(jsonTextColumns).map(([table, columns]) => [
      table,
      Object.fromEntries(columns.map((column) => [column, jsonText])),
    ]),
  ),
} as const

/** The JSON value null, where an SQL NULL is not wanted: Drizzle writes a plain `null` as SQL NULL. */
export const jsonNull: SQL = sql`'null'`
