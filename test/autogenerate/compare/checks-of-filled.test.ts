import { compare } from '@org/migrate-autogenerate'
import { expect, test } from 'vitest'
import { errorOf, migratorOf } from '../../kit/migrator.ts'
import { revisionWriter } from '../../kit/written-revision.ts'
import { describeOnServers } from '../../unit/ensure/ground.ts'
import { declaredBy, sqlPairs } from './sql-pair.ts'

sqlPairs('a new check of a column whose rows get a value', [
  {
    title: 'refuses no row for being without one',
    before: ['CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)'],
    rows: ['INSERT INTO t VALUES (1, NULL), (2, 5)'],
    after: [
      'CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int DEFAULT 1 NOT NULL, CONSTRAINT c CHECK (coalesce(n, 0) > 0))',
    ],
    finds: {
      sql: 'SELECT id, n FROM t ORDER BY id',
      rows: [
        [1, 1],
        [2, 5],
      ],
    },
  },
])

const compared = (a: string, b: string, check = '') =>
  `CREATE TABLE t (id int NOT NULL PRIMARY KEY, a varchar(20)${a}, b varchar(20)${b}${check})`
const checked = ', CONSTRAINT c CHECK (a = b)'
const inBytes = ' COLLATE utf8mb4_bin'
const unicode = ' COLLATE utf8mb4_unicode_ci'
const general = ' COLLATE utf8mb4_general_ci'

sqlPairs('a new check of texts that get another collation', [
  {
    title: 'compares no values before they have one collation',
    before: [compared(unicode, general)],
    rows: ["INSERT INTO t VALUES (1, 'x', 'x')"],
    after: [compared(inBytes, inBytes, checked)],
    on: ['mysql', 'mariadb'],
    finds: { sql: 'SELECT id, a, b FROM t', rows: [[1, 'x', 'x']] },
  },
  {
    title: 'compares no values before they have one collation',
    before: [compared(' COLLATE "C"', ' COLLATE "POSIX"')],
    rows: ["INSERT INTO t VALUES (1, 'x', 'x')"],
    after: [compared(' COLLATE "C"', ' COLLATE "C"', checked)],
    on: ['postgres'],
    finds: { sql: 'SELECT id, a, b FROM t', rows: [[1, 'x', 'x']] },
  },
  {
    title: 'accepts values that are equal by the new one',
    before: [compared('', '')],
    rows: ["INSERT INTO t VALUES (1, 'x', 'X')"],
    after: [compared(' COLLATE NOCASE', '', checked)],
    on: ['sqlite'],
    finds: { sql: 'SELECT id, a, b FROM t', rows: [[1, 'x', 'X']] },
  },
])

const caseless = "CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
const unindexed = (column: string) => `CREATE TABLE t (id int NOT NULL PRIMARY KEY, a ${column})`
const found = (...rows: readonly (readonly unknown[])[]) => ({ sql: 'SELECT id, a FROM t ORDER BY id', rows })

sqlPairs('a new unique index', [
  {
    title: 'compares by its own collation',
    before: [unindexed('varchar(20) COLLATE NOCASE')],
    rows: ["INSERT INTO t VALUES (1, 'x'), (2, 'X')"],
    after: [unindexed('varchar(20) COLLATE NOCASE'), 'CREATE UNIQUE INDEX u ON t (a COLLATE BINARY)'],
    on: ['sqlite'],
    finds: found([1, 'x'], [2, 'X']),
  },
  {
    title: 'compares by its own collation',
    before: [caseless, unindexed('varchar(20) COLLATE caseless')],
    rows: ["INSERT INTO t VALUES (1, 'x'), (2, 'X')"],
    after: [caseless, unindexed('varchar(20) COLLATE caseless'), 'CREATE UNIQUE INDEX u ON t (a COLLATE "C")'],
    on: ['postgres'],
    finds: found([1, 'x'], [2, 'X']),
  },
])

describeOnServers(
  'a new unique index over the beginning of texts',
  (openGround) => {
    const write = revisionWriter()

    test('is refused before anything for rows that begin alike', async () => {
      const ground = await openGround()
      await ground.sql(unindexed('varchar(20)'))
      const declared = await declaredBy(ground, [unindexed('varchar(20)'), 'CREATE UNIQUE INDEX u ON t (a(3))'])
      const comparison = await compare(migratorOf(ground.dialect(), []), declared)
      const migrator = migratorOf(ground.dialect(), await write(comparison, []))
      await ground.sql("INSERT INTO t VALUES (1, 'abcd'), (2, 'abce')")
      // By the check: CREATE INDEX would refuse them too, when what stands before it is committed.
      expect(await errorOf(migrator.upgrade())).toMatchObject({
        code: 'BLOCKING_ROWS',
        details: {
          check: 'rows of t with the same a, which the unique index u keeps apart',
          rows: ['LEFT(`a`, 3) abc, rows 2'],
        },
      })
      await ground.sql('DELETE FROM t WHERE id = 2')
      await migrator.upgrade()
    })
  },
  ['mysql', 'mariadb'],
)
