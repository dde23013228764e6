import type { HookDatabase } from './hooks.ts'

/** What a seed may do: read and write rows, in portable SQL or through Drizzle. It is dead after the seed ended. */
export type SeedDatabase = HookDatabase

/**
 * Writes the rows that a database needs for development. It is run again on a database that has them already: write rows that may be
 * there with `ON CONFLICT … DO NOTHING`, or ask first.
 *
 * ```ts
 * const seed: SeedFunction = async (db) => {
 *   await db.execute('INSERT INTO "roles" ("id", "name") VALUES (?, ?) ON CONFLICT DO NOTHING', [1, 'admin'])
 * }
 * ```
 */
export type SeedFunction = (db: SeedDatabase) => void | Promise<void>
