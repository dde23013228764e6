// One of many instances of a service that start at once: runs on the built packages, as a service would.
import { createMigrator, graphOf, integer, revisions, varchar } from '@org/migrate-core'
import { unlocked } from '../kit/unlocked.mjs'

const { url, start, without } = JSON.parse(process.argv[2])

/** Every revision makes a table and leaves a row that a second application would double. */
const chain = Array.from({ length: 12 }, (_, at) => ({
  revision: `r${String(at + 1).padStart(2, '0')}`,
  downRevision: at === 0 ? null : `r${String(at).padStart(2, '0')}`,
  upgrade(op) {
    if (at === 0) {
      op.createTable('applied', (t) => {
        t.column('revision', varchar(8), { nullable: false })
      })
    }
    op.createTable(`t${at + 1}`, (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
    op.run('a row', {
      up: async (db) => void (await db.execute('INSERT INTO applied (revision) VALUES (?)', [String(at + 1)])),
      down: 'none',
    })
  },
}))

async function dialectOf() {
  if (url.startsWith('sqlite')) return (await import('@org/migrate-dialect-sqlite')).sqliteDialect({ url })
  if (url.startsWith('postgres')) {
    const { postgresDialect } = await import('@org/migrate-dialect-postgres')
    return postgresDialect(without === 'session' ? { url, lock: 'table' } : { url })
  }
  return (await import('@org/migrate-dialect-mysql')).mysqlDialect({ url })
}

const dialect = await dialectOf()
const migrator = createMigrator({
  dialect: without === 'lock' ? unlocked(dialect) : dialect,
  tiers: [graphOf(revisions(chain))],
  lockWaitMs: 240_000,
})
// Everybody is loaded before anybody begins.
await new Promise((resolve) => setTimeout(resolve, Math.max(0, start - Date.now())))
try {
  const { state, revision, applied } = await migrator.ensure({ mode: 'apply', timeoutMs: 240_000 })
  console.log(JSON.stringify({ state, revision, applied }))
} catch (error) {
  console.log(JSON.stringify({ failed: error.code, message: error.message }))
  process.exitCode = 1
}
