import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { inArray } from 'drizzle-orm'

/**
 * Takes the settings of a `config.json`, as old releases kept them, into the table config, and renames the file.
 *
 * @param {string} folder
 * @returns {(head: import('@org/migrate-schema/database').AfterHead) => Promise<void>}
 */
export function importSettings(folder) {
  return async ({ database }) => {
    const file = join(folder, 'config.json')
    const text = await readFile(file, 'utf8').catch((error) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (text === undefined) return
    if (database.dialect !== 'sqlite') throw new Error(`the settings of ${file} are for SQLite`)
    const { config } = database.tables
    /** @type {Record<string, import('@org/migrate-schema').JsonValue>} */
    const settings = JSON.parse(text)
    const rows = Object.entries(settings).map(([key, value]) => ({ key, value }))
    await database.withTransaction(async (db) => {
      await db.delete(config).where(inArray(config.key, Object.keys(settings)))
      if (rows.length > 0) await db.insert(config).values(rows)
    })
    // Killed before this, the next start takes the same settings again.
    await rename(file, join(folder, 'old_config.json'))
  }
}
