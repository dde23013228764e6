import type { DeclaredSchema } from '@org/migrate-core'
import { readDrizzle as readMysql } from '@org/migrate-drizzle/mysql'
import { readDrizzle as readPostgres } from '@org/migrate-drizzle/postgres'
import { readDrizzle as readSqlite } from '@org/migrate-drizzle/sqlite'
import type { ServerName } from '../../kit/servers.ts'

/** A schema that another author has written for Drizzle; its file says who, and at which commit. */
export interface RealSchema {
  readonly repository: string
  readonly on: readonly ('sqlite' | ServerName)[]
  readonly tables: number
  declared(): Promise<DeclaredSchema>
  /** What has to be in the database before. */
  readonly prepare?: readonly string[]
}

export const homarr: { readonly [D in 'sqlite' | 'postgres' | 'mysql']: RealSchema } = {
  sqlite: {
    repository: 'homarr-labs/homarr',
    on: ['sqlite'],
    tables: 35,
    declared: async () => readSqlite(await import('./schemas/homarr-labs-homarr-sqlite.ts')),
  },
  postgres: {
    repository: 'homarr-labs/homarr',
    on: ['postgres', 'postgres-next'],
    tables: 35,
    declared: async () => readPostgres(await import('./schemas/homarr-labs-homarr-postgres.ts')),
  },
  mysql: {
    repository: 'homarr-labs/homarr',
    on: ['mariadb', 'mysql'],
    tables: 35,
    declared: async () => readMysql(await import('./schemas/homarr-labs-homarr-mysql.ts')),
  },
}

export const realSchemas: readonly RealSchema[] = [
  ...Object.values(homarr),
  {
    repository: 'openstatusHQ/openstatus',
    on: ['sqlite'],
    tables: 47,
    declared: async () => readSqlite(await import('./schemas/openstatus-openstatus.ts')),
  },
  {
    repository: 'unkeyed/unkey',
    on: ['mysql'],
    tables: 48,
    declared: async () => readMysql(await import('./schemas/unkeyed-unkey.ts')),
  },
  {
    repository: 'CapSoftware/Cap',
    on: ['mysql'],
    tables: 38,
    declared: async () => readMysql(await import('./schemas/cap-software-cap.ts')),
  },
  {
    repository: 'midday-ai/midday',
    on: ['postgres', 'postgres-next'],
    tables: 50,
    declared: async () => readPostgres(await import('./schemas/midday-ai-midday.ts')),
    // Its indexes need the extension, and its computed columns and policies call the functions, of which only the names are theirs.
    prepare: [
      'CREATE EXTENSION pg_trgm',
      'CREATE SCHEMA private',
      'CREATE FUNCTION private.get_teams_for_authenticated_user() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$ SELECT NULL::uuid $$',
      "CREATE FUNCTION extract_product_names(products json) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT products ->> 'name' $$",
      "CREATE FUNCTION generate_inbox_fts(name text, products text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$ SELECT to_tsvector('english', name || products) $$",
    ],
  },
  {
    repository: 'Dokploy/dokploy',
    on: ['postgres', 'postgres-next'],
    tables: 67,
    declared: async () => readPostgres(await import('./schemas/dokploy-dokploy.ts')),
  },
]
