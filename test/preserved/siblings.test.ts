import { createMigrator, graphOf, integer, revisions, sqlRevision, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, type Halves, migratorOf } from './grounds.ts'

const first: Halves = {
  upgrade: (op) =>
    op.createTable('users', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('theme', varchar(40))
      t.primaryKey(['id'])
    }),
}
const fill = "INSERT INTO users (id, theme) VALUES (1, 'dark'), (2, 'light')"

/** The table and its key are renamed before the column goes, and the table once more behind it. */
const renamedAndDropped: Halves = {
  upgrade: (op) => {
    op.renameTable('users', 'people')
    op.alterTable('people', (t) => t.renameColumn('id', 'number'))
    op.alterTable('people', (t) => t.renameColumn('theme', 'shade'))
    op.alterTable('people', (t) => t.dropColumn('shade', { preserve: true }))
    op.renameTable('people', 'persons')
  },
}
const written: Halves = {
  ...renamedAndDropped,
  downgrade: (op) => {
    op.renameTable('persons', 'users')
    op.alterTable('users', (t) => t.renameColumn('number', 'id'))
    op.alterTable('users', (t) => t.addColumn('theme', varchar(40)))
  },
}

describeOnAll('what an upgrade preserved of a table that it renames', (open) => {
  test.each([
    ['derived', renamedAndDropped],
    ['written', written],
  ] as const)('comes back with a %s downgrade, where the row has not changed', async (_, second) => {
    const ground = await open()
    const migrator = migratorOf(ground.dialect, first, second)
    await migrator.upgrade('r1')
    await ground.sql(fill)
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await ground.rows('SELECT id, theme FROM users ORDER BY id')).toEqual([
      ['1', 'dark'],
      ['2', 'light'],
    ])
    expect(await migrator.state()).toMatchObject({ preserved: 0, superseded: 0 })
  })

  test('comes back with a written downgrade also as a whole table', async () => {
    const ground = await open()
    const migrator = migratorOf(ground.dialect, first, {
      upgrade: (op) => {
        op.renameTable('users', 'people')
        op.alterTable('people', (t) => t.renameColumn('theme', 'shade'))
        op.dropTable('people', { preserve: true })
      },
      downgrade: (op) => first.upgrade(op),
    })
    await migrator.upgrade('r1')
    await ground.sql(fill)
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await ground.rows('SELECT id, theme FROM users ORDER BY id')).toEqual([
      ['1', 'dark'],
      ['2', 'light'],
    ])
  })
})

describeOnAll('a revision in SQL', (open) => {
  test('says in the plan of its downgrade that what its SQL drops is not preserved', async () => {
    const ground = await open()
    const second = sqlRevision({
      revision: 'r2',
      downRevision: 'r1',
      up: 'ALTER TABLE users ADD COLUMN shade varchar(40);',
      down: 'ALTER TABLE users DROP COLUMN shade;',
    })
    const line = revisions([{ revision: 'r1', downRevision: null, ...first }, second])
    const migrator = createMigrator({ dialect: ground.dialect, tiers: [graphOf(line)] })
    await migrator.upgrade()
    const plan = await migrator.plan('r1', { direction: 'down' })
    expect(plan.steps[0]?.notes).toContain('what its SQL drops is neither counted nor preserved')
  })
})
