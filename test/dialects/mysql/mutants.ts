import type { Mutant } from '../../kit/mutants/mutant.ts'

const mysql = 'packages/dialect-mysql/src'
const lock = 'test/dialects/mysql/connection/lock.test.ts'
const lost = 'test/dialects/mysql/connection/lost.test.ts'
const transaction = 'test/dialects/mysql/connection/transaction.test.ts'
const settings = 'test/dialects/mysql/connection/settings.test.ts'
const values = 'test/dialects/mysql/connection/values.test.ts'
const wordTests = 'test/dialects/mysql/connection/classification.test.ts'
const compiled = 'test/dialects/mysql/compile/sql.test.ts'
const steps = 'test/dialects/mysql/compile/steps.test.ts'
const losses = 'test/dialects/mysql/compile/losses.test.ts'
const catalog = 'test/dialects/mysql/introspect/catalog.test.ts'
const table = 'a table, whatever the database has as its own'
const attributes = 'what is only there on'
const indexes = 'test/dialects/mysql/compile/foreign-key-indexes.test.ts'

/** What MySQL and MariaDB are told, and what is read of them. */
export const mysqlMutants: readonly Mutant[] = [
  {
    name: 'convert a value straight to the last type where its key is replaced',
    file: 'packages/dialect-mysql/src/compile/primary-key.ts',
    find: 'if (stores && this.#stored.has(column)) return false',
    replace: '',
    test: ['test/unit/merged-groups/servers.test.ts', 'converts values through the type in between'],
  },
  {
    name: 'take the answer of GET_LOCK for a yes',
    file: 'packages/dialect-mysql/src/connection/lock.ts',
    find: 'answer === undefined || answer === 1n',
    replace: 'answer !== null',
    test: [lock, 'belongs to one session'],
  },
  {
    name: 'take the same lock as often as it is requested',
    file: 'packages/dialect-mysql/src/connection/lock.ts',
    find: 'SELECT IF(IS_USED_LOCK(?) = CONNECTION_ID(), 1, GET_LOCK(?, 0)) AS answer',
    replace: 'SELECT GET_LOCK(?, 0) AS answer',
    test: [lock, 'belongs to one session'],
  },
  {
    name: 'one lock for all databases of a server',
    file: 'packages/dialect-mysql/src/connection/session.ts',
    find: 'lockName(facts.database, key)',
    replace: "lockName('', key)",
    test: [lock, 'is one for each database and key'],
  },
  {
    name: 'continue with a connection that the server has ended',
    file: 'packages/dialect-mysql/src/connection/connection.ts',
    find: '    this.#lost ??= error\n    for (',
    replace: '    for (',
    test: [lost, 'while idle is found lost, and never opened again'],
  },
  {
    name: 'commit a block in which no row was changed',
    file: 'packages/dialect-mysql/src/connection/closing.ts',
    find: 'IF migrate_rows <> 1 THEN',
    replace: 'IF migrate_rows < 0 THEN',
    test: ['test/dialects/round-trips/closing.test.ts', 'are not where one changed another number of rows'],
  },
  {
    name: 'continue after a procedure has committed',
    file: 'packages/dialect-mysql/src/connection/exchange.ts',
    find: 'if (!inTransaction && this.scope?.isSent === true) this.scope.ended ??=',
    replace: 'if (!inTransaction && this.scope === null) this.scope.ended ??=',
    test: [transaction, 'that a procedure has committed is not continued'],
  },
  {
    name: 'continue after a deadlock has taken everything back',
    file: 'packages/dialect-mysql/src/connection/exchange.ts',
    find: 'if (interrupted || (failed && scope !== undefined)) await',
    replace: 'if (interrupted) await',
    test: [transaction, 'that a deadlock has taken back is not continued'],
  },
  {
    name: 'let DDL commit an open transaction',
    file: 'packages/dialect-mysql/src/connection/session.ts',
    find: "if (scope !== undefined && (kind === 'ddl' || kind === 'transaction')) {",
    replace: 'if (scope === null) {',
    test: [transaction, 'refuses ALTER TABLE t ADD b int, which would commit it'],
  },
  {
    name: 'give the next number for a 0',
    file: 'packages/dialect-mysql/src/connection/settings.ts',
    find: "const added = ['NO_AUTO_VALUE_ON_ZERO', ",
    replace: 'const added = [',
    test: [settings, 'keeps a 0 in an AUTO_INCREMENT column'],
  },
  {
    name: 'leave a server lax that is so',
    file: 'packages/dialect-mysql/src/connection/settings.ts',
    find: "...(strict ? [] : ['STRICT_TRANS_TABLES']), ",
    replace: '',
    test: [wordTests, 'has strict ones that read as ours do'],
  },
  {
    name: 'leave ANSI_QUOTES as the server has it',
    file: 'packages/dialect-mysql/src/connection/settings.ts',
    find: "  'ANSI_QUOTES',\n",
    replace: '',
    test: [wordTests, 'has strict ones that read as ours do'],
  },
  {
    name: 'write times in another zone than UTC',
    file: 'packages/dialect-mysql/src/connection/settings.ts',
    find: '"time_zone = \'+00:00\'",',
    replace: '"time_zone = \'+02:00\'",',
    test: [settings, 'has settings of its own'],
  },
  {
    name: 'give true for an expression of MySQL that is true',
    file: 'packages/dialect-mysql/src/types/values.ts',
    find: 'if (isBoolean(field)) return asBoolean',
    replace: 'if (field.columnType === types.tiny) return asBoolean',
    test: [values, 'of expressions are integers, also where they are true or false'],
  },
  {
    name: 'round integers beyond 2^53 of MySQL',
    file: 'packages/dialect-mysql/src/types/values.ts',
    find: "const asInteger: Decode = (bytes) => BigInt(bytes.toString('latin1'))",
    replace: "const asInteger: Decode = (bytes) => BigInt(Number(bytes.toString('latin1')))",
    test: [values, 'come back as every dialect gives them'],
  },
  {
    name: 'give six digits of a FLOAT',
    file: 'packages/dialect-mysql/src/types/values.ts',
    find: 'return fields.some((field) => field.columnType === types.float)',
    replace: 'return fields.length < 0',
    test: [values, 'of FLOAT come back as they were written'],
  },
  {
    name: 'send more than the server takes',
    file: 'packages/dialect-mysql/src/connection/statements.ts',
    find: 'if (bytes > maxAllowedPacket) throw',
    replace: 'if (bytes < 0) throw',
    test: [values, 'that are more than the server takes are refused'],
  },
  {
    name: 'escape no backslash where only a string may stand',
    file: 'packages/dialect-mysql/src/sql/quote.ts',
    find: "return `'${value.replaceAll('\\\\', '\\\\\\\\').replaceAll(",
    replace: "return `'${value.replaceAll(",
    test: ['test/dialects/quotes/mysql-servers.test.ts', 'are texts also where only a string may stand'],
  },
  {
    name: 'quote a backslash as if every mode read it alike',
    file: 'packages/dialect-mysql/src/sql/quote.ts',
    find: 'if (/[\\\\\\0]/.test(value))',
    replace: 'if (/\\0/.test(value))',
    test: ['test/dialects/quotes/quote.test.ts', 'a backslash'],
  },
  {
    name: 'lose the exact collation of a key on MariaDB, which has another name for it',
    file: 'packages/dialect-mysql/src/types/canonicalise.ts',
    find: "mysql: 'utf8mb4_0900_bin',\n  mariadb: 'utf8mb4_nopad_bin',",
    replace: "mysql: 'utf8mb4_bin',\n  mariadb: 'utf8mb4_bin',",
    test: ['test/dialects/mysql/compile/replaced-key.test.ts', 'comes in the statement that drops it'],
  },
  {
    name: 'a text in a key without a length',
    file: 'packages/dialect-mysql/src/types/canonicalise.ts',
    find: "if (type.kind === 'text') return { kind: 'varchar', length: keyTextLength }",
    replace: '',
    test: [compiled, table],
  },
  {
    name: 'an index over a text without a length',
    file: 'packages/dialect-mysql/src/types/canonicalise.ts',
    find: '? { ...element, prefixLength: keyTextLength }',
    replace: '? element',
    test: [compiled, table],
  },
  {
    name: 'a literal as the default of JSON',
    file: `${mysql}/ddl/write-column.ts`,
    find: 'isLarge(type) && value.value !== null ?',
    replace: 'isLarge(type) && value.value === undefined ?',
    test: [compiled, table],
  },
  {
    name: 'shorten a text for a key without looking at the values',
    file: `${mysql}/compile/row-checks.ts`,
    find: 'if (most === undefined || !sized || ',
    replace: 'if (most !== null || !sized || ',
    test: [compiled, 'a key over a text gives it a length, and looks at the values first'],
  },
  {
    name: 'make NOT NULL without looking at the values',
    file: `${mysql}/compile/columns.ts`,
    find: 'columnBefore.nullable && !columnAfter.nullable && columnAfter.generated === undefined',
    replace: 'columnBefore.nullable === null',
    test: [compiled, 'NOT NULL looks for NULLs first'],
  },
  {
    name: 'let an enum lose values without looking at the rows',
    file: `${mysql}/compile/columns.ts`,
    find: 'from.type.values.filter((value) => !remaining.has(value))',
    replace: 'from.type.values.filter((value) => !remaining.has(value) && value === null)',
    test: [losses, 'an enum to lose a value that a row has'],
  },
  {
    name: 'let the server fill a new column that is NOT NULL with what it likes',
    file: `${mysql}/compile/columns.ts`,
    find: 'const filled = column.nullable || column.default !== undefined || column.generated !== undefined',
    replace: 'const filled = column.nullable || column.default !== null',
    test: [losses, 'a new column that no row has a value for'],
  },
  {
    name: 'DDL as if it were part of a transaction',
    file: `${mysql}/compile/statements.ts`,
    find: 'return statement(text, tables, { commits: true, ...extra })',
    replace: 'return statement(text, tables, extra)',
    test: [compiled, 'a check is dropped in the words of the server'],
  },
  {
    name: 'DDL of the author as if it were part of a transaction',
    file: `${mysql}/compile/opaque.ts`,
    find: "classify(sql) === 'ddl' ? { commits: true } : {}",
    replace: '({})',
    test: ['test/unit/journal/journal.test.ts', 'by SQL of the author is done again where the server refused it'],
  },
  {
    name: 'drop a check of MariaDB in the words of MySQL',
    file: `${mysql}/compile/constraints.ts`,
    find: "return server.flavour === 'mysql' ? sql`DROP CHECK",
    replace: 'return server.flavour !== undefined ? sql`DROP CHECK',
    test: [compiled, 'a check is dropped in the words of the server'],
  },
  {
    name: 'drop the condition of a partial index',
    file: `${mysql}/ddl/write-table.ts`,
    find: 'if (index.where !== undefined) {',
    replace: 'if (index.where === null) {',
    test: [compiled, 'a partial index'],
  },
  {
    name: 'leave it to the server to refuse an index that is too long',
    file: `${mysql}/compile/limits.ts`,
    find: 'if (bytes <= maxIndexBytes) return',
    replace: 'if (bytes >= 0) return',
    test: [compiled, 'an index that is too long'],
  },
  {
    name: 'leave it to the server to refuse a foreign key between two types',
    file: `${mysql}/compile/limits.ts`,
    find: 'if (own === undefined || theirs === undefined || own === theirs) return',
    replace: 'if (own !== null) return',
    test: [compiled, 'a foreign key between two types'],
  },
  {
    name: 'leave it to the server to refuse a table without a primary key',
    file: `${mysql}/compile/limits.ts`,
    find: "kind === 'primaryKey')) return\n  throw invalid(`create table",
    replace: "kind === 'primaryKey') || server.sqlRequirePrimaryKey) return\n  throw invalid(`create table",
    test: [compiled, 'a table without a primary key, where the server wants one'],
  },
  {
    name: 'write a column that changes from the model alone',
    file: `${mysql}/ddl/write-column.ts`,
    find: '  let parts = text\n',
    replace: '  let parts = columnParts(server, to.table, to.column)\n',
    test: [steps, attributes],
  },
  {
    name: 'give a column the collation that its table gets',
    file: 'packages/dialect-mysql/src/ddl/rename-effects.ts',
    find: '  return { ...after, columns }\n}\n',
    replace: '  return columns.length < 0 ? { ...after, columns } : after\n}\n',
    test: [steps, 'columns'],
  },
  {
    name: 'leave the index of a foreign key behind',
    file: `${mysql}/compile/constraints.ts`,
    find: 'return [alterTable(ref, [dropClause(server, dropped), ...indexChanges(server, from, to)])]',
    replace: 'return [alterTable(ref, [dropClause(server, dropped)])]',
    test: [indexes, 'those that an author made stay, and those of the server go with their key'],
  },
  {
    name: "take every index over a foreign key's columns for the server's own",
    file: 'packages/dialect-mysql/src/types/implicit-indexes.ts',
    find: 'if (unique || (name !== key.name && !isNamedByColumn(name, key)) || ',
    replace: 'if (unique || ',
    test: [indexes, 'those that an author made stay, and those of the server go with their key'],
  },
  {
    name: 'drop an index and leave its foreign key without one',
    file: `${mysql}/compile/indexes.ts`,
    find: 'return [alterTable(ref, [dropIndex(index), ...indexChanges(server, from, to)])]',
    replace: 'return [alterTable(ref, [dropIndex(index)])]',
    test: [indexes, 'those that an author made stay, and those of the server go with their key'],
  },
  {
    name: 'take the check of a JSON column for one of the author',
    file: `${mysql}/introspect/constraints.ts`,
    find: 'if (own !== undefined) json.add(own)',
    replace: 'if (own !== undefined && json.add(own).size < 0) json.clear()',
    test: [catalog, 'is read as what it means'],
  },
  {
    name: "read MariaDB's defaults as MySQL's",
    file: 'packages/dialect-mysql/src/ddl/defaults.ts',
    find: "if (server.flavour === 'mariadb') return readSqlDefault(type, text)",
    replace: '',
    test: [catalog, 'is read as what it means'],
  },
  {
    name: 'take a lock that could not be had in time for any other error',
    file: 'packages/dialect-mysql/src/connection/faults.ts',
    find: 'busy: [1015, 1047, 1099, 1192, 1205,',
    replace: 'busy: [1015, 1047, 1099, 1192,',
    test: ['test/unit/journal/lock-timeout.test.ts', 'is asked for again, told each time'],
  },
]
