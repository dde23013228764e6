// drizzle-kit in a process of its own: it prints progress, and ends its process on some errors.
// argv: the dialect, and the bundle of its schemas. Questions come as messages, each with an id that the answer has too.
import { createRequire } from 'node:module'
import { URL } from 'node:url'
import { Database } from '../../kit/sqlite-client/client.mjs'

const [, , dialect, bundle] = process.argv
const require = createRequire(import.meta.url)
const kit = require('drizzle-kit/api')
const { schemas } = require(bundle)

const families = {
  sqlite: {
    open(url) {
      const client = new Database(url)
      return {
        db: require('drizzle-orm/better-sqlite3').drizzle(client),
        sql: async (text) => void client.exec(text),
        close: async () => void client.close(),
      }
    },
    snapshot: (exports, casing) => kit.generateSQLiteDrizzleJson(exports, undefined, casing),
    statements: kit.generateSQLiteMigration,
    push: (exports, { db }) => kit.pushSQLiteSchema(exports, db),
  },
  postgres: {
    open(url) {
      const client = require('postgres')(url, { max: 1, onnotice: () => undefined })
      const db = require('drizzle-orm/postgres-js').drizzle(client)
      return {
        // What it asks for is what node-postgres answers.
        db: { execute: async (query) => ({ rows: await db.execute(query) }) },
        sql: (text) => client.unsafe(text),
        close: () => client.end({ timeout: 5 }),
      }
    },
    snapshot: (exports, casing) => kit.generateDrizzleJson(exports, undefined, undefined, casing),
    statements: kit.generateMigration,
    push: (exports, { db }, { schemas: besides }) =>
      kit.pushSchema(exports, db, ['public', ...besides], ['!migrate_*']),
  },
  mysql: {
    async open(url) {
      const client = await require('mysql2/promise').createConnection(url)
      return {
        db: require('drizzle-orm/mysql2').drizzle(client),
        sql: (text) => client.query(text),
        close: () => client.end(),
      }
    },
    snapshot: (exports, casing) => kit.generateMySQLDrizzleJson(exports, undefined, casing),
    statements: kit.generateMySQLMigration,
    push: (exports, { db }, { url }) => kit.pushMySQLSchema(exports, db, new URL(url).pathname.slice(1)),
  },
}
const family = families[dialect]

/** What it would do to a database so that it is as declared. */
async function push({ exports, question, database }) {
  const { statementsToExecute } = await family.push(exports, database, question)
  return statementsToExecute
}

/** Makes the schema in an empty database, with the statements that `drizzle-kit generate` writes. */
async function make({ exports, schema, database }) {
  const empty = await family.snapshot({})
  const statements = await family.statements(empty, await family.snapshot(exports, schema.casing))
  for (const statement of statements) await database.sql(statement)
  return statements
}

process.on('message', async (question) => {
  const database = await family.open(question.url)
  try {
    const schema = schemas.find(({ name }) => name === question.schema)
    const exports = schema.versions[question.version]
    const statements = await { push, make }[question.ask]({ exports, schema, question, database })
    process.send({ id: question.id, statements })
  } catch (error) {
    process.send({ id: question.id, failed: error.message })
  } finally {
    await database.close()
  }
})
