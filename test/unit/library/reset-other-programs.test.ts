import { emptyDatabase, surveyReset } from '@org/migrate-autogenerate'
import { integer } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { line, migratorOf, type Recorded } from '../../kit/migrator.ts'
import { describeEverywhere } from '../ensure/ground.ts'

const legacy = ['CREATE TABLE legacy (id int NOT NULL PRIMARY KEY)', 'INSERT INTO legacy VALUES (7)']

interface Case {
  readonly title: string
  readonly bodies: readonly Recorded[]
  readonly drops: readonly string[]
  /** The table of the other program, where a revision has given it another name. */
  readonly stays?: string
}

const cases: readonly Case[] = [
  {
    title: 'a new table refers to it',
    bodies: [
      (op) =>
        op.createTable('orders', (t) => {
          t.column('buyer', integer())
          t.foreignKey({ columns: ['buyer'], references: { table: 'legacy', columns: ['id'] } })
        }),
    ],
    drops: ['table orders'],
  },
  { title: 'it gets a column', bodies: [(op) => op.addColumn('legacy', 'extra', integer())], drops: [] },
  { title: 'it gets a column by SQL', bodies: [(op) => op.sql('ALTER TABLE legacy ADD COLUMN extra int')], drops: [] },
  {
    title: 'it gets another name',
    bodies: [(op) => op.renameTable('legacy', 'former')],
    drops: [],
    stays: 'former',
  },
  {
    title: 'it gets another name by SQL, beside a table that SQL makes',
    bodies: [
      (op) => {
        op.sql('CREATE TABLE made (id int NOT NULL PRIMARY KEY)')
        op.sql('ALTER TABLE legacy RENAME TO former')
      },
    ],
    drops: ['table made'],
    stays: 'former',
  },
  {
    title: 'own tables that SQL has made and renamed go',
    bodies: [
      (op) => op.sql('CREATE TABLE made (id int NOT NULL PRIMARY KEY)'),
      (op) => op.sql('ALTER TABLE made RENAME TO remade'),
      (op) => op.renameTable('remade', 'own_name'),
    ],
    drops: ['table own_name'],
  },
]

describeEverywhere('a reset', (openGround) => {
  test.for(cases)('drops no table of another program: $title', async ({ bodies, drops, stays = 'legacy' }) => {
    const ground = await openGround()
    for (const text of legacy) await ground.sql(text)
    const migrator = migratorOf(ground.dialect(), line(...bodies))
    await migrator.upgrade()
    const summary = { drops, remaining: [`table ${stays}`] }
    expect(await surveyReset(migrator)).toMatchObject(summary)
    expect(await emptyDatabase(migrator)).toMatchObject(summary)
    expect((await ground.sql(`SELECT id FROM ${stays}`)).map(({ id }) => Number(id))).toEqual([7])
  })

  test('a table that a guarded operation has found stays', async () => {
    const ground = await openGround()
    const make: Recorded = (op) =>
      op.createTable(
        'found',
        (t) => {
          t.column('id', integer(), { nullable: false })
          t.primaryKey(['id'])
        },
        { ifNotExists: true },
      )
    await migratorOf(ground.dialect(), line(make)).upgrade()
    for (const name of ['migrate_history', 'migrate_version']) await ground.sql(`DELETE FROM ${name}`)
    await ground.sql('INSERT INTO found VALUES (7)')
    const migrator = migratorOf(ground.dialect(), line(make))
    await migrator.upgrade()
    expect(await emptyDatabase(migrator)).toMatchObject({ drops: [], remaining: ['table found'] })
    expect((await ground.sql('SELECT id FROM found')).map(({ id }) => Number(id))).toEqual([7])
  })
})
