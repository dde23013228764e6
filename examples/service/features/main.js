// Models and queries over a database that migrates itself.
import { resolve } from 'node:path'
import { createMigrator } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { openSqlite } from '@org/migrate-drizzle/sqlite'
import { features } from './model.js'
import { getFeaturesByUser, insertFeature } from './queries.js'

const url = `sqlite:${resolve(process.argv[2] ?? 'features.db')}`
const tiers = [graph(new URL('./migrations/', import.meta.url))]
await createMigrator({ dialect: sqliteDialect({ url }), tiers }).ensure({ mode: 'apply' })

const database = openSqlite({ url, schema: { features } })
const { id } = await insertFeature(database.db, { user_id: 'ada', name: 'search' })
await insertFeature(database.db, { user_id: 'ada', name: 'export', enabled: true, settings: { limit: 10 } })
await insertFeature(database.db, { user_id: 'bob', name: 'search' })
const owned = await getFeaturesByUser(database.db, 'ada')
console.log(`The first has the id ${id}.`)
for (const { name, enabled, settings } of owned) console.log(`${name}: ${enabled} ${JSON.stringify(settings)}`)
await database.close()
