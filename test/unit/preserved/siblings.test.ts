import {
  createMigrator,
  graphOf,
  integer,
  type OperationRecorder,
  revisions,
  sqlRevision,
  varchar,
} from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, type Halves, migratorOn } from './grounds.ts'

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

describeOnAll('what an upgrade preserved of a table that it renames', (openGround) => {
  test.each([
    ['derived', renamedAndDropped],
    ['written', written],
  ] as const)('comes back with a %s downgrade, where the row has not changed', async (_, second) => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, first, second)
    await migrator.upgrade('r1')
    await ground.sql(fill)
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await ground.rows('SELECT id, theme FROM users ORDER BY id')).toEqual([
      ['1', 'dark'],
      ['2', 'light'],
    ])
    expect(await migrator.status()).toMatchObject({ preserved: 0, superseded: 0 })
  })

  test('comes back with a written downgrade also as a whole table', async () => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, first, {
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

describeOnAll('a revision in SQL', (openGround) => {
  test('says in the plan of its downgrade that what its SQL drops is not preserved', async () => {
    const ground = await openGround()
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

describeOnAll('two tiers with a revision of one id', (openGround) => {
  test('what each of them preserved is restored by hand, as a purge deletes what each of them preserved', async () => {
    const ground = await openGround()
    const added = (column: string) => (op: OperationRecorder) =>
      op.alterTable('users', (t) => t.addColumn(column, varchar(40)))
    const steps = revisions([
      { revision: '001_a', downRevision: null, ...first },
      { revision: '002_b', downRevision: '001_a', upgrade: added('note') },
    ])
    const migrator = createMigrator({
      dialect: ground.dialect,
      tiers: [
        { name: 'legacy', kind: 'sequential', source: steps },
        graphOf(revisions([{ revision: '002_b', downRevision: null, upgrade: added('more') }])),
      ],
    })
    await migrator.upgrade()
    await ground.sql("INSERT INTO users (id, theme, note, more) VALUES (1, 'dark', 'n', 'm')")
    await migrator.downgrade('base')
    await migrator.downgrade('001_a', { tier: 'legacy' })
    await ground.sql("UPDATE users SET theme = 'light'")
    await migrator.upgrade()
    expect(await ground.rows('SELECT theme, note, more FROM users')).toEqual([['light', null, null]])
    expect((await migrator.preserved.list()).map(({ tier, superseded }) => [tier, superseded])).toEqual([
      ['legacy', 1],
      ['main', 1],
    ])
    expect(await migrator.preserved.restore('002_b')).toEqual({ restored: 2, missing: 0, refused: 0 })
    expect(await ground.rows('SELECT theme, note, more FROM users')).toEqual([['light', 'n', 'm']])
    expect(await migrator.status()).toMatchObject({ preserved: 0, superseded: 0 })
  })
})
