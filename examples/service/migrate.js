import { createMigrator } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'

/** Brings the database of this release to its newest revision. @param {string} file */
export async function migrate(file) {
  const migrator = createMigrator({
    dialect: sqliteDialect({ url: `sqlite:${file}` }),
    tiers: [graph(new URL('./migrations/', import.meta.url))],
  })
  const { applied, heads } = await migrator.upgrade()
  return { applied, heads }
}
