// One of many instances of a service that start at once: runs on the built packages, as a service would. It says when it is
// loaded, and begins when it is told to: `{ url, without }`; the answer is what `ensure` said.
import { createMigrator, graphOf, integer, revisions, varchar } from '@org/migrate-core'
import { unlocked } from '../../kit/unlocked.mjs'

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

async function dialectOf({ url, without }) {
  if (url.startsWith('sqlite')) return (await import('@org/migrate-dialect-sqlite')).sqliteDialect({ url })
  if (url.startsWith('postgres')) {
    const { postgresDialect } = await import('@org/migrate-dialect-postgres')
    return postgresDialect(without === 'session' ? { url, lock: 'table' } : { url })
  }
  return (await import('@org/migrate-dialect-mysql')).mysqlDialect({ url })
}

async function begin(job) {
  const dialect = await dialectOf(job)
  const migrator = createMigrator({
    dialect: job.without === 'lock' ? unlocked(dialect) : dialect,
    tiers: [graphOf(revisions(chain))],
    lockWaitMs: 240_000,
  })
  try {
    const { state, revision, applied } = await migrator.ensure({ mode: 'apply', timeoutMs: 240_000 })
    return { state, revision, applied }
  } catch (error) {
    return { failed: error.code ?? 'none', message: error.message }
  }
}

process.on('message', async (job) => process.send(await begin(job)))
process.on('disconnect', () => process.exit(0))
// What takes time is loaded before there is anything to do.
for (const name of ['sqlite', 'postgres', 'mysql']) await import(`@org/migrate-dialect-${name}`)
for (const driver of ['postgres', 'mysql2']) await import(driver)
process.send('ready')
