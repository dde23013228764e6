// Runs two revisions on an open client: `client-program.mjs <kind> <url or folder> <command>`. `kill` ends the process in the second one.
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import postgres from 'postgres'
import { createMigrator, graphOf, integer, revisions } from '../../../../packages/core/dist/index.js'
import { postgresDialect } from '../../../../packages/dialect-postgres/dist/index.js'

const [, , kind, url, command] = process.argv

const clients = {
  'pg.Pool': async () => {
    const pool = new pg.Pool({ connectionString: url })
    return [pool, () => pool.end()]
  },
  'pg.Client': async () => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    return [client, () => client.end()]
  },
  'postgres.js': async () => {
    const sql = postgres(url)
    return [sql, () => sql.end()]
  },
  PGlite: async () => {
    const client = await PGlite.create(url)
    return [client, () => client.close()]
  },
}

const [client, close] = await clients[kind]()
const migrator = createMigrator({
  dialect: postgresDialect({ driver: client }),
  tiers: [
    graphOf(
      revisions([
        {
          revision: 'a1',
          downRevision: null,
          upgrade: (op) => op.createTable('a', (t) => t.column('id', integer(), { nullable: false })),
        },
        {
          revision: 'b1',
          downRevision: 'a1',
          upgrade: (op) => {
            op.createTable('b', (t) => {
              t.column('id', integer(), { nullable: false })
              t.primaryKey(['id'])
            })
            op.run('rows of b', {
              up: async (db) => {
                await db.execute('INSERT INTO b VALUES (?)', [7n])
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
await close()
