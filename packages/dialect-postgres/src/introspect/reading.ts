import type { IntrospectRequest, Row, SqlValue, TableRef } from '@org/migrate-core/dialect'

/** What every kind of object is read with. */
export interface Reading {
  /** The schema that the session stands in: its objects have no schema in the model. */
  readonly current: string | undefined
  /** In a shadow schema: what the schema is called meanwhile in which the session works otherwise. */
  readonly aside: string | undefined
  /** Those that the request names by that schema all the same: they are found under the requested name. */
  readonly spelledOut: ReadonlySet<string>
}

export function readingOf(
  { current, aside }: Pick<Reading, 'current' | 'aside'>,
  { tables = [] }: IntrospectRequest,
): Reading {
  const bare = new Set(tables.filter(({ schema }) => schema === undefined).map(({ name }) => name))
  const requested = tables.filter(({ schema, name }) => schema !== undefined && schema === current && !bare.has(name))
  return { current, aside, spelledOut: new Set(requested.map(({ name }) => name)) }
}

export function refOf(
  { current, aside, spelledOut }: Reading,
  schema: SqlValue | undefined,
  name: SqlValue | undefined,
): TableRef {
  const own = (schema === current && !spelledOut.has(String(name))) || (aside !== undefined && schema === aside)
  return own ? { name: String(name) } : { schema: String(schema), name: String(name) }
}

export function textOf(value: SqlValue | undefined): string | undefined {
  return value === null || value === undefined ? undefined : String(value)
}

/** A flag that the query gives as 0 or 1: a computed boolean has no type of its own in a session. */
export function isSet(value: SqlValue | undefined): boolean {
  return value !== null && value !== undefined && Number(value) === 1
}

/** A list that the query gives as the text of a JSON array. */
export function listOf<T = string>(value: SqlValue | undefined): readonly T[] {
  return typeof value === 'string' ? (JSON.parse(value) as readonly T[]) : []
}

/**
 * What the transaction of a shadow schema knows of itself. Any user may set a setting with a dot in its name, and that of a
 * transaction is gone with it: https://www.postgresql.org/docs/current/runtime-config-custom.html
 */
export const shadowSettings = {
  /** The numbers of all schemas that are not part of the shadow, as an array. */
  hidden: 'migrate.hidden_schemas',
  /** `ShadowNames`, as JSON. */
  names: 'migrate.shadow_names',
} as const

export interface ShadowNames {
  /** The schema that is stood in otherwise: what it is called meanwhile, and what it is called. */
  readonly aside?: string
  readonly own?: string
  /** By what each live schema is called meanwhile, its name. */
  readonly live?: Readonly<Record<string, string>>
}

/** The value of such a setting; NULL outside a shadow schema. One that was set in an earlier transaction of the session is empty. */
export const shadowSetting = (name: keyof typeof shadowSettings): string =>
  `nullif(pg_catalog.current_setting('${shadowSettings[name]}', true), '')`

/** The schemas of users, less those that belong to an extension. No other name may begin with `pg_`. */
export const userSchema = (schema: string): string =>
  `${schema}.nspname !~ '^pg_' AND ${schema}.nspname <> 'information_schema' AND ${schema}.oid <> ALL ((SELECT coalesce(${shadowSetting('hidden')}, '{}')::oid[])::oid[])`

/** What an extension brought is the extension's. */
export const noExtension = (catalog: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`

/** Numbers of objects as a literal of SQL. */
export type Oids = `'{${string}}'::oid[]`

/** In the text of a statement: one with a parameter would wait for the server to say its type, and so would all behind it. */
export function oidsOf(rows: readonly Row[]): Oids {
  return `'{${rows.map((row) => BigInt(String(row.oid))).join(',')}}'::oid[]`
}
