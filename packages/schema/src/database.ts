/** The database of the service: `@org/migrate-schema/database`. Needs drizzle-orm. */
import { type OpenDatabase, type OpenSqliteOptions, openSqlite } from '@org/migrate-dialect-sqlite/drizzle'
import { schema } from './sqlite.ts'

export type { DatabaseSession, UseOptions } from '@org/migrate-dialect-sqlite/drizzle'

export type OpenDatabaseOptions = Omit<OpenSqliteOptions<typeof schema>, 'url' | 'schema'>
export type Database = OpenDatabase<typeof schema>

/**
 * Opens the database that `migrator.ensure()` has brought to HEAD, with Drizzle instances that know its tables.
 * Throws INVALID_URL for a database that is not SQLite.
 *
 * ```ts
 * const database = openDatabase('sqlite:////data/webui.db', { journalMode: 'wal' })
 * const chats = await database.db.select().from(chat).where(eq(chat.user_id, id))
 * ```
 */
export function openDatabase(url: string, options: OpenDatabaseOptions = {}): Database {
  return openSqlite({ ...options, url, schema })
}
