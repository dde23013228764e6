// Makes the declared tables: `node make-declared.mjs <url> <count>`.
import { emptySchema } from '../../packages/core/dist/dialect.js'
import { declaredTables } from './declared-tables.mjs'
import { dialectOf } from './dialect-of.mjs'

const [, , url, count] = process.argv
const plain = await dialectOf(url)
const session = await plain.connection.connect({ purpose: 'run' })
const dialect = await (session.dialect ?? plain).load()
// PostgreSQL keeps a lock for each new table until the end of the transaction, in a table of locks of a fixed size.
const tablesOfTransaction = 500
const tables = declaredTables(Number(count))
let scope
for (const [at, { model }] of tables.entries()) {
  if (dialect.capabilities.transactionalDdl === 'yes' && at % tablesOfTransaction === 0) {
    await scope?.commit()
    scope = await session.begin()
  }
  // One statement per table: no table refers to another.
  const operation = /** @type {const} */ ({ kind: 'createTable', table: model })
  const after = dialect.model.apply(emptySchema, operation)
  const statements = dialect.compiler.table.createTable({ operation, before: emptySchema, after })
  for (const { sql } of statements) await session.execute(sql)
}
await scope?.commit()
await session.close()
