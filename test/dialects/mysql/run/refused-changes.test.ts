import { enumeration, expression, json, native, type OperationRecorder, varchar } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnEach, type TestDatabase } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

const rowsOf = async (db: TestDatabase): Promise<unknown[]> =>
  (await db.sql('SELECT * FROM t ORDER BY id')).map((row) => ({ ...row }))

const addThen =
  (change: Recorded): Recorded =>
  (op) => {
    op.addColumn('t', 'more', varchar(9))
    change(op)
  }

describeOnEach(
  ['mariadb', 'mysql'],
  'a change that the server would refuse in the middle of a run',
  (createDatabase, server) => {
    const setUp = async (columns: string, rows: string): Promise<TestDatabase> => {
      const db = await createDatabase()
      await db.sql(`CREATE TABLE t (id int NOT NULL, ${columns})`)
      await db.sql(`INSERT INTO t VALUES ${rows}`)
      return db
    }
    const refusal = async (db: TestDatabase, change: Recorded) => {
      const before = await objectsOf(db)
      const { code, message } = await errorOf(migratorOn(db, addThen(change)).upgrade())
      expect(await objectsOf(db)).toEqual(before)
      return { code, message }
    }

    it.each(['varchar(9)', 'decimal(9,0)'])('names a column that counts and becomes a %s', async (type) => {
      const db = await setUp('n int NOT NULL AUTO_INCREMENT PRIMARY KEY', '(1, 1)')
      const to = native('mysql', type)
      expect(await refusal(db, (op) => op.alterColumn('t', 'n', { type: to }))).toMatchObject({
        code: 'INVALID_OPERATION',
        message: expect.stringContaining(`the column n counts by itself (AUTO_INCREMENT), and ${type} is no type`),
      })
      const migrator = migratorOn(db, (op) => op.alterColumn('t', 'n', { identity: null, type: to }))
      await migrator.upgrade()
      await migrator.downgrade('base')
      await db.sql('INSERT INTO t (id) VALUES (2)')
      expect(await db.sql('SELECT n FROM t WHERE id = 2')).toEqual([{ n: 2 }])
    })

    it('names a NOT NULL column that becomes computed (MariaDB), or keeps its NOT NULL (MySQL)', async () => {
      const db = await setUp('a int, b int NOT NULL', '(1, 1, 1)')
      const computed = { generated: { as: expression('a + 1'), stored: true } } as const
      const change: Recorded = (op) => op.alterColumn('t', 'b', computed)
      if (server === 'mariadb') {
        expect(await refusal(db, change)).toMatchObject({
          code: 'UNSUPPORTED',
          message: 'NOT NULL of the generated column b: MariaDB has no NOT NULL for a generated column',
        })
      }
      const nullable = server === 'mariadb' ? { nullable: true } : {}
      const migrator = migratorOn(db, (op) => op.alterColumn('t', 'b', { ...computed, ...nullable }))
      const before = await objectsOf(db)
      await migrator.upgrade()
      expect(await rowsOf(db)).toEqual([{ id: 1, a: 1, b: 2 }])
      const [column] = await db.sql(
        "SELECT IS_NULLABLE AS n FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'b'",
      )
      expect(column).toEqual({ n: server === 'mariadb' ? 'YES' : 'NO' })
      await migrator.downgrade('base')
      expect(await objectsOf(db)).toEqual(before)
    })

    it('gives the values of an enum that differ in case only the letters of the new list, and back', async () => {
      const values = "b enum('a','b','C') COLLATE utf8mb4_general_ci NOT NULL"
      const db = await setUp(values, "(1, 'a'), (2, 'b'), (3, 'C')")
      const migrator = migratorOn(db, (op) => op.alterColumn('t', 'b', { type: enumeration(['C', 'B', 'a']) }))
      await migrator.upgrade()
      expect(await rowsOf(db)).toEqual([
        { id: 1, b: 'a' },
        { id: 2, b: 'B' },
        { id: 3, b: 'C' },
      ])
      await migrator.downgrade('base')
      expect(await rowsOf(db)).toEqual([
        { id: 1, b: 'a' },
        { id: 2, b: 'b' },
        { id: 3, b: 'C' },
      ])
    })

    it('names the rows of an enum with another case where its collation tells them apart', async () => {
      const db = await setUp("b enum('a','b') COLLATE utf8mb4_bin NOT NULL, PRIMARY KEY (id)", "(1, 'a'), (2, 'b')")
      const run = migratorOn(db, (op) => op.alterColumn('t', 'b', { type: enumeration(['a', 'B']) })).upgrade()
      expect(await errorOf(run)).toMatchObject({
        code: 'BLOCKING_ROWS',
        message: 'rows of t with a value in b that the enum is to lose (b): id 2',
      })
    })

    it('names the rows with a text that is no JSON', async () => {
      const db = await setUp('v longtext, PRIMARY KEY (id)', `(1, '{"a": 1}'), (2, '{bad'), (3, NULL), (4, '')`)
      const run = migratorOn(db, (op) => op.alterColumn('t', 'v', { type: json() })).upgrade()
      expect(await errorOf(run)).toMatchObject({
        code: 'BLOCKING_ROWS',
        message: 'rows of t with a text in v that is no JSON: id 2; id 4',
      })
    })

    it('names the rows whose values in a unique key another collation takes for equal', async () => {
      const columns = 'a varchar(9) COLLATE utf8mb4_bin, b int, PRIMARY KEY (id), UNIQUE (b, a)'
      const db = await setUp(columns, "(1, 'x', 1), (2, 'X', 1), (3, NULL, 1), (4, NULL, 1), (5, 'X', 2)")
      const migrator = migratorOn(db, (op) => op.alterColumn('t', 'a', { collation: 'utf8mb4_general_ci' }))
      const { code, message } = await errorOf(migrator.upgrade())
      const [what, rows] = message.split(': ')
      expect({ code, what, rows: rows?.split('; ').sort() }).toEqual({
        code: 'BLOCKING_ROWS',
        what: 'rows of t whose values in the unique key (b, a) are equal by utf8mb4_general_ci',
        rows: ['id 1, b 1, a x', 'id 2, b 1, a X'],
      })
      // removes one, and gives the other another value
      await db.sql("DELETE FROM t WHERE id = 2; UPDATE t SET a = 'y' WHERE id = 1")
      expect((await migrator.upgrade()).applied).toEqual(['main:r1'])
    })

    it('a default that the enum is to lose is refused first, and goes with it', async () => {
      const db = await setUp("b enum('a','b') NOT NULL DEFAULT 'b'", "(1, 'a')")
      const lose = (change: Readonly<Record<string, unknown>>) => (op: OperationRecorder) =>
        op.alterColumn('t', 'b', { type: enumeration(['a', 'c']), ...change })
      expect(await refusal(db, lose({}))).toEqual({
        code: 'INVALID_OPERATION',
        message: 'change column t.b: the default of b, "b", is none of the values of the enum',
      })
      // by each of the two
      for (const value of ['c', null]) {
        const migrator = migratorOn(db, lose({ default: value }))
        await migrator.upgrade()
        await migrator.downgrade('base')
      }
      await db.sql('INSERT INTO t (id) VALUES (2)')
      expect(await rowsOf(db)).toEqual([
        { id: 1, b: 'a' },
        { id: 2, b: 'b' },
      ])
    })

    it('a key over a TEXT is refused first, and the advice adds it', async () => {
      const db = await setUp('v text NOT NULL', "(1, 'x'), (2, 'y')")
      const addKey = (op: OperationRecorder) => op.addPrimaryKey('t', ['v'])
      expect(await refusal(db, addKey)).toEqual({
        code: 'INVALID_OPERATION',
        message: 'primary key of t: it would hold the whole of v, and of the type text a key holds only the beginning',
      })
      const addUnique = (op: OperationRecorder) => op.addUnique('t', ['v'], { name: 'vu' })
      if (server === 'mysql') {
        expect(await refusal(db, addUnique)).toEqual({
          code: 'INVALID_OPERATION',
          message:
            'unique constraint vu of t: it would hold the whole of v, and of the type text a key holds only the beginning',
        })
      }
      // by each of the two
      const migrator = migratorOn(db, (op) => {
        op.alterColumn('t', 'v', { type: varchar(40) })
        addKey(op)
      })
      await migrator.upgrade()
      await migrator.downgrade('base')
      await migratorOn(db, (op) =>
        op.sql('ALTER TABLE t ADD UNIQUE KEY vu (v(20))', { inverse: 'ALTER TABLE t DROP KEY vu' }),
      ).upgrade()
      expect(JSON.stringify(await objectsOf(db))).toContain('UNIQUE KEY `vu` (`v`(20))')
    })

    it('names the partitions that a column chooses, which is to go', async () => {
      const db = await createDatabase()
      await db.sql('CREATE TABLE t (id int NOT NULL, w int NOT NULL) PARTITION BY HASH (w) PARTITIONS 2')
      expect(await refusal(db, (op) => op.dropColumn('t', 'w'))).toEqual({
        code: 'DEPENDENT_OBJECTS',
        message: 'column t.w is used by the partitions of t',
      })
      // One that only has the name of a partition goes.
      await db.sql(
        'CREATE TABLE u (id int NOT NULL, w int NOT NULL) PARTITION BY LIST (id) (PARTITION w VALUES IN (1))',
      )
      await migratorOn(db, (op) => op.dropColumn('u', 'w')).upgrade()
    })
  },
)

describeOnEach(['mysql'], 'a partitioned table', (createDatabase) => {
  it('a column that chooses the partition is renamed as the advice has it (MySQL)', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int NOT NULL PRIMARY KEY, v int) PARTITION BY HASH (id) PARTITIONS 4')
    await db.sql('INSERT INTO t VALUES (1, 2)')
    const before = await objectsOf(db)
    const rename: Recorded = (op) => op.renameColumn('t', 'id', 'number')
    expect(await errorOf(migratorOn(db, addThen(rename)).upgrade())).toMatchObject({
      code: 'DEPENDENT_OBJECTS',
      message: 'column t.id cannot be renamed: the partitions of t are chosen by it.',
    })
    expect(await objectsOf(db)).toEqual(before)
    // takes the partitions away, and makes them again
    const away = 'ALTER TABLE t REMOVE PARTITIONING'
    const migrator = migratorOn(db, (op) => {
      op.sql(away, { inverse: 'ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 4' })
      rename(op)
      op.sql('ALTER TABLE t PARTITION BY HASH (number) PARTITIONS 4', { inverse: away })
    })
    await migrator.upgrade()
    expect((await db.sql('SELECT * FROM t')).map((row) => ({ ...row }))).toEqual([{ number: 1, v: 2 }])
    await migrator.downgrade('base')
    expect(await objectsOf(db)).toEqual(before)
  })
})
