// Runs two revisions on a file with a named driver, or with an open client of it. `kill` ends the process in the middle of a rebuild.
import { createMigrator, graphOf, integer, revisions, text } from '../../../../packages/core/dist/index.js'
import { sqliteDialect } from '../../../../packages/dialect-sqlite/dist/index.js'

const [, , file, driver, how, module, command] = process.argv

async function openClient() {
  if (driver === 'node:sqlite') return new (process.getBuiltinModule(driver).DatabaseSync)(file)
  const { Database, default: Client } = await import(module)
  return new (Database ?? Client)(file)
}

const client = how === 'open' ? await openClient() : undefined
const dialect =
  client === undefined ? sqliteDialect({ url: `sqlite:${file}`, driver }) : sqliteDialect({ driver: client })
const migrator = createMigrator({
  dialect,
  tiers: [
    graphOf(
      revisions([
        {
          revision: 'a1',
          downRevision: null,
          upgrade(op) {
            op.createTable('a', (t) => {
              t.column('code', text(), { nullable: false })
              t.column('n', text())
              t.primaryKey(['code'])
            })
            op.run('rows', {
              up: async (db) => {
                await db.execute('INSERT INTO "a" ("code", "n") VALUES (?, ?), (?, ?)', ['x', '1', 'y', '2'])
              },
              down: 'none',
            })
            op.alterTable('a', (t) => {
              t.alterColumn('n', { type: integer(), using: 'CAST("n" AS INTEGER)', usingBack: 'CAST("n" AS TEXT)' })
              t.addColumn('big', integer(), { default: 7 })
            })
            op.run('end', {
              up: async () => {
                if (command === 'kill') process.kill(process.pid, 'SIGKILL')
              },
              down: 'none',
            })
          },
        },
      ]),
    ),
  ],
})
if (command === 'downgrade') await migrator.downgrade('base')
else await migrator.upgrade()
client?.close()
