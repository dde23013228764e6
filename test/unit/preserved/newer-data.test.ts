import { integer, type RunInput, type StepDatabase, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, type Ground, type Halves, migratorOn } from './grounds.ts'

const required = { nullable: false } as const

const users: Halves = {
  upgrade: (op) =>
    op.createTable('users', (t) => {
      t.column('id', integer(), required)
      t.column('name', varchar(40))
      t.column('theme', varchar(40))
      t.primaryKey(['id'])
    }),
}

async function copyThemes(db: StepDatabase): Promise<void> {
  await db.execute('INSERT INTO "profiles" ("user_id", "theme") SELECT "id", "theme" FROM "users"')
}

async function copyBack(db: StepDatabase): Promise<void> {
  await db.execute(
    'UPDATE "users" SET "theme" = (SELECT "theme" FROM "profiles" WHERE "profiles"."user_id" = "users"."id")',
  )
}

/** `profiles` takes the themes over; `users.theme` goes. */
const profiles = (
  step: Partial<Exclude<RunInput, (db: StepDatabase) => Promise<void>>>,
  key?: 'foreignKey',
): Halves => ({
  upgrade: (op) => {
    op.createTable('profiles', (t) => {
      t.column('user_id', integer(), required)
      t.column('theme', varchar(40))
      t.primaryKey(['user_id'])
      if (key !== undefined) t.foreignKey({ columns: ['user_id'], references: { table: 'users', columns: ['id'] } })
    })
    op.run('copy themes', { up: copyThemes, down: copyBack, ...step })
    op.alterTable('users', (t) => t.dropColumn('theme'))
  },
})

const inProfiles = 'SELECT user_id, theme FROM profiles ORDER BY user_id'

async function withThemes(ground: Ground, second: Halves) {
  const migrator = migratorOn(ground.dialect, users, second)
  await migrator.upgrade('r1')
  await ground.sql("INSERT INTO users (id, name, theme) VALUES (1, 'ann', 'dark'), (2, 'bob', 'dark')")
  await migrator.upgrade()
  return migrator
}

describeOnAll('what was computed from newer data wins', (openGround) => {
  test.each([
    ['the row that a foreign key names', profiles({ from: ['users.theme'] }, 'foreignKey')],
    [
      'the row that `by` names',
      profiles({ from: [{ table: 'users', columns: ['theme'], by: { id: 'profiles.user_id' } }] }),
    ],
  ] as const)('a theme that was set below is not overwritten, the others come back: from %s', async (_, second) => {
    const ground = await openGround()
    const migrator = await withThemes(ground, second)
    await ground.sql("INSERT INTO users (id, name) VALUES (3, 'cid'); ".replace('; ', ''))
    await ground.sql("INSERT INTO profiles (user_id, theme) VALUES (3, 'blue')")
    const down = await migrator.plan('r1')
    expect(down.steps[0]?.losses).toEqual([
      { object: 'table profiles', how: 'dropped', rows: 3, preserved: true, bytes: expect.any(Number) },
    ])
    await migrator.downgrade('r1')
    await ground.sql("UPDATE users SET theme = 'light' WHERE id = 1")
    const up = await migrator.plan()
    expect(up.steps[0]?.restores).toEqual({ values: 3, superseded: 1 })
    const { reports } = await migrator.upgrade()
    expect(await ground.rows(inProfiles)).toEqual([
      ['1', 'light'],
      ['2', 'dark'],
      ['3', 'blue'],
    ])
    expect(reports).toContainEqual(
      expect.objectContaining({ what: expect.stringContaining('has changed since'), count: 1, firstKeys: ['1'] }),
    )
    expect(await migrator.status()).toMatchObject({ preserved: 1, superseded: 1 })
    expect(await migrator.preserved.list()).toMatchObject([{ table: 'profiles', values: 1, superseded: 1 }])
    expect(await migrator.preserved.restore('r2')).toEqual({ restored: 1, replaced: 1, missing: 0, refused: 0 })
    expect((await ground.rows(inProfiles))[0]).toEqual(['1', 'dark'])
    expect(await migrator.status()).toMatchObject({ preserved: 0, superseded: 0 })
  })

  test('where no row belongs to a value, any change of the column counts', async () => {
    const ground = await openGround()
    const migrator = await withThemes(ground, profiles({ from: ['users.theme'] }))
    await ground.sql("UPDATE profiles SET theme = 'mine' WHERE user_id = 2")
    await migrator.downgrade('r1')
    await ground.sql("UPDATE users SET theme = 'light' WHERE id = 1")
    await migrator.upgrade()
    expect(await ground.rows(inProfiles)).toEqual([
      ['1', 'light'],
      ['2', 'mine'],
    ])
    expect(await migrator.status()).toMatchObject({ superseded: 2 })
  })

  test('without `from` the computed values win, and the plan of the downgrade says so', async () => {
    const ground = await openGround()
    const migrator = await withThemes(ground, profiles({}))
    const plan = await migrator.plan('r1')
    expect(plan.steps[0]?.losses).toMatchObject([
      { object: 'table profiles', rows: 2, preserved: true, byHand: expect.stringContaining('"copy themes"') },
    ])
    await migrator.downgrade('r1')
    await ground.sql("UPDATE users SET theme = 'light' WHERE id = 1")
    await migrator.upgrade()
    expect(await ground.rows(inProfiles)).toEqual([
      ['1', 'light'],
      ['2', 'dark'],
    ])
    expect(await migrator.status()).toMatchObject({ preserved: 2, superseded: 2 })
    expect(await migrator.preserved.purge('r2')).toBe(2)
  })

  test('SQL without `from` is computed directly after the downgrade where the server can take that back', async () => {
    const ground = await openGround()
    const second: Halves = {
      upgrade: (op) => {
        op.createTable('profiles', (t) => {
          t.column('user_id', integer(), required)
          t.column('theme', varchar(40))
          t.primaryKey(['user_id'])
        })
        op.sql('INSERT INTO profiles (user_id, theme) SELECT id, theme FROM users', {
          inverse: 'UPDATE users SET theme = (SELECT theme FROM profiles WHERE user_id = users.id)',
        })
        op.alterTable('users', (t) => {
          t.addColumn('note', varchar(40))
          t.dropColumn('theme')
        })
      },
    }
    const migrator = await withThemes(ground, second)
    await ground.sql("INSERT INTO users (id, name, note) VALUES (3, 'cid', 'n3')")
    await ground.sql("INSERT INTO profiles (user_id, theme) VALUES (3, 'blue'), (4, 'free')")
    await ground.sql("UPDATE profiles SET theme = 'mine' WHERE user_id = 2")
    const plan = await migrator.plan('r1')
    const byHand = plan.steps[0]?.losses.filter((loss) => loss.byHand !== undefined).map((loss) => loss.object)
    expect(byHand).toEqual(ground.transactional ? [] : ['table profiles'])
    await migrator.downgrade('r1')
    expect(await ground.rows('SELECT id, theme FROM users ORDER BY id')).toEqual([
      ['1', 'dark'],
      ['2', 'mine'],
      ['3', 'blue'],
    ])
    await ground.sql("UPDATE users SET theme = 'light' WHERE id = 1")
    await migrator.upgrade()
    expect(await ground.rows(inProfiles)).toEqual(
      ground.transactional
        ? [
            ['1', 'light'],
            ['2', 'mine'],
            ['3', 'blue'],
            ['4', 'free'],
          ]
        : [
            ['1', 'light'],
            ['2', 'mine'],
            ['3', 'blue'],
          ],
    )
    expect(await ground.rows('SELECT note FROM users ORDER BY id')).toEqual([[null], [null], ['n3']])
  })
})

const notes: Halves = { upgrade: (op) => op.alterTable('users', (t) => t.addColumn('note', varchar(40))) }

describeOnAll('a column that no step computes', (openGround) => {
  test('comes back to the row that is still there, however it was updated, and to no other under its key', async () => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, users, notes)
    await migrator.upgrade()
    const rows = [1, 2, 3, 4].map((id) => `(${id}, 'name ${id}', 'theme ${id}', 'note ${id}')`)
    await ground.sql(`INSERT INTO users (id, name, theme, note) VALUES ${rows.join(', ')}`)
    await migrator.downgrade('r1')
    await ground.sql("UPDATE users SET theme = 'light' WHERE id = 2")
    await ground.sql('DELETE FROM users WHERE id IN (3, 4)')
    await ground.sql("INSERT INTO users (id, name, theme) VALUES (3, 'another', 'one')")
    const { reports } = await migrator.upgrade()
    expect(await ground.rows('SELECT id, note FROM users ORDER BY id')).toEqual([
      ['1', 'note 1'],
      ['2', 'note 2'],
      ['3', null],
    ])
    expect(reports.map(({ what, firstKeys }) => [what, firstKeys])).toEqual([
      [expect.stringContaining('another row'), ['3']],
      [expect.stringContaining('the row is gone'), ['4']],
    ])
    expect(await migrator.status()).toMatchObject({ preserved: 2, superseded: 2 })
    expect(await migrator.preserved.restore('r2', { table: 'users', column: 'note' })).toEqual({
      restored: 1,
      missing: 1,
      refused: 0,
    })
    expect((await ground.rows('SELECT id, note FROM users ORDER BY id')).at(-1)).toEqual(['3', 'note 3'])
  })

  test('comes back also where a step of the revision declares to write another one', async () => {
    const ground = await openGround()
    const second: Halves = {
      upgrade: (op) => {
        op.alterTable('users', (t) => {
          t.addColumn('note', varchar(40))
          t.addColumn('slug', varchar(40))
        })
        op.run('slugs', {
          up: async (db) => void (await db.execute('UPDATE "users" SET "slug" = "name"')),
          down: 'none',
          from: ['users.name'],
          to: ['users.slug'],
        })
      },
    }
    const migrator = migratorOn(ground.dialect, users, second)
    await migrator.upgrade()
    await ground.sql("INSERT INTO users (id, name, theme, note, slug) VALUES (1, 'ann', 'dark', 'n1', 's1')")
    await ground.sql("INSERT INTO users (id, name, theme, note, slug) VALUES (2, 'bob', 'dark', 'n2', 's2')")
    await migrator.downgrade('r1')
    await ground.sql("UPDATE users SET name = 'Bob' WHERE id = 2")
    await migrator.upgrade()
    expect(await ground.rows('SELECT note, slug FROM users ORDER BY id')).toEqual([
      ['n1', 's1'],
      ['n2', 'Bob'],
    ])
  })

  test('comes back to no other row under its key, whatever a step before it has only read', async () => {
    const ground = await openGround()
    const copies: Halves = {
      upgrade: (op) => {
        op.createTable('copies', (t) => {
          t.column('id', integer(), required)
          t.column('theme', varchar(40))
          t.primaryKey(['id'])
        })
        op.sql('INSERT INTO copies (id, theme) SELECT id, theme FROM users', {
          inverse: 'DELETE FROM copies',
          from: ['users.theme'],
        })
      },
    }
    const migrator = migratorOn(ground.dialect, users, copies, {
      upgrade: (op) => op.addColumn('users', 'note', varchar(40)),
    })
    await migrator.upgrade('r1')
    await ground.sql('ALTER TABLE users ADD COLUMN city varchar(40)')
    await ground.sql("INSERT INTO users (id, name, theme, city) VALUES (1, 'ann', 'dark', 'Oslo')")
    await migrator.upgrade()
    await ground.sql("UPDATE users SET note = 'old' WHERE id = 1")
    await migrator.downgrade('r1')
    // Of its three values one is the same: it is another row.
    await ground.sql("UPDATE users SET name = 'eve', theme = 'light' WHERE id = 1")
    const { reports } = await migrator.upgrade()
    expect(await ground.rows('SELECT id, note FROM users')).toEqual([['1', null]])
    expect(reports.map(({ revision, count }) => [revision, count])).toContainEqual(['r3', 1])
  })

  test('stays away for good from a row that has newer values, also after another round', async () => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, users, notes)
    await migrator.upgrade()
    await ground.sql("INSERT INTO users (id, name, theme, note) VALUES (1, 'ann', 'dark', 'old')")
    await migrator.downgrade('r1')
    await ground.sql("UPDATE users SET name = 'eve', theme = 'light'")
    await migrator.upgrade()
    await ground.sql("UPDATE users SET note = 'new'")
    await migrator.downgrade('r1')
    await migrator.upgrade()
    expect(await ground.rows('SELECT note FROM users')).toEqual([['new']])
    expect(await migrator.status()).toMatchObject({ preserved: 1, superseded: 1 })
  })
})
