export type Flavour = 'mysql' | 'mariadb'

export type Version = readonly [major: number, minor: number, patch: number]

/** What one server says of itself and of the database the connection stands in, as far as SQL text depends on it. */
export interface Server {
  readonly flavour: Flavour
  readonly version: Version
  /** 0: names of tables are told apart by case; 1: stored in lower case; 2: stored as written, compared in lower case. */
  readonly lowerCaseTableNames: 0 | 1 | 2
  /** A CREATE TABLE without a primary key is refused (MySQL, managed servers). */
  readonly sqlRequirePrimaryKey: boolean
  /** A CREATE TABLE without a primary key gets a hidden column `my_row_id` (MySQL 8.0.30). */
  readonly generatesPrimaryKey: boolean
  /** A table of InnoDB without a key of columns that are NOT NULL is refused. */
  readonly innodbForcesKey?: true
  /** Bytes of a page of InnoDB, if fewer than usual. */
  readonly smallPages?: number
  /** Where none is named, an index column has 767 bytes at most. */
  readonly olderRowFormat?: true
  /** A TIMESTAMP that is NOT NULL gets a default of the server's (old MariaDB). */
  readonly implicitTimestamps?: true
  /** The database's own, which a table gets that names none. */
  readonly defaultCharset: string
  readonly defaultCollation: string
  /** The collation that a table gets which names `utf8mb4` and no collation. */
  readonly utf8mb4Collation: string
}

/** Of tables that name none. Sessions ask for it: what a revision makes, and our own tables, can be rolled back on every server. */
export const defaultEngine = 'InnoDB'

/** https://dev.mysql.com/doc/refman/8.4/en/innodb-limits.html */
export const usualPage = 16_384

const usual = {
  lowerCaseTableNames: 0,
  sqlRequirePrimaryKey: false,
  generatesPrimaryKey: false,
  defaultCharset: 'utf8mb4',
} as const

/** What is assumed without a connection: the newest release with its own defaults. */
export const newest: { readonly [F in Flavour]: Server } = {
  mysql: Object.freeze({
    ...usual,
    flavour: 'mysql',
    version: [9, 7, 0] as const,
    defaultCollation: 'utf8mb4_0900_ai_ci',
    utf8mb4Collation: 'utf8mb4_0900_ai_ci',
  }),
  mariadb: Object.freeze({
    ...usual,
    flavour: 'mariadb',
    version: [11, 8, 0] as const,
    defaultCollation: 'utf8mb4_uca1400_ai_ci',
    utf8mb4Collation: 'utf8mb4_uca1400_ai_ci',
  }),
}

/**
 * The oldest releases that are supported. Before 8.0.16 MySQL reads a CHECK and forgets it; before 8.0.17 it has no
 * `utf8mb4_0900_bin`, the collation of exact keys: https://dev.mysql.com/doc/relnotes/mysql/8.0/en/news-8-0-17.html
 */
export const oldest: { readonly [F in Flavour]: Version } = { mysql: [8, 0, 17], mariadb: [10, 6, 0] }

export const flavourNames: { readonly [F in Flavour]: string } = { mysql: 'MySQL', mariadb: 'MariaDB' }

export function atLeast(version: Version, required: Version): boolean {
  const at = version.findIndex((part, index) => part !== required[index])
  return at === -1 || (version[at] ?? 0) > (required[at] ?? 0)
}

/**
 * Whether this server has what came with these releases; a flavour that is not named never has it.
 *
 * ```ts
 * const functional = since(server, { mysql: [8, 0, 13] })
 * ```
 */
export function since(
  server: Pick<Server, 'flavour' | 'version'>,
  first: { readonly [F in Flavour]?: Version },
): boolean {
  const required = first[server.flavour]
  return required !== undefined && atLeast(server.version, required)
}

/**
 * `11.4.2-MariaDB-1:11.4.2+maria~deb12`, `8.4.0`; MariaDB calls itself `5.5.5-10.6.…` where it has to pass for an old MySQL.
 * A fork of MySQL (Percona, Aurora) counts as the MySQL it says it is.
 */
export function flavourOf(version: string, comment: string): Pick<Server, 'flavour' | 'version'> | undefined {
  const [, major, minor, patch] = /^(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []
  if (major === undefined) return undefined
  const flavour = /mariadb/i.test(`${version} ${comment}`) ? 'mariadb' : 'mysql'
  return { flavour, version: [Number(major), Number(minor), Number(patch)] }
}

export function versionText({ version }: Pick<Server, 'version'>): string {
  return version.join('.')
}
