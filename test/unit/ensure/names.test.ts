import { createMigrator, graphOf, integer, type OperationRecorder, revisions, type Tier } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { describeEverywhere, type Ground } from './ground.ts'

const chain = revisions([
  {
    revision: 'made',
    downRevision: null,
    message: 'tables in SQL, whose effects are not declared',
    upgrade(op: OperationRecorder) {
      op.sql('CREATE TABLE bills (id INTEGER NOT NULL, total INTEGER)', { inverse: 'DROP TABLE bills' })
      op.sql('CREATE TABLE drafts (id INTEGER NOT NULL)', { inverse: 'DROP TABLE drafts' })
    },
  },
  {
    revision: 'changed',
    downRevision: 'made',
    message: 'a column more, a table less',
    upgrade(op: OperationRecorder) {
      op.alterTable('bills', (t) => t.addColumn('paid', integer()))
      op.dropTable('drafts')
    },
  },
])

const migratorOf = (ground: Ground, tiers: readonly Tier[] = [graphOf(chain)]) =>
  createMigrator({ dialect: ground.dialect(), tiers })

describeEverywhere('the names that a start compares', (createGround) => {
  it('are those that opaque SQL and operations left, and of no other table', async () => {
    const ground = await createGround()
    await ground.sql('CREATE TABLE stranger (id INTEGER)')
    const migrator = migratorOf(ground)
    await migrator.upgrade()
    await ground.sql('DROP TABLE stranger')
    for (const mode of ['apply', 'verify', 'wait'] as const)
      expect([mode, (await migrator.ensure({ mode })).warnings]).toEqual([mode, []])
    await ground.sql('ALTER TABLE bills DROP COLUMN total')
    for (const mode of ['apply', 'verify', 'wait'] as const) {
      const { warnings } = await migrator.ensure({ mode })
      expect([mode, warnings]).toEqual([mode, [expect.stringMatching(/: bills has no column total\. .*restore/)]])
      expect((await migrator.ensure({ mode, verify: { schema: false } })).warnings).toEqual([])
    }
    await ground.sql('ALTER TABLE bills ADD COLUMN total INTEGER')
    await migrator.downgrade('-1', { allowDataLoss: true })
    await ground.sql('DROP TABLE drafts')
    const { warnings } = await createMigrator({
      dialect: ground.dialect(),
      tiers: [graphOf({ ...chain, headers: async () => (await chain.headers()).slice(0, 1) })],
    }).ensure({ mode: 'verify' })
    expect(warnings).toEqual([expect.stringMatching(/: there is no table drafts\. /)])
  })

  it('are not compared where a stamp recorded what was not run', async () => {
    const ground = await createGround()
    const migrator = migratorOf(ground)
    await migrator.upgrade()
    await migrator.stamp('made')
    await migrator.stamp('head')
    await ground.sql('DROP TABLE bills')
    expect((await migrator.ensure({ mode: 'verify' })).warnings).toEqual([])
  })

  it('an object that is there already is explained to the owner of the database, and what it advises works', async () => {
    const ground = await createGround()
    await ground.sql('CREATE TABLE notes (id INTEGER NOT NULL)')
    const notes = revisions([
      {
        revision: 'first',
        downRevision: null,
        message: '',
        upgrade(op: OperationRecorder) {
          op.createTable('others', (t) => t.column('id', integer(), { nullable: false }))
        },
      },
      {
        revision: 'second',
        downRevision: 'first',
        message: '',
        upgrade(op: OperationRecorder) {
          op.createTable('notes', (t) => t.column('id', integer(), { nullable: false }))
        },
      },
    ])
    const migrator = migratorOf(ground, [graphOf(notes)])
    await expect(migrator.upgrade()).rejects.toMatchObject({
      code: 'OBJECT_EXISTS',
      location: { revision: 'second' },
      remedy:
        'Check that this is the right database, and that no earlier revision makes this object. If the database has everything that revision second would make, run `migrate upgrade first` and then `migrate stamp second`; otherwise rename or drop it, and run the command again.',
    })
    await migrator.upgrade('first')
    await expect(migrator.upgrade()).rejects.toMatchObject({
      remedy: expect.stringContaining('would make, run `migrate stamp second`; otherwise'),
    })
    await migrator.stamp('second')
    expect((await migrator.ensure({ mode: 'apply' })).state).toBe('atHead')
  })
})
