import { integer, type StepSourceInput, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, type Halves, migratorOn } from './grounds.ts'

const required = { nullable: false } as const

const first: Halves = {
  upgrade: (op) => {
    op.createTable('users', (t) => {
      t.column('id', integer(), required)
      t.column('theme', varchar(40))
      t.primaryKey(['id'])
    })
    op.createTable('loose', (t) => t.column('theme', varchar(40)))
  },
}

const fill = 'INSERT INTO profiles (user_id, theme) SELECT id, theme FROM users'

const profiles = (from: readonly StepSourceInput[], isFunction: boolean): Halves => ({
  upgrade: (op) => {
    op.createTable('profiles', (t) => {
      t.column('user_id', integer(), required)
      t.column('theme', varchar(40))
      t.primaryKey(['user_id'])
    })
    if (isFunction) op.run('fill', { up: async (db) => void (await db.execute(fill)), down: 'none', from })
    else op.sql(fill, { inverse: 'DELETE FROM profiles WHERE 1 = 0', from })
  },
})

describeOnAll('what a step says that it computes from', (openGround) => {
  test.each([
    ['a column', ['users.themes'], 'users.themes'],
    ['a table', [{ table: 'people', columns: ['theme'] }], 'people.theme'],
    ['a column of `by`', [{ table: 'users', columns: ['theme'], by: { key: 'profiles.user_id' } }], 'users.key'],
    ['a table that the revision makes', ['profiles.theme'], 'profiles.theme'],
  ] as const)('%s that is not there is refused before anything is touched', async (_, from, named) => {
    const ground = await openGround()
    for (const isFunction of [true, false]) {
      const migrator = migratorOn(ground.dialect, first, profiles(from, isFunction))
      await migrator.upgrade('r1')
      for (const run of [() => migrator.plan(), () => migrator.upgrade()]) {
        await expect(run()).rejects.toMatchObject({
          code: 'INVALID_OPERATION',
          message: expect.stringContaining(`\`from\` names ${named}`),
          location: { revision: 'r2' },
        })
      }
      await expect(ground.rows('SELECT 1 FROM profiles')).rejects.toThrow()
    }
  })

  test('may be a table of an earlier revision of the same run, also one that it renames', async () => {
    const ground = await openGround()
    const renamed: Halves = { upgrade: (op) => op.renameTable('users', 'people') }
    const second: Halves = {
      upgrade: (op) => {
        op.alterTable('people', (t) => t.addColumn('shade', varchar(40)))
        op.sql('UPDATE people SET shade = theme', { inverse: 'DELETE FROM people WHERE 1 = 0', from: ['people.theme'] })
      },
    }
    const migrator = migratorOn(ground.dialect, first, renamed, second)
    await migrator.upgrade()
    await ground.sql("INSERT INTO people (id, theme, shade) VALUES (1, 'dark', 'mine'), (2, 'dark', 'mine')")
    await migrator.downgrade('r2')
    await ground.sql("UPDATE people SET theme = 'light' WHERE id = 1")
    await migrator.upgrade()
    expect(await ground.rows('SELECT id, shade FROM people ORDER BY id')).toEqual([
      ['1', 'light'],
      ['2', 'mine'],
    ])
  })

  test('in rows that nothing tells apart is said by the plan of the downgrade', async () => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, first, profiles(['loose.theme'], true))
    await migrator.upgrade()
    await ground.sql("INSERT INTO profiles (user_id, theme) VALUES (1, 'mine')")
    // SQLite numbers the rows of each table.
    const isNumbered = ground.dialect.name === 'sqlite'
    const why = expect.stringContaining('loose, which `from` names, has no key')
    expect((await migrator.plan('r1')).steps[0]?.losses).toEqual([
      {
        object: 'table profiles',
        how: 'dropped',
        rows: 1,
        preserved: true,
        bytes: expect.any(Number),
        ...(isNumbered ? {} : { byHand: why }),
      },
    ])
    const { reports } = await migrator.downgrade('r1')
    expect(reports.map(({ what, count }) => [what, count])).toEqual(isNumbered ? [] : [[why, 1]])
    await migrator.upgrade()
    expect(await migrator.status()).toMatchObject({ superseded: isNumbered ? 0 : 1 })
  })
})
