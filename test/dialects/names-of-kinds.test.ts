import { expression, integer, type OperationRecorder } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { dialectFor } from '../faults/runner/dialects.ts'
import { errorOf, line, migratorOf } from '../kit/migrator.ts'
import { describeOn, describeOnEach } from '../kit/servers.ts'
import { describeEverywhere } from '../unit/ensure/ground.ts'

const key = { name: 'x', columns: ['a'], references: { table: 'p', columns: ['id'] } }
const create = (op: OperationRecorder): void =>
  op.createTable('p', (p) => {
    p.column('id', integer(), { nullable: false })
    p.primaryKey(['id'])
  })
const together = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('a', integer())
    t.unique(['a'], { name: 'x' })
    t.foreignKey(key)
  })
const later = (op: OperationRecorder): void => {
  op.createTable('t', (t) => {
    t.column('a', integer())
    t.unique(['a'], { name: 'x' })
  })
  op.addForeignKey('t', key)
}

describeEverywhere('constraints of two kinds with one name', (openGround) => {
  test.each([
    ['of a new table', together],
    ['one after the other', later],
  ])('%s are what the server takes', async (_, change) => {
    const ground = await openGround()
    const migrator = migratorOf(ground.dialect(), line(create, change))
    if (ground.url.startsWith('postgres')) {
      // 42710: constraint "x" for relation "t" already exists
      const { code, message } = await errorOf(migrator.plan())
      expect([code, message]).toEqual([
        'INVALID_OPERATION',
        'constraint x of t: the constraints of a table differ in their names, and two are called so',
      ])
      return
    }
    await migrator.upgrade()
    await expect(ground.sql('INSERT INTO t (a) VALUES (5)')).rejects.toThrow(/foreign key|FOREIGN KEY/)
    await ground.sql('INSERT INTO p (id) VALUES (5)')
    await ground.sql('INSERT INTO t (a) VALUES (5)')
    await expect(ground.sql('INSERT INTO t (a) VALUES (5)')).rejects.toThrow(/unique|UNIQUE|Duplicate/)
    await ground.sql('DELETE FROM t')
    await migrator.downgrade('base')
  })
})

describeOn('mariadb', 'a check with the name of a key', (createDatabase) => {
  test.each<[string, (op: OperationRecorder) => void]>([
    [
      'of a new table',
      (op) =>
        op.createTable('t', (t) => {
          t.column('a', integer())
          t.foreignKey(key)
          t.check(expression('a > 0'), { name: 'X' })
        }),
    ],
    [
      'of a table with the key',
      (op) => {
        later(op)
        op.addCheck('t', expression('a > 0'), { name: 'x' })
      },
    ],
    [
      'of a table that has it first',
      (op) => {
        op.createTable('t', (t) => {
          t.column('a', integer())
          t.check(expression('a > 0'), { name: 'X' })
        })
        op.addUnique('t', ['a'], { name: 'x' })
      },
    ],
  ])('%s is refused before anything runs', async (_, change) => {
    const db = await createDatabase()
    const migrator = migratorOf(dialectFor('mysql', db.url), line(create, change))
    expect(await errorOf(migrator.upgrade())).toMatchObject({
      code: 'INVALID_OPERATION',
      message: expect.stringMatching(/^check [xX] of t: a key of the table has this name, too$/),
    })
    expect(await db.sql('SHOW TABLES')).toEqual([])
  })

  test('is none where the server itself has named the check after its column', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (a int CHECK (a > 0), b int)')
    const migrator = migratorOf(
      dialectFor('mysql', db.url),
      line((op) => op.addUnique('t', ['a'])),
    )
    await migrator.upgrade()
    await migrator.downgrade('base')
    await migrator.upgrade()
  })
})

// Each as the two that a table has, and what is refused then: error 1061, Duplicate key name 'x'.
describeOnEach(['mysql', 'mariadb'], 'an index with the name of another one of its table', (createDatabase) => {
  const own = { name: 'x', columns: ['b'], references: { table: 't', columns: ['id'] } }
  const taken = /^(?:index|unique constraint|foreign key) x of t: an index of the table has this name, too/
  test.each<[string, string, (op: OperationRecorder) => void]>([
    ['a unique constraint, of an index', 'KEY x (a)', (op) => op.addUnique('t', ['b'], { name: 'X' })],
    ['a foreign key, of an index', 'KEY x (a)', (op) => op.addForeignKey('t', own)],
    ['a foreign key, of a unique constraint', 'UNIQUE KEY x (a)', (op) => op.addForeignKey('t', own)],
    [
      'an index, of a foreign key',
      'CONSTRAINT x FOREIGN KEY (a) REFERENCES t (id)',
      (op) => op.createIndex('t', 'x', ['b']),
    ],
    [
      'a renamed index, of a foreign key',
      'KEY k (b), CONSTRAINT x FOREIGN KEY (a) REFERENCES t (id)',
      (op) => op.renameIndex('t', 'k', 'x'),
    ],
    ['a renamed constraint, of an index', 'UNIQUE KEY k (b), KEY x (a)', (op) => op.renameConstraint('t', 'k', 'x')],
  ])('%s, is refused before anything runs', async (_, has, change) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY, a int, b int, ${has})`)
    const migrator = migratorOf(
      dialectFor('mysql', db.url),
      line((op) => {
        op.addColumn('t', 'c', integer())
        change(op)
      }),
    )
    expect(await errorOf(migrator.upgrade())).toMatchObject({
      code: 'INVALID_OPERATION',
      message: expect.stringMatching(taken),
    })
    expect(await db.sql("SHOW COLUMNS FROM t LIKE 'c'")).toEqual([])
  })

  test('is none where it serves the foreign key of this name', async () => {
    const db = await createDatabase()
    await db.sql(
      'CREATE TABLE t (id int PRIMARY KEY, a int, b int, KEY x (b), CONSTRAINT y FOREIGN KEY (a) REFERENCES t (id))',
    )
    const migrator = migratorOf(
      dialectFor('mysql', db.url),
      line((op) => {
        op.addForeignKey('t', own)
        op.createIndex('t', 'y', ['a', 'b'])
      }),
    )
    await migrator.upgrade()
    await migrator.downgrade('base')
    await migrator.upgrade()
  })
})
