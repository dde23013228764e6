// One of several processes that migrate the same file: runs on the built packages, as a service would.
import { createMigrator, graphOf, integer, revisions } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'

const chain = Array.from({ length: 8 }, (_, at) => ({
  revision: `r${at + 1}`,
  downRevision: at === 0 ? null : `r${at}`,
  upgrade(op) {
    op.createTable(`t${at + 1}`, (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
    op.run('one row', async (db) => void (await db.execute(`INSERT INTO "t${at + 1}" VALUES (?)`, [1n])))
  },
}))

const migrator = createMigrator({
  dialect: sqliteDialect({ url: `sqlite:${process.argv[2]}` }),
  tiers: [graphOf(revisions(chain))],
  transaction: 'revision',
})
const { applied } = await migrator.upgrade()
console.log(`applied ${applied.length}`)
