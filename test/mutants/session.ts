import type { Mutant } from './mutant.ts'

const sqlite = 'packages/dialect-sqlite/src'
const transaction = 'test/sqlite-session/transaction.test.ts'
const connection = 'test/sqlite-session/connection.test.ts'

/** Transactions and settings of a SQLite session. */
export const sessionMutants: readonly Mutant[] = [
  {
    name: 'begin DEFERRED',
    file: `${sqlite}/transaction.ts`,
    find: "connection.db.exec('BEGIN IMMEDIATE')",
    replace: "connection.db.exec('BEGIN')",
    test: [transaction, 'gives up with DATABASE_BUSY, or with the reason of the signal'],
  },
  {
    name: 'wait for a writer inside the driver',
    file: `${sqlite}/driver.ts`,
    find: '{ ...options, timeout: 0 }',
    replace: '{ ...options, timeout: 2000 }',
    test: [transaction, 'waits for a writer without blocking the event loop'],
  },
  {
    name: 'swallow an error of COMMIT',
    file: `${sqlite}/transaction.ts`,
    find: "connection.db.exec('COMMIT')",
    replace: "try { connection.db.exec('COMMIT') } catch {}",
    test: [transaction, 'names the row of a deferred foreign key that COMMIT refuses'],
  },
  {
    name: 'give up COMMIT at the first reader',
    file: `${sqlite}/waiting.ts`,
    find: 'if (!isBusy(error)) throw error',
    replace: 'throw error',
    test: [transaction, 'tries COMMIT again while a reader holds its lock'],
  },
  {
    name: 'leave a transaction open that could not be committed',
    file: `${sqlite}/transaction.ts`,
    find: '          rollbackNow(connection)\n          throw error',
    replace: '          throw error',
    test: [transaction, 'that cannot be committed in time is rolled back and says so'],
  },
  {
    name: 'go on after SQLite has rolled back by itself',
    file: `${sqlite}/session.ts`,
    find: 'if (this.#scope !== undefined && !connection.db.inTransaction) {',
    replace: 'if (this.#scope === null) {',
    test: [transaction, 'that SQLite rolled back by itself takes no more statements and cannot be committed'],
  },
  {
    name: 'leave foreign keys on',
    file: `${sqlite}/transaction.ts`,
    find: "if (unchecked) set(connection, 'foreign_keys', '0')",
    replace: '',
    test: ['test/sqlite-rebuild/survive.test.ts', 'of a parent keeps every child row of ON DELETE CASCADE'],
  },
  {
    name: 'believe that foreign keys are off without reading it back',
    file: `${sqlite}/transaction.ts`,
    find: 'if (found === wanted) return',
    replace: "if (found !== '') return",
    test: ['test/sqlite-session/settings.test.ts', 'a setting that SQLite does not take is an error'],
  },
  {
    name: 'leave the settings as a rebuild had them',
    file: `${sqlite}/transaction.ts`,
    find: 'if (connection.pragma(setting) !== value) set(connection, setting, value)',
    replace: '',
    test: [transaction, 'are off inside, back on afterwards, in every ending'],
  },
  {
    name: 'ignore what was violated before',
    file: `${sqlite}/transaction.ts`,
    find: 'refuseNewViolations(connection, violations, ',
    replace: 'refuseNewViolations(connection, undefined, ',
    test: [transaction, 'let violations stay that were there before, but no new one'],
  },
  {
    name: 'check no foreign keys after a rebuild',
    file: `${sqlite}/transaction.ts`,
    find: 'refuseNewViolations(connection, violations, await foreignKeyViolations(connection))',
    replace: '',
    test: ['test/sqlite-rebuild/changes.test.ts', 'adds a foreign key only if every row points somewhere'],
  },
  {
    name: 'prove no views and triggers after a rebuild',
    file: `${sqlite}/transaction.ts`,
    find: 'refuseNewlyBroken(broken, brokenDependants(connection))',
    replace: '',
    test: ['test/sqlite-rebuild/changes.test.ts', 'that would break a view or a trigger is refused at the end'],
  },
  {
    name: 'keep what a savepoint should take back',
    file: `${sqlite}/session.ts`,
    find: 'db.exec(`ROLLBACK TO',
    replace: 'db.exec(`RELEASE',
    test: [transaction, 'take back what their body did, and only that'],
  },
  {
    name: 'write while looking',
    file: `${sqlite}/connection.ts`,
    find: "if (options.purpose === 'look') connection.db.pragma('query_only = ON')",
    replace: '',
    test: [connection, 'refuses to write'],
  },
  {
    name: 'make a file while looking',
    file: `${sqlite}/connection.ts`,
    find: "else if (found === 'nothing') return new Connection(driver.plain(':memory:'), described)",
    replace: "else if (found === 'nothing') return new Connection(driver.plain(file), described)",
    test: [connection, 'at a missing file shows an empty database and makes nothing'],
  },
  {
    name: 'round integers beyond 2^53',
    file: `${sqlite}/connection.ts`,
    find: 'db.defaultSafeIntegers(true)',
    replace: 'db.defaultSafeIntegers(false)',
    test: ['test/sqlite-session/values.test.ts', 'come in one form, by the declared type of the column'],
  },
  {
    name: 'turn foreign keys off inside the transaction of a script',
    file: `${sqlite}/dialect.ts`,
    find: "open: ['PRAGMA foreign_keys = OFF', 'BEGIN IMMEDIATE'],",
    replace: "open: ['BEGIN IMMEDIATE', 'PRAGMA foreign_keys = OFF'],",
    test: ['test/sqlite-compile/rebuild.test.ts', 'has PRAGMA foreign_keys outside the transaction'],
  },
]
