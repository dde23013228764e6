import { createMigrator } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'

/** The migrator of this release. @param {string} file */
export const migratorOf = (file) =>
  createMigrator({
    dialect: sqliteDialect({ url: `sqlite:${file}` }),
    tiers: [graph(new URL('./migrations/', import.meta.url))],
  })

/** Brings the database of this release to its newest revision. @param {string} file */
export async function migrate(file) {
  const { applied, heads } = await migratorOf(file).upgrade()
  return { applied, heads }
}
