import { enumeration, expression, integer, type OperationRecorder, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn, describeOnDialects } from '../../../kit/servers.ts'

const table = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('a', text())
    t.primaryKey(['id'])
  })

describeOn('postgres', 'NOT NULL on a column with NULLs', (createDatabase) => {
  it('The rows are named that it is refused for', async () => {
    const { url, sql } = await createDatabase()
    const migrator = migratorOf(
      postgresDialect({ url }),
      line(table, (op) => op.alterColumn('t', 'a', { nullable: false })),
    )
    await migrator.upgrade('r1')
    await sql("INSERT INTO t VALUES (1, NULL), (2, 'two'), (3, NULL)")
    await expect(migrator.upgrade()).rejects.toMatchObject({
      code: 'BLOCKING_ROWS',
      details: { check: 'rows of t with NULL in a, which is to be NOT NULL', rows: ['id 1', 'id 3'] },
    })
    await sql("UPDATE t SET a = 'one' WHERE a IS NULL")
    expect((await migrator.upgrade()).applied).toEqual(['main:r2'])
  })

  it('Of a table without a key their places are', async () => {
    const { url, sql } = await createDatabase()
    const migrator = migratorOf(
      postgresDialect({ url }),
      line(
        () => undefined,
        (op) => op.alterColumn('t', 'a', { nullable: false, type: integer(), using: 'a::integer' }),
      ),
    )
    await migrator.upgrade('r1')
    await sql("CREATE TABLE t (a text); INSERT INTO t VALUES ('1'), (NULL)")
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'BLOCKING_ROWS', details: { rows: ['ctid (0,2)'] } })
  })
})

describeOnDialects(['postgres', 'postgres-next'], 'rows that a change of their table refuses', (createDatabase) => {
  const none = () => undefined
  const tables: readonly (readonly [string, string, readonly string[]])[] = [
    ['the table itself', 'CREATE TABLE p (id int PRIMARY KEY, a int); INSERT INTO p VALUES (1, NULL), (2, -5)', []],
    [
      'an heir',
      'CREATE TABLE p (id int PRIMARY KEY, a int); CREATE TABLE c () INHERITS (p); INSERT INTO c VALUES (1, NULL), (2, -5)',
      ['table c, '],
    ],
    [
      'a partition',
      `CREATE TABLE p (id int PRIMARY KEY, a int) PARTITION BY RANGE (id); CREATE TABLE c PARTITION OF p DEFAULT;
        INSERT INTO p VALUES (1, NULL), (2, -5)`,
      ['table c, '],
    ],
  ]
  const isPositive = expression('a > 0')
  const changes: readonly (readonly [string, (op: OperationRecorder) => void, string, string])[] = [
    [
      'NOT NULL',
      (op) => op.alterColumn('p', 'a', { nullable: false }),
      'with NULL in a, which is to be NOT NULL',
      'id 1',
    ],
    [
      'a check',
      (op) => op.alterTable('p', (t) => t.addCheck(isPositive, { name: 'k' })),
      'that the check k (a > 0) refuses',
      'id 2',
    ],
  ]
  for (const [where, sql, [heir = '']] of tables)
    for (const [what, change, check, row] of changes)
      it(`Those of ${where} are named that ${what} is refused for`, async () => {
        const db = await createDatabase()
        const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, change))
        await migrator.upgrade('r1')
        await db.sql(sql)
        await expect(migrator.upgrade()).rejects.toMatchObject({
          code: 'BLOCKING_ROWS',
          details: { check: `rows of p ${check}`, rows: [`${heir}${row}`] },
        })
      })

  it('Those of heirs are no rows that a check without them or one not validated is refused for', async () => {
    const db = await createDatabase()
    const migrator = migratorOf(
      postgresDialect({ url: db.url }),
      line(none, (op) =>
        op.alterTable('p', (t) => {
          t.addConstraint({ kind: 'check', name: 'own', expression: 'a > 0', noInherit: true })
          t.addCheck(isPositive, { name: 'k', notValid: true })
        }),
      ),
    )
    await migrator.upgrade('r1')
    await db.sql('CREATE TABLE p (id int, a int); CREATE TABLE c () INHERITS (p); INSERT INTO c VALUES (1, -5)')
    expect((await migrator.upgrade()).applied).toEqual(['main:r2'])
  })

  it('Those are named whose value is none of an enum without a type', async () => {
    const db = await createDatabase()
    const migrator = migratorOf(
      postgresDialect({ url: db.url }),
      line(none, (op) => op.alterColumn('p', 'a', { type: enumeration(['on', 'off']) })),
    )
    await migrator.upgrade('r1')
    await db.sql("CREATE TABLE p (id int PRIMARY KEY, a text); INSERT INTO p VALUES (1, 'on'), (2, 'idle')")
    await expect(migrator.upgrade()).rejects.toMatchObject({
      code: 'BLOCKING_ROWS',
      details: { check: "rows of p that the check p_a_enum (\"a\" IN ('on', 'off')) refuses", rows: ['id 2'] },
    })
  })
})
