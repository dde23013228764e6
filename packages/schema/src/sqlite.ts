/** Open WebUI's tables as typed Drizzle tables of SQLite: `@org/migrate-schema/sqlite`. Needs drizzle-orm. */
import { type ColumnCodec, invalidValue, toDrizzleAll } from '@org/migrate-dialect-sqlite/drizzle'
import { type SQL, sql } from 'drizzle-orm'
import { parseJson, readJsonText, stringifyJson, writeJsonText } from './json-text.ts'
import { jsonTextColumns, tables } from './tables/all.ts'

const jsonTextCodec: ColumnCodec = {
  dataType: 'json',
  fromDriver(value, place) {
    if (typeof value !== 'string') throw invalidValue(place, `expected JSON text, found a ${typeof value}`)
    return readJsonText(value, place)
  },
  toDriver: (value, place) => writeJsonText(value, place),
}

const codecs = Object.fromEntries(
  Object.entries(jsonTextColumns).map(([table, columns]) => [
    table,
    Object.fromEntries(columns.map((column) => [column, jsonTextCodec])),
  ]),
)

const drizzleTables = toDrizzleAll(tables, { json: { parse: parseJson, stringify: stringifyJson }, codecs })

/** The Drizzle tables by their names in the database; also what `drizzle({ schema })` and `openDatabase` take. */
export const schema: typeof drizzleTables = drizzleTables

export const {
  auth,
  channel,
  channel_member,
  chat,
  chat_tag,
  chatidtag,
  config,
  document,
  feedback,
  file,
  folder,
  function: functionTable,
  group,
  group_member,
  knowledge,
  memory,
  message,
  message_reaction,
  model,
  note,
  prompt,
  tag,
  token_group,
  token_usage,
  tool,
  user,
} = schema

/** The JSON value null, where an SQL NULL is not wanted: Drizzle writes a plain `null` as SQL NULL. */
export const jsonNull: SQL = sql`'null'`

export type TableName = keyof typeof schema
/** A row as a query gives it: `Selected<'chat'>`. */
export type Selected<N extends TableName> = (typeof schema)[N]['$inferSelect']
/** A row as an insert takes it. */
export type Inserted<N extends TableName> = (typeof schema)[N]['$inferInsert']
