import { bigint, boolean, column, json, text, varchar } from '@org/migrate-core'
import { type JsonValue, jsonText } from './json-value.ts'

/*
 * What the legacy tier declares on SQLite: its tool knew INTEGER for every integer and boolean. What the graph adds
 * has SQLite's usual words for the logical types.
 */
const legacyInteger = { sqlite: 'INTEGER' } as const

export const required = {
  string: () => column(varchar(255), { nullable: false }),
  text: () => column(text(), { nullable: false }),
  jsonText: () => column(jsonText(), { nullable: false, holds: 'json' }),
  json: () => column(json<JsonValue>(), { nullable: false }),
  bigint: () => column(bigint(), { nullable: false }),
  boolean: () => column(boolean(), { nullable: false }),
  legacyBigint: () => column(bigint(), { nullable: false, native: legacyInteger }),
  legacyBoolean: () => column(boolean(), { nullable: false, native: legacyInteger }),
} as const

export const optional = {
  string: () => column(varchar(255)),
  text: () => column(text()),
  jsonText: () => column(jsonText(), { holds: 'json' }),
  json: () => column(json<JsonValue>()),
  bigint: () => column(bigint()),
  boolean: () => column(boolean()),
} as const
