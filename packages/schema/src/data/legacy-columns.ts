import type { ColumnOptions } from '@org/migrate-core'

/**
 * How the sequential tier declares columns on SQLite, where it knew neither bigint nor boolean: the affinity, and so
 * every stored value, depends on these words.
 */
export const wholeNumber = { nullable: false, native: { sqlite: 'INTEGER' } } as const satisfies ColumnOptions
export const flag = { nullable: false, native: { sqlite: 'INTEGER' } } as const satisfies ColumnOptions
/** The epoch seconds of chats stand in columns called DATETIME there. */
export const dateTimeNumber = { nullable: false, native: { sqlite: 'DATETIME' } } as const satisfies ColumnOptions
/** Text of at most 255 characters on SQLite, where nothing enforces it, and of any length elsewhere. */
export const shortOnSqlite = { nullable: false, native: { sqlite: 'VARCHAR(255)' } } as const satisfies ColumnOptions

export const required = { nullable: false } as const satisfies ColumnOptions
/**
 * A string of a key. On MySQL and MariaDB it is declared binary and without padding: keys that differ only in case, accents or blanks at
 * the end are different ones, as they are on the other databases. A key there holds 255 characters.
 */
export const exactText = { mysql: 'varchar(255) COLLATE utf8mb4_0900_bin' } as const
export const requiredKey = { nullable: false, native: exactText } as const satisfies ColumnOptions
export const optionalKey = { native: exactText } as const satisfies ColumnOptions
/** The number that tells rows apart which have no id of their own; it comes from the database. */
export const rowNumber = { nullable: false, identity: { mode: 'byDefault' } } as const satisfies ColumnOptions
