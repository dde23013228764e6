import { expression, integer, json, native, type OperationRecorder, varchar } from '@org/migrate-core'
import type { ColumnType } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { errorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

const tinytext = native('mysql', 'tinytext')
const tinyblob = native('mysql', 'tinyblob')

interface Refusal {
  readonly before: string
  readonly key: string
  readonly after: ColumnType
  readonly code: string
  readonly why: string
}

const refusal = (before: string, key: string, after: ColumnType, code: string, why: string): Refusal => ({
  before,
  key,
  after,
  code,
  why,
})

const tooLong = (index: string, length: number, type: string, most: number): string =>
  `index ${index} of t: it holds ${length} characters of v; of a column of type ${type}, an index holds ${most} at most`
const noJson = (index: string): string => `index ${index} of t: no index of MySQL holds a column of type json, as v is`
const whole = 'column t.v cannot become mediumtext: primary key holds the whole of it.'

const onBoth: readonly Refusal[] = [
  refusal('blob', 'KEY k (v(300))', tinyblob, 'INVALID_OPERATION', tooLong('k', 300, 'tinyblob', 255)),
  refusal(
    'blob',
    'PRIMARY KEY (v(256))',
    tinyblob,
    'INVALID_OPERATION',
    tooLong('of the primary key', 256, 'tinyblob', 255),
  ),
  refusal('varchar(40)', 'PRIMARY KEY (v)', native('mysql', 'mediumtext'), 'DEPENDENT_OBJECTS', whole),
]

const refusals: { readonly [flavour: string]: readonly Refusal[] } = {
  mariadb: [
    ...onBoth,
    refusal('text', 'KEY k (v(300))', tinytext, 'INVALID_OPERATION', tooLong('k', 300, 'tinytext', 255)),
  ],
  mysql: [
    ...onBoth,
    refusal('text', 'UNIQUE KEY k (v(64))', tinytext, 'INVALID_OPERATION', tooLong('k', 64, 'tinytext', 63)),
    refusal('varchar(300)', 'KEY k (v(20))', json(), 'INVALID_OPERATION', noJson('k')),
    refusal('varchar(40)', 'KEY k (v)', json(), 'INVALID_OPERATION', noJson('k')),
    refusal('text', 'PRIMARY KEY (v(20))', json(), 'INVALID_OPERATION', noJson('of the primary key')),
    refusal('text', 'FULLTEXT KEY k (v)', json(), 'INVALID_OPERATION', noJson('k')),
    refusal(
      'varchar(40)',
      'UNIQUE KEY k (v)',
      native('mysql', 'mediumtext'),
      'DEPENDENT_OBJECTS',
      'column t.v cannot become mediumtext: unique constraint k holds the whole of it.',
    ),
  ],
}

describeOnEach(
  ['mariadb', 'mysql'],
  'an index that the new type of its column does not allow',
  (createDatabase, flavour) => {
    const prepared = async (type: string, key: string) => {
      const db = await createDatabase()
      await db.sql(`CREATE TABLE t (id int, v ${type} NOT NULL, ${key}) CHARSET utf8mb4`)
      await db.sql(`INSERT INTO t VALUES (1, '{"a": 1}')`)
      const shown = async () => String((await db.sql('SHOW CREATE TABLE t'))[0]?.['Create Table'])
      return { db, shown }
    }

    it.each(refusals[flavour] ?? [])(
      'is refused before anything runs: $before, $key',
      async ({ before, key, after, code, why }) => {
        const { db, shown } = await prepared(before, key)
        const tableBefore = await shown()
        const migrator = migratorOn(db, (op) => {
          op.addColumn('t', 'w', varchar(9))
          op.alterColumn('t', 'v', { type: after })
        })
        const error = await errorOf(migrator.upgrade())
        expect([error.code, error.message.includes(why) ? why : error.message]).toEqual([code, why])
        expect(await shown()).toBe(tableBefore)
      },
    )

    it('goes and comes around the change, as the advice has it, and the downgrade restores it', async () => {
      const { db, shown } = await prepared('blob', 'KEY `k` (`v`(300))')
      const before = await shown()
      const migrator = migratorOn(db, (op: OperationRecorder) => {
        op.dropIndex('t', 'k')
        op.alterColumn('t', 'v', { type: tinyblob })
        op.createIndex('t', 'k', [{ column: 'v', prefixLength: 255 }])
      })
      await migrator.upgrade()
      expect(await shown()).toContain('KEY `k` (`v`(255))')
      await migrator.downgrade('base')
      expect(await shown()).toBe(before)
    })

    it.each([
      ['PRIMARY KEY', { kind: 'primaryKey' }, 'PRIMARY KEY (`v`(20))'],
      ['UNIQUE KEY `k`', 'k', 'UNIQUE KEY `k` (`v`(20))'],
    ] as const)(
      'is a key that op.sql brings back with a prefix, as the advice has it: %s',
      async (key, dropped, shownKey) => {
        const { db, shown } = await prepared('varchar(40)', `${key} (v)`)
        const migrator = migratorOn(db, (op) => {
          op.dropConstraint('t', dropped)
          op.alterColumn('t', 'v', { type: native('mysql', 'mediumtext') })
          op.sql(`ALTER TABLE t ADD ${key} (v(20))`)
        })
        await migrator.upgrade()
        expect(await shown()).toContain(shownKey)
      },
    )

    it('has no room for a value that the new type is too short for, which the plan names', async () => {
      const { db, shown } = await prepared('blob', 'KEY `k` (`v`(20))')
      await db.sql("INSERT INTO t VALUES (2, REPEAT('x', 255)), (3, REPEAT('x', 256))")
      const before = await shown()
      const error = await errorOf(migratorOn(db, (op) => op.alterColumn('t', 'v', { type: tinyblob })).upgrade())
      expect(error.code).toBe('BLOCKING_ROWS')
      expect(error.message).toContain('rows of t with more than 255 bytes in v')
      expect(await shown()).toBe(before)
      await db.sql('DELETE FROM t WHERE id = 3')
      await migratorOn(db, (op) => op.alterColumn('t', 'v', { type: tinyblob })).upgrade()
      expect(await shown()).toContain('`v` tinyblob NOT NULL')
    })

    if (flavour === 'mysql') {
      it('is one over an expression for a JSON, as the advice has it', async () => {
        const { db, shown } = await prepared('varchar(300)', 'KEY `k` (`v`(20))')
        const before = await shown()
        const migrator = migratorOn(db, (op) => {
          op.dropIndex('t', 'k')
          op.alterColumn('t', 'v', { type: json() })
          op.createIndex('t', 'k', [{ expression: expression("CAST(v->>'$.a' AS CHAR(40))") }])
        })
        await migrator.upgrade()
        expect(await shown()).toContain("KEY `k` ((cast(json_unquote(json_extract(`v`,_utf8mb4'$.a'))")
        await migrator.downgrade('base')
        expect(await shown()).toBe(before)
      })
    }
  },
)

describeOnEach(['mariadb', 'mysql'], 'a table of an older row format', (createDatabase) => {
  const holds = 'an index has at most 767 of a column'
  it.each<readonly [string, string, string, Recorded, string]>([
    ['COMPACT', '', 'i', (op) => op.createIndex('t', 'i', ['a']), 'CREATE INDEX i ON t (a)'],
    ['REDUNDANT', '', 'u', (op) => op.addUnique('t', ['a'], { name: 'u' }), 'CREATE UNIQUE INDEX u ON t (a)'],
    [
      'COMPACT',
      ', KEY i (a)',
      'i',
      (op) => op.alterTable('t', (t) => t.options({ row_format: 'COMPACT' })),
      'ALTER TABLE t ROW_FORMAT=COMPACT',
    ],
  ])('has no index over more than 767 bytes of a column: %s%s', async (format, key, index, change, statement) => {
    const db = await createDatabase()
    const own = key === '' ? ` ROW_FORMAT=${format}` : ''
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY, a varchar(192) CHARACTER SET utf8mb4${key})${own}`)
    const { code, message } = await errorOf(migratorOn(db, change).plan())
    expect([code, message]).toEqual([
      'INVALID_OPERATION',
      `index ${index} of t: its column a takes up to 768 bytes; with ROW_FORMAT=${format}, ${holds}`,
    ])
    // The server refuses it too: 1071, on MariaDB 1709.
    await expect(db.sql(statement)).rejects.toThrow(/767 bytes/)
  })

  it('has one over 767 bytes of each of its columns', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (a varchar(191) CHARACTER SET utf8mb4, b varbinary(767), c text) ROW_FORMAT=COMPACT')
    const migrator = migratorOn(db, (op) => op.createIndex('t', 'i', ['a', 'b', { column: 'c', prefixLength: 191 }]))
    await migrator.upgrade()
    await migrator.downgrade('base')
  })
})

describeOnEach(['mariadb', 'mysql'], 'a table with partitions', (createDatabase, server) => {
  it.each<readonly [string, string, Recorded]>([
    [
      'a unique key without what they are chosen by',
      'constraint t_a_key of t: the partitions of the table are chosen by id, which each unique key has to have',
      (op) => op.addUnique('t', ['a']),
    ],
    [
      'a unique index without it',
      'index x of t: the partitions of the table are chosen by id, which each unique key has to have',
      (op) => op.createIndex('t', 'x', ['a'], { unique: true }),
    ],
    [
      'a foreign key',
      'constraint t_a_fk of t: t has partitions, and so no foreign key is from it or to it',
      (op) => op.addForeignKey('t', { columns: ['a'], references: { table: 'p', columns: ['id'] } }),
    ],
    [
      'a foreign key to it',
      'constraint p_id_fk of p: t has partitions, and so no foreign key is from it or to it',
      (op) => op.addForeignKey('p', { columns: ['id'], references: { table: 't', columns: ['id'] } }),
    ],
    ...(server === 'mysql'
      ? ([
          [
            'a FULLTEXT index',
            'index x of t: the table has partitions, and so no FULLTEXT index',
            (op) => op.createIndex('t', 'x', ['b'], { method: 'fulltext' }),
          ],
        ] as const satisfies readonly (readonly [string, string, Recorded])[])
      : []),
  ])('%s is refused before the first statement, and the advice adds it', async (_, message, change) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE p (id int PRIMARY KEY);
      CREATE TABLE t (id int PRIMARY KEY, a int, b text) PARTITION BY HASH (id) PARTITIONS 2`)
    const before = await objectsOf(db)
    const added: Recorded = (op) => {
      op.addColumn('t', 'more', integer())
      change(op)
    }
    expect(await errorOf(migratorOn(db, added).upgrade())).toMatchObject({ code: 'INVALID_OPERATION', message })
    expect(await objectsOf(db)).toEqual(before)
    // takes them away
    await migratorOn(db, (op) => {
      op.sql('ALTER TABLE t REMOVE PARTITIONING')
      change(op)
    }).upgrade()
  })

  it('a unique key has what the partitions are chosen by, as the advice has it', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY, a int) PARTITION BY HASH (id) PARTITIONS 2')
    // by each of the two
    await migratorOn(db, (op) => {
      op.addUnique('t', ['a', 'id'], { name: 'whole' })
      op.createIndex('t', 'plain', ['a'])
    }).upgrade()
    expect(await db.sql("SHOW INDEX FROM t WHERE Key_name IN ('whole', 'plain')")).toHaveLength(3)
  })
})
