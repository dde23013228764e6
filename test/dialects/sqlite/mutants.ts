import type { Mutant } from '../../kit/mutants/mutant.ts'

const lock = 'test/dialects/sqlite/lock/lock.test.ts'
const openTests = 'test/dialects/sqlite/encrypted/open.test.ts'
const cells = 'test/unit/preserved/sqlite-cells.test.ts'
const unwritable = 'test/unit/preserved/unwritable-cells.test.ts'
const backup = 'test/dialects/sqlite/backup/backup.test.ts'

/** The lock file, encryption, backups and preserved values of SQLite. */
export const sqliteMutants: readonly Mutant[] = [
  {
    name: 'let SQL preserve texts that JavaScript reads otherwise',
    file: 'packages/dialect-sqlite/src/connection/functions.ts',
    find: 'return Buffer.from(text).equals(bytes) ? text : null',
    replace: 'return text',
    test: [cells, 'bytes that are no character in a text is as it was'],
  },
  {
    name: 'preserve a text that SQL cannot write as the text null',
    file: 'packages/dialect-sqlite/src/types/preserving.ts',
    find: 'sql`CASE WHEN ${text} IS NOT NULL THEN json_quote(${text}) END`',
    replace: 'sql`json_quote(${text})`',
    test: [unwritable, 'a table of texts: cells come back byte for byte'],
  },
  {
    name: 'take a row that SQL cannot print for a row that is gone',
    file: 'packages/core/src/data-steps/preserved/in-server/row-prints.ts',
    find: 'return sql`(SELECT ${base} FROM ${aliased(of)} WHERE ${isRow})`',
    replace:
      'return sql`COALESCE((SELECT ${base} FROM ${aliased(of)} WHERE ${isRow}), ${literal(baseText.row(noRow))})`',
    test: [unwritable, 'a value whose row SQL cannot print is held back'],
  },
  {
    name: 'read the bytes of rows in the order of their bytes',
    file: 'packages/core/src/data-steps/paging.ts',
    find: 'return (column) => prefix + column',
    replace: 'return (column) => column',
    test: [unwritable, 'texts that SQL cannot write are keys of the table'],
  },
  {
    name: 'let SQL preserve a cell of another class than its column has',
    file: 'packages/dialect-sqlite/src/types/preserving.ts',
    find: "sql`CASE WHEN typeof(${value}) = 'integer' THEN CAST(${value} AS TEXT) END`",
    replace: 'sql`CAST(${value} AS TEXT)`',
    test: [cells, 'a text in a column of integers is as it was'],
  },
  {
    name: 'join the texts of all columns in one line',
    file: 'packages/dialect-sqlite/src/types/preserving.ts',
    find: 'return parts.length <= 16',
    replace: 'return parts.length <= 16_000',
    test: [cells, 'values of a table with 600 columns pass none either'],
  },
  {
    name: 'hold a lock file before its row is committed',
    file: 'packages/dialect-sqlite/src/connection/lock.ts',
    find: "db.exec(`COMMIT; ${isNew && round === 1 ? `${withoutJournal}; ` : ''}BEGIN IMMEDIATE`)",
    replace: '',
    test: [lock, 'eight that race have never two holders'],
  },
  {
    name: 'believe a row whose writer is gone',
    file: 'packages/dialect-sqlite/src/connection/lock.ts',
    find: 'return isFree(db) ? undefined : describe(ownerOf(db))',
    replace: 'return describe(ownerOf(db))',
    test: [lock, 'one that is killed frees the lock'],
  },
  {
    name: 'one lock file for all histories',
    file: 'packages/dialect-sqlite/src/connection/lock.ts',
    find: "key === usualKey ? ''",
    replace: "key !== undefined ? ''",
    test: [lock, 'of another history is another lock'],
  },
  {
    name: 'put the lock file beside a link',
    file: 'packages/dialect-sqlite/src/connection/lock.ts',
    find: '? linkedFile(database)',
    replace: '? database',
    test: [lock, 'is one for a file and the links to it'],
  },
  {
    name: 'make a lock file by looking',
    file: 'packages/dialect-sqlite/src/connection/lock.ts',
    find: "if (this.#purpose === 'inspect') return false",
    replace: '',
    test: [lock, 'is not made, changed or taken by who only looks'],
  },
  {
    name: 'hold a lock file that was removed',
    file: 'packages/dialect-sqlite/src/connection/lock.ts',
    find: 'return db.open && db.inTransaction && inodeOf(file) === inode',
    replace: 'return db.open && db.inTransaction',
    test: [lock, 'because it was removed is lost for its holder'],
  },
  {
    name: 'forget the format of SQLCipher',
    file: 'packages/dialect-sqlite/src/connection/unlock.ts',
    find: "db.pragma('legacy = 4')",
    replace: '',
    test: [openTests, 'that SQLCipher itself has made is read and written'],
  },
  {
    name: 'spill what is encrypted into temporary files',
    file: 'packages/dialect-sqlite/src/connection/unlock.ts',
    find: "db.pragma('temp_store = MEMORY')",
    replace: '',
    test: [openTests, 'spills nothing into the files of the system'],
  },
  {
    name: 'play back a journal with the wrong key',
    file: 'packages/dialect-sqlite/src/connection/connection.ts',
    find: "if (existing === 'file' && !(await mayReplay(file, key)))",
    replace: 'if (existing === undefined)',
    test: [openTests, 'does not play back the journal of a process that was killed'],
  },
  {
    name: 'take any driver for one that encrypts',
    file: 'packages/dialect-sqlite/src/connection/unlock.ts',
    find: "if (cipher !== 'sqlcipher' || keyed.key === undefined)",
    replace: "if (cipher === 'never' || keyed.key === undefined) return\n  if (cipher === 'never')",
    test: ['test/dialects/sqlite/encrypted/drivers.test.ts', 'a package of that name that does not encrypt is refused'],
  },
  {
    name: 'leave a log where the backup will be',
    file: 'packages/core/src/run/backup/backup-file.ts',
    find: '[target, ...companions.map(',
    replace: '[target, ...[].map(',
    test: [backup, 'where a log of such a file exists'],
  },
  {
    name: 'believe a copy that is damaged',
    file: 'packages/dialect-sqlite/src/connection/backup-verify.ts',
    find: 'if (damage[0] !== undefined) refuse(damage[0])',
    replace: '',
    test: [backup, 'where the database is damaged'],
  },
  {
    name: 'leave half a backup behind',
    file: 'packages/core/src/run/backup/backup-file.ts',
    find: 'await rm(',
    replace: 'void (',
    test: [backup, 'where it is stopped, before and in the middle'],
  },
  {
    name: 'let everybody read a backup',
    file: 'packages/core/src/run/backup/backup-file.ts',
    find: "open(file, 'wx', mode)",
    replace: "open(file, 'wx')",
    test: [backup, 'has the rights of the database'],
  },
]
