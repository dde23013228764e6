import { bigint, enumeration, expression, integer, native, text, varchar } from '@org/migrate-core'
import type { Recorded } from '../../../kit/migrator.ts'
import { type Pointer, pointer } from '../scenario.ts'
import { type DatabaseCase, on, refusedBy } from './database-case.ts'
import { alter, elsewhereOnly, moods, t, withT } from './revisions-kit.ts'

const step =
  (...statements: readonly string[]): DatabaseCase['right'] =>
  (op) =>
    op.run('step', async (db) => {
      for (const each of statements) await db.execute(each)
    })
const releases = {
  mariadb: 'SELECT RELEASE_ALL_LOCKS()',
  mysql: 'SELECT RELEASE_ALL_LOCKS()',
  postgres: 'SELECT pg_advisory_unlock_all()',
} as const
const converted = alter((a) => a.alterColumn('n', { type: bigint(), using: 'n + 1' }))
const secured = alter((a) => a.rowSecurity({ enabled: true }))
const policed = alter((a) => a.createPolicy('own', { using: expression('n > 0') }))
const faces = enumeration(['plain', '😀'])
const unenforced = "ALTER TABLE t ADD CONSTRAINT c CHECK (mood <> 'a') NOT ENFORCED"

const withPrefixes = {
  given: ((op) => op.sql('CREATE TABLE p (a varchar(300) NOT NULL, b int NOT NULL, PRIMARY KEY (a(100)))')) as Recorded,
}

const refusedChanges = 'dialects/mysql/run/refused-changes.test.ts'
const indexLimits = 'dialects/mysql/run/index-limits.test.ts'

/** Advice about columns of MySQL and MariaDB that tests of the dialect follow. */
export const ofColumnsOfMysql: { readonly [advice: string]: readonly Pointer[] } = {
  'Grant the user of the run SET USER (MariaDB), or SET_ANY_DEFINER (MySQL 8.0: SET_USER_ID), and SYSTEM_USER where the DEFINER has it. Or let an administrator run this revision.':
    [
      pointer(
        'dialects/mysql/run/definers.test.ts',
        'refuses the new name of a column that %s reads before anything is changed, until the user may set its DEFINER',
        'grants the rights',
      ),
      pointer(
        'dialects/mysql/run/definers.test.ts',
        'gets the new name of a column where an administrator runs the revision',
        'runs it as an administrator',
      ),
    ],
  'Name other columns as the key. Where none tells the rows apart, leave the key out and write a `downgrade`.': [
    pointer(
      'dialects/postgres/run/incomparable-keys.test.ts',
      'are refused before anything runs: %s',
      'names another one',
    ),
    pointer(
      'dialects/postgres/run/incomparable-keys.test.ts',
      'are not deleted by a downgrade either',
      'leaves it out',
    ),
  ],
  'Choose the action restrict, or drop what reads the column first, in the same revision.': [
    pointer('dialects/mysql/run/foreign-keys.test.ts', 'which %s: %o, %s', 'by each of the two'),
  ],
  'Leave the column without identity, or drop what reads it first, in the same revision.': [
    pointer(
      'dialects/mysql/run/counted-column.test.ts',
      'is not read by another part of its table, in either order: %s %#',
      'drops it first',
    ),
  ],
  'Drop it with op.sql: `…`.': [
    pointer(
      'dialects/mysql/run/constraint-names.test.ts',
      'is not missing where a revision would %s it',
      "await db.sql('ALTER TABLE `t` DROP CHECK `lax`')",
    ),
  ],
  'Give the constraint a `name` of its own.': [
    pointer(
      'dialects/mysql/run/constraint-names.test.ts',
      'keeps the names of its constraints, and a new one of its name is refused before the rename',
      "second({ key: 'of_parent', check: 'positive' })",
    ),
  ],
  'Choose the action restrict.': [
    pointer(
      'dialects/mysql/run/foreign-keys.test.ts',
      'is refused as well where it is there before what reads the column',
      'makes the key of a stored column so',
    ),
  ],
  'Drop the key before the change, and add it again after it with op.sql and the length of its prefix: ALTER TABLE … ADD PRIMARY KEY (column(20)), or ADD UNIQUE KEY (column(20)).':
    [
      pointer(
        indexLimits,
        'is a key that op.sql brings back with a prefix, as the advice has it: %s',
        'drops the key and adds it with op.sql',
      ),
    ],
  'Drop the index before the change of the type; an index over an expression can take its place, as expression("CAST(…->>\'$.key\' AS CHAR(40))").':
    [
      pointer(
        indexLimits,
        'is one over an expression for a JSON, as the advice has it',
        'makes one over an expression instead',
      ),
    ],
  'Change the column to a varchar before, or add the key with op.sql and the length of its prefix: ALTER TABLE … ADD UNIQUE KEY (column(20)).':
    [pointer(refusedChanges, 'a key over a TEXT is refused first, and the advice adds it', 'by each of the two')],
  'In the same revision, take the partitions away before it and make them again after it with op.sql: ALTER TABLE … REMOVE PARTITIONING, and ALTER TABLE … PARTITION BY ….':
    [
      pointer(
        refusedChanges,
        'a column that chooses the partition is renamed as the advice has it (MySQL)',
        'takes the partitions away, and makes them again',
      ),
    ],
  'Take the partitions away before it, in the same revision, with op.sql: ALTER TABLE … REMOVE PARTITIONING.': [
    pointer(indexLimits, '%s is refused before the first statement, and the advice adds it', 'takes them away'),
  ],
  'Add … to its columns, or a plain index in its place.': [
    pointer(
      indexLimits,
      'a unique key has what the partitions are chosen by, as the advice has it',
      'by each of the two',
    ),
  ],
  'Give those rows other values in a data step before, or remove them.': [
    pointer(
      refusedChanges,
      'names the rows whose values in a unique key another collation takes for equal',
      'removes one, and gives the other another value',
    ),
  ],
  'Use a prefixLength of … or less. An index that exists is dropped before the change of the type, and created again after it.':
    [
      pointer(
        indexLimits,
        'goes and comes around the change, as the advice has it, and the downgrade restores it',
        'drops the index and creates it with another prefix',
      ),
    ],
  'Give those rows another value. Those above 9223372036854775807 become … if the column becomes a varchar(67) before.':
    [
      pointer(
        'dialects/mysql/run/large-numbers.test.ts',
        'of a decimal beyond 2^63-1 becomes bits by a varchar, as the advice has it',
        'goes by a varchar',
      ),
    ],
}

/** Advice about revisions on servers, by the text in the sources. */
export const serverRevisions: { readonly [advice: string]: readonly DatabaseCase[] } = {
  "Check the name. A primary key has no name on MySQL and MariaDB, and may have none on SQLite: drop it with `{ kind: 'primaryKey' }` in place of the name.":
    [
      on(['mariadb', 'mysql'], 'OBJECT_MISSING')(
        alter((a) => a.dropConstraint('t_pkey')),
        alter((a) => a.dropConstraint({ kind: 'primaryKey' })),
        withT,
      ),
    ],
  'In a revision, create a table of another name as it should be, copy the rows, drop the old table, and rename the new one.':
    [
      refusedBy.postgres(
        alter((a) => a.options({ partitionBy: 'RANGE (n)' })),
        (op) => {
          op.createTable('u', (u) => {
            u.column('n', integer())
            u.options({ partitionBy: 'RANGE (n)' })
          })
          op.sql('CREATE TABLE u_rest PARTITION OF u DEFAULT')
          op.sql('INSERT INTO u SELECT n FROM t')
          op.dropTable('t')
          op.renameTable('u', 't')
        },
        withT,
      ),
    ],
  'Give the table the row format DYNAMIC before, shorten the column, or give the element a prefixLength.': [
    on(['mariadb', 'mysql'], 'INVALID_OPERATION')(
      (op) => op.createIndex('t', 'i', ['wide']),
      (op) => {
        op.alterTable('t', (a) => a.options({ row_format: 'DYNAMIC' }))
        op.createIndex('t', 'i', ['wide'])
      },
      {
        given: (op) => {
          t(op)
          op.alterTable('t', (a) => {
            a.addColumn('wide', varchar(255))
            a.options({ row_format: 'COMPACT' })
          })
        },
      },
    ),
  ],
  'Leave row security and policies to PostgreSQL with op.on().': [secured, policed].map((wrong) =>
    on(['sqlite', 'mariadb', 'mysql'], 'UNSUPPORTED')(wrong, elsewhereOnly(wrong), withT),
  ),
  'Drop it with op.sql.': [
    refusedBy.both(
      (op) => op.dropConstraint('p', { kind: 'primaryKey' }),
      (op) => op.sql('ALTER TABLE p DROP PRIMARY KEY'),
      withPrefixes,
    ),
  ],
  'Replace it with op.sql.': [
    refusedBy.both(
      (op) =>
        op.alterTable('p', (p) => {
          p.dropConstraint({ kind: 'primaryKey' })
          p.addPrimaryKey(['b'])
        }),
      (op) => op.sql('ALTER TABLE p DROP PRIMARY KEY, ADD PRIMARY KEY (b)'),
      withPrefixes,
    ),
  ],
  'Change the key with op.sql.': [
    refusedBy.both(
      (op) => op.alterTable('p', (p) => p.options({ prefixed_primary_key: '90' })),
      (op) => op.sql('ALTER TABLE p DROP PRIMARY KEY, ADD PRIMARY KEY (a(90))'),
      withPrefixes,
    ),
  ],
  'Leave the advisory locks of the session to the migrator.': (['mariadb', 'mysql', 'postgres'] as const).map(
    (server) =>
      on([server], 'TRANSACTION_CONTROL_IN_STEP')(
        (op) => op.run('step', async (db) => void (await db.query(releases[server]))),
        (op) => op.run('step', async (db) => void (await db.query('SELECT 1'))),
        withT,
      ),
  ),
  'Correct the statement, or write it in SQL that every server reads the same way.': [
    on(['mariadb', 'mysql'], 'UNPARSED_SQL')(
      step("UPDATE t SET name = name || 'x'"),
      step("UPDATE t SET name = CONCAT(name, 'x')"),
      withT,
    ),
    on(['mariadb', 'mysql'], 'UNPARSED_SQL')(step("UPDATE t SET name = 'x"), step("UPDATE t SET name = 'x'"), withT),
  ],
  'Where a value of the list has a character beyond U+FFFF, the server shows a ? for it: change the column with op.sql, which names the values, or give its whole list with `type`.':
    [
      alter((a) => a.alterColumn('face', { type: faces, nullable: false })),
      ((op) => op.sql("ALTER TABLE t MODIFY face ENUM('plain', '😀') NOT NULL")) satisfies DatabaseCase['right'],
    ].map((right) =>
      on(['mariadb', 'mysql'], 'STATEMENT_FAILED')(
        alter((a) => a.alterColumn('face', { nullable: false })),
        right,
        {
          given: (op) => {
            t(op)
            op.alterTable('t', (a) => a.addColumn('face', faces))
          },
        },
      ),
    ),
  'Drop the foreign key first, and add it again afterwards.': [
    on(['mysql'], 'UNSUPPORTED')(
      alter((a) => a.renameColumn('n', 'parent')),
      (op) => {
        op.alterTable('t', (a) => a.dropConstraint('t_n'))
        op.alterTable('t', (a) => a.renameColumn('n', 'parent'))
        op.alterTable('t', (a) =>
          a.addForeignKey({ name: 't_n', columns: ['parent'], references: { table: 't', columns: ['id'] } }),
        )
      },
      {
        given: (op) => {
          t(op)
          op.alterTable('t', (a) => {
            a.addForeignKey({ name: 't_n', columns: ['n'], references: { table: 't', columns: ['id'] } })
            a.addColumn('twice', integer(), { generated: { as: expression('n * 2'), stored: false } })
          })
        },
      },
    ),
  ],
  'Run the statement that may fail inside db.transaction(), which is a savepoint.': [
    on(['postgres'], 'STATEMENT_FAILED')(
      (op) =>
        op.run('step', async (db) => {
          await db.execute('INSERT INTO nowhere VALUES (1)').catch(() => {})
          await db.execute("UPDATE t SET name = 'x'")
        }),
      (op) =>
        op.run('step', async (db) => {
          await db.transaction(async (inner) => inner.execute('INSERT INTO nowhere VALUES (1)')).catch(() => {})
          await db.execute("UPDATE t SET name = 'x'")
        }),
      withT,
    ),
  ],
  'Use INSERT, or COPY from a file of the server.': [
    on(['postgres'], 'UNSUPPORTED')(
      (op) => op.sql('COPY t FROM STDIN'),
      step("INSERT INTO t VALUES (1, 'x', 1)"),
      withT,
    ),
    on(['postgres'], 'UNSUPPORTED')(
      (op) => op.sql('COPY u FROM STDIN'),
      (op) => op.sql("COPY u FROM '/etc/hostname'"),
      {
        given: (op) => op.createTable('u', (u) => u.column('a', text())),
      },
    ),
  ],
  'Drop it with op.sql() before the change and create it again with op.sql() after it, in the same revision.': [
    on(['postgres-next'], 'UNSUPPORTED')(
      (op) => op.alterEnum('mood', { drop: [{ value: 'c' }] }),
      (op) => {
        op.sql('ALTER TABLE t DROP CONSTRAINT c')
        op.alterEnum('mood', { drop: [{ value: 'c' }] })
        op.sql(unenforced)
      },
      { given: moods, rows: unenforced },
    ),
  ],
  'Index the expression to_tsvector(…) by the method gin.': [
    on(['postgres', 'postgres-next'], 'UNSUPPORTED')(
      (op) => op.createIndex('t', 'words', ['name'], { method: 'fulltext' }),
      (op) => op.createIndex('t', 'words', [expression("to_tsvector('simple', name)")], { method: 'gin' }),
      withT,
    ),
  ],
  'Use the method gist, with an operator class for the type.': [
    on(['postgres', 'postgres-next'], 'UNSUPPORTED')(
      (op) => op.createIndex('t', 'places', ['place'], { method: 'spatial' }),
      (op) => op.createIndex('t', 'places', [{ column: 'place', operatorClass: 'point_ops' }], { method: 'gist' }),
      {
        given: (op) => {
          t(op)
          op.alterTable('t', (a) => a.addColumn('place', native('postgres', 'point')))
        },
      },
    ),
  ],
  'Rename the column … first, and back afterwards.': [
    on(['mariadb', 'mysql'], 'UNSUPPORTED')(
      converted,
      (op) => {
        op.renameColumn('t', 'n__old', 'other')
        converted(op)
        op.renameColumn('t', 'other', 'n__old')
      },
      { given: (op) => [t(op), op.addColumn('t', 'n__old', integer())] },
    ),
  ],
  'In the same revision, drop … before the change (`dropView`, `dropTrigger`), and create … after it with another name of the hidden rowid: rowid, oid or _rowid_.':
    [
      on(['sqlite'], 'DEPENDENT_OBJECTS')(
        alter((a) => a.addColumn('oid', text())),
        (op) => {
          op.dropView('v')
          op.alterTable('t', (a) => a.addColumn('oid', text()))
          op.createView('v', expression('SELECT rowid AS r FROM t'))
        },
        {
          given: (op) => {
            t(op)
            op.createView('v', expression('SELECT oid AS r FROM t'))
          },
        },
      ),
    ],
}
