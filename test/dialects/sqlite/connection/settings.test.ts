import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { Connection } from '../../../../packages/dialect-sqlite/src/connection/connection.ts'
import { openTransaction } from '../../../../packages/dialect-sqlite/src/connection/transaction.ts'

it('a setting that SQLite does not take is an error', async () => {
  const db = new Database(':memory:')
  const connection = new Connection(db as unknown as ConstructorParameters<typeof Connection>[0], {
    database: ':memory:',
    waiting: { waitMs: 0 },
    functions: false,
  })
  // Inside a transaction PRAGMA foreign_keys does nothing, without a word.
  db.exec('BEGIN')
  await expect(openTransaction(connection, { foreignKeys: 'off' })).rejects.toMatchObject({
    code: 'SESSION_SETTING_REFUSED',
    details: { setting: 'foreign_keys', desired: '0', actual: '1' },
  })
  db.close()
})
