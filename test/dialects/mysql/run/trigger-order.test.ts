import { expression, type OperationRecorder } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { dialectFor } from '../../../faults/runner/dialects.ts'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnEach, type TestDatabase } from '../../../kit/servers.ts'

const triggerText = (name: string, clause = ''): string =>
  `CREATE TRIGGER ${name} BEFORE INSERT ON t FOR EACH ROW ${clause} SET NEW.a = concat(NEW.a, '${name} ')`

const make = (op: OperationRecorder, name: string, clause?: string): void =>
  op.createTrigger('t', name, expression(triggerText(name, clause)))

/** The order in which they ran for a row. */
async function order(db: TestDatabase): Promise<unknown> {
  await db.sql("DELETE FROM t; INSERT INTO t VALUES ('')")
  return (await db.sql('SELECT a FROM t'))[0]?.a
}

describeOnEach(['mariadb', 'mysql'], 'the downgrade of dropped triggers', (createDatabase) => {
  it.each<[string, Recorded, string]>([
    [
      'two before a third',
      (op) => {
        op.dropTrigger('t', 'g1')
        op.dropTrigger('t', 'g2')
      },
      'g3 ',
    ],
    [
      'all of them, in another order',
      (op) => {
        for (const name of ['g2', 'g1', 'g3']) op.dropTrigger('t', name)
      },
      '',
    ],
    [
      'one that has changed its place, and one that was behind it',
      (op) => {
        op.dropTrigger('t', 'g1')
        make(op, 'g1')
        op.dropTrigger('t', 'g2')
      },
      'g3 g1 ',
    ],
    [
      'one that its text put first, and one behind it',
      (op) => {
        make(op, 'g0', 'PRECEDES g1')
        op.dropTrigger('t', 'g2')
        op.dropTrigger('t', 'g1')
      },
      'g0 g3 ',
    ],
  ])('brings them back in the order in which they ran: %s', async (_, change, after) => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (a varchar(99))')
    for (const name of ['g1', 'g2', 'g3']) await db.sql(triggerText(name))
    const migrator = migratorOf(dialectFor('mysql', db.url), line(change))
    await migrator.upgrade()
    expect(await order(db)).toBe(after)
    await migrator.downgrade('base')
    expect(await order(db)).toBe('g1 g2 g3 ')
  })
})
