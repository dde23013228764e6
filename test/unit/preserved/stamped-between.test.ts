import { integer, type Migrator, type OperationRecorder, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, type Ground, migratorOn } from './grounds.ts'

const users = (op: OperationRecorder): void =>
  op.createTable('users', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(20))
    t.column('age', integer())
    t.primaryKey(['id'])
  })

const usersWithLocale = (op: OperationRecorder): void => {
  users(op)
  op.addColumn('users', 'locale', varchar(20))
}

const rows = "INSERT INTO users (id, name, age, locale) VALUES (1, 'a', 10, 'de'), (2, 'b', 20, 'fr')"
const locales = 'SELECT id, locale FROM users ORDER BY id'

const adding = ({ dialect }: Ground): Migrator =>
  migratorOn(dialect, { upgrade: users }, { upgrade: (op) => op.addColumn('users', 'locale', varchar(20)) })

const dropping = ({ dialect }: Ground): Migrator =>
  migratorOn(
    dialect,
    { upgrade: usersWithLocale },
    { upgrade: (op) => op.dropColumn('users', 'locale', { preserve: true }) },
  )

const stampWarning = (values: string) =>
  `${values} preserved of r2, and no step restores them after this stamp: \`migrate preserved restore r2\` does.`

describeOnAll('preserved values of a revision that a stamp moves', (openGround) => {
  test('are named by the stamp, and a restore by hand writes them into the column that was made by hand', async () => {
    const ground = await openGround()
    const migrator = adding(ground)
    await migrator.upgrade()
    await ground.sql(rows)
    await migrator.downgrade('r1')
    await ground.sql('ALTER TABLE users ADD COLUMN locale varchar(20)')
    expect((await migrator.stamp('r2')).warnings).toEqual([stampWarning('2 values are')])
    expect(await migrator.status()).toMatchObject({ preserved: 2, superseded: 2 })
    expect(await migrator.preserved.restore('r2')).toEqual({ restored: 2, missing: 0, refused: 0 })
    expect(await ground.rows(locales)).toEqual([
      ['1', 'de'],
      ['2', 'fr'],
    ])
  })

  test('do not come back with a later upgrade, over which the rows were newer', async () => {
    const ground = await openGround()
    const migrator = adding(ground)
    await migrator.upgrade()
    await ground.sql(rows)
    await migrator.downgrade('r1')
    await ground.sql('ALTER TABLE users ADD COLUMN locale varchar(20)')
    await migrator.stamp('r2')
    await ground.sql('ALTER TABLE users DROP COLUMN locale')
    expect((await migrator.stamp('r1')).warnings).toEqual([])
    await migrator.upgrade()
    expect(await ground.rows(locales)).toEqual([
      ['1', null],
      ['2', null],
    ])
    expect(await migrator.status()).toMatchObject({ preserved: 2, superseded: 2 })
  })

  test('stay preserved where an upgrade preserved them and a stamp forgets that upgrade', async () => {
    const ground = await openGround()
    const migrator = dropping(ground)
    await migrator.upgrade('r1')
    await ground.sql(rows)
    await migrator.upgrade()
    await ground.sql('ALTER TABLE users ADD COLUMN locale varchar(20)')
    expect((await migrator.stamp('r1')).warnings).toEqual([stampWarning('2 values are')])
    expect(await migrator.preserved.restore('r2')).toMatchObject({ restored: 2 })
    expect(await ground.rows(locales)).toEqual([
      ['1', 'de'],
      ['2', 'fr'],
    ])
  })

  test('still come back with the next upgrade where the stamp moves no revision', async () => {
    const ground = await openGround()
    const migrator = adding(ground)
    await migrator.upgrade()
    await ground.sql(rows)
    await migrator.downgrade('r1')
    expect((await migrator.stamp('r1')).warnings).toEqual([])
    await migrator.upgrade()
    expect(await ground.rows(locales)).toEqual([
      ['1', 'de'],
      ['2', 'fr'],
    ])
  })
})

describeOnAll('preserved values whose key column was renamed by hand', (openGround) => {
  const uidLocales = 'SELECT uid, locale FROM users ORDER BY uid'
  const none = [
    ['1', null],
    ['2', null],
  ]

  test('do not stop the next upgrade: they stay preserved, and are reported', async () => {
    const ground = await openGround()
    const migrator = adding(ground)
    await migrator.upgrade()
    await ground.sql(rows)
    await migrator.downgrade('r1')
    await ground.sql('ALTER TABLE users RENAME COLUMN id TO uid')
    const { reports } = await migrator.upgrade()
    expect(reports).toMatchObject([
      { what: 'users.locale: the row is gone, so the preserved value is not restored', count: 2 },
    ])
    expect(await ground.rows(uidLocales)).toEqual(none)
    expect(await migrator.status()).toMatchObject({ preserved: 2, superseded: 2, interrupted: [] })
  })

  test('do not stop the downgrade of the upgrade that preserved them', async () => {
    const ground = await openGround()
    const migrator = dropping(ground)
    await migrator.upgrade('r1')
    await ground.sql(rows)
    await migrator.upgrade()
    await ground.sql('ALTER TABLE users RENAME COLUMN id TO uid')
    const { reports } = await migrator.downgrade('r1', { acceptDrift: true })
    expect(reports).toMatchObject([
      {
        what: 'users.locale: its table has lost columns that it had behind the upgrade, or their names, so the old value stays preserved',
        count: 2,
      },
    ])
    expect(await ground.rows(uidLocales)).toEqual(none)
    expect(await migrator.status()).toMatchObject({ preserved: 2, superseded: 2, interrupted: [] })
  })

  test('do not stop the downgrade of a data step that preserved them', async () => {
    const ground = await openGround()
    const upper = (op: OperationRecorder): void =>
      op.run('upper', {
        up: async (db) => {
          await db.preserve({ table: 'users', key: { id: 1 }, column: 'locale', value: 'de', written: 'DE' })
          await db.execute('UPDATE users SET locale = ? WHERE id = ?', ['DE', 1])
        },
        down: 'restore',
      })
    const migrator = migratorOn(ground.dialect, { upgrade: usersWithLocale }, { upgrade: upper })
    await migrator.upgrade('r1')
    await ground.sql(rows)
    await migrator.upgrade()
    await ground.sql('ALTER TABLE users RENAME COLUMN id TO uid')
    const { reports } = await migrator.downgrade('r1')
    expect(reports).toMatchObject([
      {
        what: 'users.locale: its table or a column that it needs is not there any more, so the old value stays preserved',
        count: 1,
      },
    ])
    expect(await ground.rows(uidLocales)).toEqual([
      ['1', 'DE'],
      ['2', 'fr'],
    ])
  })
})

describeOnAll('preserved values for which an edited revision gives their column another type', (openGround, server) => {
  const upgradeAs = async (type: ReturnType<typeof integer> | ReturnType<typeof varchar>) => {
    const ground = await openGround()
    await adding(ground).upgrade()
    await ground.sql(rows)
    await adding(ground).downgrade('r1')
    const edited = migratorOn(
      ground.dialect,
      { upgrade: users },
      { upgrade: (op) => op.addColumn('users', 'locale', type) },
    )
    const { reports } = await edited.upgrade()
    return { ground, reports, edited }
  }
  const refused = async (type: Parameters<typeof upgradeAs>[0]): Promise<void> => {
    const { ground, reports, edited } = await upgradeAs(type)
    expect(reports.map(({ what }) => what).join()).toContain('users.locale: cannot be restored')
    expect(reports.reduce((sum, { count }) => sum + count, 0)).toBe(2)
    expect(await ground.rows(locales)).toEqual([
      ['1', null],
      ['2', null],
    ])
    expect(await edited.status()).toMatchObject({ preserved: 2, superseded: 2, interrupted: [] })
  }
  if (server === 'sqlite')
    test('come back on SQLite, whose columns have no length', async () => {
      const { ground } = await upgradeAs(varchar(1))
      expect(await ground.rows(locales)).toEqual([
        ['1', 'de'],
        ['2', 'fr'],
      ])
    })
  else {
    test('stay preserved and are reported where they are no numbers', () => refused(integer()))
    test('stay preserved and are reported where they are too long', () => refused(varchar(1)))
  }
})
