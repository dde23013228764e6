import { integer } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, type Halves, migratorOn } from '../preserved/grounds.ts'

const required: Halves = {
  upgrade: (op) => op.alterTable('t', (t) => t.addColumn('b', integer(), { nullable: false })),
}
const keyed: Halves = { upgrade: (op) => op.alterTable('t', (t) => t.addPrimaryKey(['a'])) }

describeOnAll('rows that a change has no value for', (openGround, server) => {
  test.each([
    ['a required column without a default', required, 'INSERT INTO t VALUES (1)', 'that would have no value in'],
    ['a primary key over a NULL', keyed, 'INSERT INTO t VALUES (NULL)', 'with NULL in'],
  ] as const)('are named before %s, and nothing has run', async (_, halves, rows, what) => {
    // A key of SQLite takes NULL: https://www.sqlite.org/lang_createtable.html#the_primary_key
    if (server === 'sqlite' && halves === keyed) return
    const ground = await openGround()
    await ground.sql(`CREATE TABLE t (a int); ${rows}`)
    await expect(migratorOn(ground.dialect, halves).upgrade()).rejects.toMatchObject({
      code: 'BLOCKING_ROWS',
      message: expect.stringContaining(what),
    })
    expect((await ground.rows('SELECT * FROM t'))[0]).toHaveLength(1)
    await ground.sql('DELETE FROM t')
    await migratorOn(ground.dialect, halves).upgrade()
  })

  test('are named where only a table that inherits, or a partition, has them', async () => {
    if (server !== 'postgres') return
    for (const ddl of [
      'CREATE TABLE t (a int); CREATE TABLE heir () INHERITS (t); INSERT INTO heir VALUES (NULL)',
      'CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE p PARTITION OF t DEFAULT; INSERT INTO t VALUES (NULL)',
    ]) {
      for (const halves of [required, keyed]) {
        const ground = await openGround()
        await ground.sql(ddl)
        await expect(migratorOn(ground.dialect, halves).upgrade(), ddl).rejects.toMatchObject({ code: 'BLOCKING_ROWS' })
      }
    }
  })
})
