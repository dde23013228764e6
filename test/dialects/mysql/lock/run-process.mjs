// A run in a process of its own, on the built packages, as a service would have it. Arguments: the URL.
import { createMigrator, graphOf } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { chain } from './chain.mjs'

const migrator = createMigrator({
  dialect: mysqlDialect({ url: process.argv[2] }),
  tiers: [graphOf(chain())],
})
const { applied } = await migrator.upgrade()
console.log(`applied ${applied.length}`)
