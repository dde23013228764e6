import { integer, type StepDatabase, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, type Ground, type Halves, migratorOn } from './grounds.ts'

const table: Halves = {
  upgrade: (op) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('a', varchar(20), { default: 'd' })
      t.primaryKey(['id'])
    }),
}
const upper = async (db: StepDatabase): Promise<void> => {
  await db.execute('UPDATE "t" SET "a" = UPPER("a")')
}
const lower = async (db: StepDatabase): Promise<void> => {
  await db.execute('UPDATE "t" SET "a" = LOWER("a"), "e" = LOWER("e")')
}
const rewritten: Halves = { upgrade: (op) => op.run('upper', { up: upper, down: 'none', from: ['t.a'], to: ['t.a'] }) }
const moved: Halves = {
  upgrade: (op) => {
    op.alterTable('t', (t) => t.dropColumn('a', { preserve: true }))
    op.alterTable('t', (t) => t.addColumn('b', varchar(20)))
  },
}
const added: Halves = { upgrade: (op) => op.alterTable('t', (t) => t.addColumn('b', varchar(20))) }
const inB = 'SELECT id, b FROM t ORDER BY id'
const changed =
  't.b: the row has changed since the downgrade, or another row has its key now, so the preserved value is not restored'

async function withRows(ground: Ground, ...later: readonly Halves[]) {
  const migrator = migratorOn(ground.dialect, table, ...later)
  await migrator.upgrade()
  await ground.sql("INSERT INTO t (id, b) VALUES (1, 'b1'), (2, 'b2')")
  await migrator.downgrade('r1')
  return migrator
}

describeOnAll('rows that the steps of a run rewrite themselves', (openGround) => {
  test('a value comes back where an earlier step of the upgrade changed the only column to compare', async () => {
    const ground = await openGround()
    const migrator = await withRows(ground, rewritten, moved)
    expect((await migrator.upgrade()).reports).toEqual([])
    expect(await ground.rows(inB)).toEqual([
      ['1', 'b1'],
      ['2', 'b2'],
    ])
  })

  test('a row that another program has put in its place does not get it', async () => {
    const ground = await openGround()
    const migrator = await withRows(ground, rewritten, moved)
    await ground.sql("DELETE FROM t WHERE id = 2; INSERT INTO t (id, a) VALUES (2, 'new')")
    const { reports } = await migrator.upgrade()
    expect(reports.map(({ what, firstKeys }) => [what, firstKeys])).toEqual([[changed, ['2']]])
    expect(await ground.rows(inB)).toEqual([
      ['1', 'b1'],
      ['2', null],
    ])
  })

  test('a row that is gone does not come back', async () => {
    const ground = await openGround()
    const migrator = await withRows(ground, rewritten, moved)
    await ground.sql('DELETE FROM t WHERE id = 2')
    await migrator.upgrade()
    expect(await ground.rows(inB)).toEqual([['1', 'b1']])
  })

  test('a column is found under the name that an earlier step gives it', async () => {
    const ground = await openGround()
    const renamed: Halves = { upgrade: (op) => op.renameColumn('t', 'a', 'c') }
    const migrator = await withRows(ground, rewritten, renamed, added)
    expect((await migrator.upgrade()).reports).toEqual([])
    expect(await ground.rows(inB)).toEqual([
      ['1', 'b1'],
      ['2', 'b2'],
    ])
  })

  test('what the downgrade of an earlier step changed is not compared where other columns are left', async () => {
    const ground = await openGround()
    const migrator = migratorOn(
      ground.dialect,
      {
        upgrade: (op) =>
          op.createTable('t', (t) => {
            t.column('id', integer(), { nullable: false })
            t.column('a', varchar(20))
            t.column('e', varchar(20))
            t.column('f', varchar(20))
            t.primaryKey(['id'])
          }),
      },
      {
        upgrade: (op) =>
          op.run('case', { up: async () => undefined, down: lower, from: ['t.a', 't.e'], to: ['t.a', 't.e'] }),
      },
      added,
    )
    await migrator.upgrade()
    await ground.sql("INSERT INTO t (id, a, e, f, b) VALUES (1, 'A', 'E', 'F', 'b1'), (2, 'A', 'E', 'F', 'b2')")
    await migrator.downgrade('r1')
    await ground.sql("DELETE FROM t WHERE id = 2; INSERT INTO t (id, a, e, f) VALUES (2, 'x', 'y', 'z')")
    const { reports } = await migrator.upgrade()
    expect(reports.map(({ what, firstKeys }) => [what, firstKeys])).toEqual([[changed, ['2']]])
    expect(await ground.rows(inB)).toEqual([
      ['1', 'b1'],
      ['2', null],
    ])
  })
})
