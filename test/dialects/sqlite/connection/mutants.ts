import type { Mutant } from '../../../kit/mutants/mutant.ts'

const sqlite = 'packages/dialect-sqlite/src'
const transaction = 'test/dialects/sqlite/connection/transaction.test.ts'
const connection = 'test/dialects/sqlite/connection/connection.test.ts'

/** Transactions and settings of a SQLite session. */
export const sessionMutants: readonly Mutant[] = [
  {
    name: 'let a service begin a transaction of its own on SQLite',
    file: 'packages/dialect-sqlite/src/connection/service-connection.ts',
    find: "if (classify(sql) === 'transaction') throw refusedOverServiceConnection('sqlite', sql)",
    replace: '',
    test: [
      'test/dialects/sqlite/drizzle/transactions.test.ts',
      'refuses to begin and to end transactions by db.run of raw SQL',
    ],
  },
  {
    name: 'read a statement behind an empty one as unknown on SQLite',
    file: 'packages/dialect-sqlite/src/sql/classify.ts',
    find: 'all.slice(Math.max(0, start))',
    replace: 'all.slice(Math.min(0, start))',
    test: [
      'test/dialects/sqlite/drizzle/transactions.test.ts',
      'refuses to begin and to end transactions by db.run of raw SQL',
    ],
  },
  {
    name: 'give a connection on in a transaction that a statement left open (SQLite)',
    file: 'packages/dialect-sqlite/src/connection/service-connection.ts',
    find: 'if (!this.#inTransaction && this.#connection.db.inTransaction) await this.#giveUp(sql)',
    replace: '',
    test: [
      'test/dialects/sqlite/drizzle/transactions.test.ts',
      'rolls back a transaction that a statement leaves open',
    ],
  },
  {
    name: 'say nothing of a transaction that a procedure left open (MySQL)',
    file: 'packages/dialect-mysql/src/connection/service-connection.ts',
    find: 'if (this.#scope === undefined && this.#exchange.hasUnmanagedTransaction)',
    replace: "if (this.#scope === undefined && this.#exchange.hasUnmanagedTransaction && sql === '')",
    test: ['test/dialects/mysql/drizzle/open.test.ts', 'reports a procedure that leaves a transaction open'],
  },
  {
    name: 'begin DEFERRED',
    file: 'packages/dialect-sqlite/src/connection/transaction.ts',
    find: "connection.db.exec('BEGIN IMMEDIATE')",
    replace: "connection.db.exec('BEGIN')",
    test: [transaction, 'gives up with DATABASE_BUSY, or with the reason of the signal'],
  },
  {
    name: 'wait for a writer inside the driver',
    file: 'packages/dialect-sqlite/src/connection/drivers/better-sqlite3.ts',
    find: 'return (file, options) => new Handle(file, { ...options, timeout: 0 })',
    replace: 'return (file, options) => new Handle(file, { ...options, timeout: 2000 })',
    test: [transaction, 'waits for a writer without blocking the event loop'],
  },
  {
    name: 'swallow an error of COMMIT',
    file: 'packages/dialect-sqlite/src/connection/transaction.ts',
    find: "connection.db.exec('COMMIT')",
    replace: "try { connection.db.exec('COMMIT') } catch {}",
    test: [transaction, 'names the row of a deferred foreign key that COMMIT refuses'],
  },
  {
    name: 'give up COMMIT at the first reader',
    file: 'packages/dialect-sqlite/src/connection/busy-wait.ts',
    find: 'if (!isBusy(error)) throw error',
    replace: 'throw error',
    test: [transaction, 'tries COMMIT again while a reader holds its lock'],
  },
  {
    name: 'leave a transaction open that could not be committed',
    file: 'packages/dialect-sqlite/src/connection/transaction.ts',
    find: '          rollbackNow(connection)\n          throw error',
    replace: '          throw error',
    test: [transaction, 'that cannot be committed in time is rolled back and says so'],
  },
  {
    name: 'continue after SQLite has rolled back by itself',
    file: 'packages/dialect-sqlite/src/connection/session.ts',
    find: 'if (this.#scope !== undefined && !connection.db.inTransaction) {',
    replace: 'if (this.#scope === null) {',
    test: [transaction, 'that SQLite rolled back by itself takes no more statements and cannot be committed'],
  },
  {
    name: 'leave foreign keys on',
    file: 'packages/dialect-sqlite/src/connection/transaction.ts',
    find: "if (unchecked) set(connection, 'foreign_keys', '0')",
    replace: '',
    test: ['test/dialects/sqlite/rebuild/survive.test.ts', 'of a parent keeps every child row of ON DELETE CASCADE'],
  },
  {
    name: 'believe that foreign keys are off without reading it back',
    file: 'packages/dialect-sqlite/src/connection/transaction.ts',
    find: 'if (actual === value) return',
    replace: "if (actual !== '') return",
    test: ['test/dialects/sqlite/connection/settings.test.ts', 'a setting that SQLite does not take is an error'],
  },
  {
    name: 'leave the settings as a rebuild had them',
    file: 'packages/dialect-sqlite/src/connection/transaction.ts',
    find: 'if (connection.pragma(setting) !== value) set(connection, setting, value)',
    replace: '',
    test: [transaction, 'are off inside, back on afterwards, in every ending'],
  },
  {
    name: 'ignore what was violated before',
    file: 'packages/dialect-sqlite/src/connection/transaction.ts',
    find: 'refuseNewViolations(connection, violations, ',
    replace: 'refuseNewViolations(connection, undefined, ',
    test: [transaction, 'let violations stay that were there before, but no new one'],
  },
  {
    name: 'check no foreign keys after a rebuild',
    file: 'packages/dialect-sqlite/src/connection/transaction.ts',
    find: 'refuseNewViolations(connection, violations, await foreignKeyViolations(connection))',
    replace: '',
    test: ['test/dialects/sqlite/rebuild/changes.test.ts', 'adds a foreign key only if every row points somewhere'],
  },
  {
    name: 'prove no views and triggers after a rebuild',
    file: 'packages/dialect-sqlite/src/connection/transaction.ts',
    find: 'refuseNewlyBroken(broken, findBrokenDependants(connection))',
    replace: '',
    test: [
      'test/dialects/sqlite/rebuild/changes.test.ts',
      'that would break a view or a trigger is refused at the end',
    ],
  },
  {
    name: 'keep what a savepoint should take back',
    file: 'packages/dialect-sqlite/src/connection/session.ts',
    find: 'db.exec(`ROLLBACK TO',
    replace: 'db.exec(`RELEASE',
    test: [transaction, 'take back what their body did, and only that'],
  },
  {
    name: 'write while looking',
    file: 'packages/dialect-sqlite/src/connection/connection.ts',
    find: "purpose === 'inspect' ? 'PRAGMA query_only = ON; ' : ''",
    replace: "''",
    test: [connection, 'refuses to write'],
  },
  {
    name: 'make a file while looking',
    file: 'packages/dialect-sqlite/src/connection/connection.ts',
    find: "else if (existing === 'nothing') return new Connection(driver.plain(':memory:'), described)",
    replace: "else if (existing === 'nothing') return new Connection(driver.plain(file), described)",
    test: [connection, 'at a missing file shows an empty database and makes nothing'],
  },
  {
    name: 'round integers beyond 2^53',
    file: 'packages/dialect-sqlite/src/connection/connection.ts',
    find: 'db.defaultSafeIntegers(true)',
    replace: 'db.defaultSafeIntegers(false)',
    test: ['test/dialects/sqlite/connection/values.test.ts', 'come in one form, by the declared type of the column'],
  },
  {
    name: 'turn foreign keys off inside the transaction of a script',
    file: `${sqlite}/script.ts`,
    find: "before: ['PRAGMA foreign_keys = OFF'],\n    afterBegin: [",
    replace: "before: [],\n    afterBegin: ['PRAGMA foreign_keys = OFF', ",
    test: ['test/dialects/sqlite/compile/rebuild.test.ts', 'has PRAGMA foreign_keys outside the transaction'],
  },
]
