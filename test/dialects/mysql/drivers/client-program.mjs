// Runs two revisions on an open client: `client-program.mjs <kind> <url> <command>`. `kill` ends the process in the second one.
import mariadb from 'mariadb'
import mysql from 'mysql2'
import mysqlPromise from 'mysql2/promise'
import { createMigrator, graphOf, integer, revisions } from '../../../../packages/core/dist/index.js'
import { mysqlDialect } from '../../../../packages/dialect-mysql/dist/index.js'

const [, , kind, uri, command] = process.argv
const { hostname: host, port, username: user, pathname } = new URL(uri)
const address = { host, port: Number(port), user, database: pathname.slice(1), allowPublicKeyRetrieval: true }

const clients = {
  'pool of mysql2': () => mysql.createPool(uri),
  'connection of mysql2': () => mysql.createConnection(uri),
  'pool of mysql2/promise': () => mysqlPromise.createPool(uri),
  'connection of mysql2/promise': () => mysqlPromise.createConnection(uri),
  'pool of mariadb': () => mariadb.createPool({ ...address, connectionLimit: 2 }),
  'connection of mariadb': () => mariadb.createConnection(address),
}

const client = await clients[kind]()
const migrator = createMigrator({
  dialect: mysqlDialect({ driver: client }),
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
await client.end()
