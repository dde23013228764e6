import { bigint, boolean, column, json, text, varchar } from '@org/migrate-core'
import { type JsonValue, jsonText } from './json-value.ts'

/*
 * What the legacy tier declares on SQLite: its tool knew INTEGER for every integer and boolean. What the graph adds
 * has SQLite's usual words for the logical types.
 */
const legacyInteger = { sqlite: 'INTEGER' } as const

/** A string of a key: binary and without padding on MySQL and MariaDB, as the revisions make it. */
const exactText = { mysql: 'varchar(255) COLLATE utf8mb4_0900_bin' } as const

export const required = {
  keyString: () => column(varchar(255), { nullable: false, native: exactText }),
  keyText: () => column(text(), { nullable: false, native: exactText }),
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
  keyString: () => column(varchar(255), { native: exactText }),
  keyText: () => column(text(), { native: exactText }),
  string: () => column(varchar(255)),
  text: () => column(text()),
  jsonText: () => column(jsonText(), { holds: 'json' }),
  json: () => column(json<JsonValue>()),
  bigint: () => column(bigint()),
  boolean: () => column(boolean()),
} as const
