import { integer, type StepDatabase, text } from '@org/migrate-core'
import { expect, it } from 'vitest'
import type { RevisionBody } from '../../kit/migrator.ts'
import { describeEverywhere, migratorOn, valuesOf } from './kit.ts'

const users: RevisionBody = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.column('note', text())
    t.primaryKey(['id'])
  })

/** Not what plans note of locks and foreign keys. */
const ofDowngrade = (notes: readonly string[] | undefined) => notes?.filter((each) => each.includes('downgrade'))

const nothing = async (): Promise<void> => undefined

describeEverywhere('a data step without a downgrade', (ground) => {
  it('is named in both plans and runs, with the column that keeps its values', async () => {
    const at = await ground()
    const fill = async (db: StepDatabase): Promise<void> =>
      void (await db.execute(`UPDATE "t" SET "name" = 'anon' WHERE "name" IS NULL`))
    const migrator = migratorOn(at, [
      users,
      (op) => {
        op.run('fill t.name', { up: fill, down: 'none', to: ['t.name'] })
        op.alterColumn('t', 'note', { default: 'x' })
      },
    ])
    await migrator.upgrade('r1')
    await at.sql("INSERT INTO t (id, name) VALUES (1, 'a'), (2, NULL)")
    const note = 'the derived downgrade does not take back what the data step "fill t.name" writes to column t.name'
    expect(ofDowngrade((await migrator.plan()).steps[0]?.notes)).toEqual([note])
    expect(ofDowngrade((await migrator.upgrade()).warnings)).toEqual([`main:r2: ${note}`])
    expect(ofDowngrade((await migrator.plan('r1', { direction: 'down' })).steps[0]?.notes)).toEqual([note])
    expect(ofDowngrade((await migrator.downgrade('r1')).warnings)).toEqual([`main:r2: ${note}`])
    expect(await valuesOf(at, 'name')).toEqual(['a', 'anon'])
  })

  it('is not named for columns and tables that the downgrade drops', async () => {
    const migrator = migratorOn(await ground(), [
      users,
      (op) => {
        op.alterTable('t', (t) => t.addColumn('new', text()))
        op.createTable('added', (t) => t.column('id', integer()))
        op.run('new ones', { up: nothing, down: 'none', to: ['t.new', 'added', 'added.id'] })
        op.run('not declared', { up: nothing, down: 'none' })
        op.run('renamed', { up: nothing, down: 'none', to: ['t.title'] })
        op.renameColumn('t', 'name', 'title')
        op.run('taken back', { up: nothing, down: nothing, to: ['t.note'] })
      },
    ])
    await migrator.upgrade('r1')
    const notes = ['the derived downgrade does not take back what the data step "renamed" writes to column t.title']
    expect(ofDowngrade((await migrator.plan()).steps[0]?.notes)).toEqual(notes)
    await migrator.upgrade()
    expect(ofDowngrade((await migrator.plan('r1', { direction: 'down' })).steps[0]?.notes)).toEqual(notes)
  })
})
