import { integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, type Ground, type Halves, migratorOn } from './grounds.ts'

const required = { nullable: false } as const

function table(op: OperationRecorder, name: string, ...columns: readonly string[]): void {
  op.createTable(name, (t) => {
    t.column('id', integer(), required)
    for (const column of columns) t.column(column, varchar(40))
    t.primaryKey(['id'])
  })
}

const first: Halves = {
  upgrade: (op) => {
    table(op, 'users', 'name', 'place')
    table(op, 'marker')
  },
}

const mark = 'INSERT INTO marker (id) VALUES (1)'
const unmark = 'DELETE FROM marker'

/** What the upgrade adds comes before a statement that fails while `marker` has the row. */
const added = (op: OperationRecorder): void => {
  table(op, 'profiles', 'theme')
  op.alterTable('users', (t) => t.addColumn('note', varchar(40)))
}

const filled = async (ground: Ground): Promise<void> => {
  await ground.sql(
    "INSERT INTO users (id, name, place, note) VALUES (1, 'ann', 'here', 'n1'), (2, 'bob', 'there', 'n2')",
  )
  await ground.sql("INSERT INTO profiles (id, theme) VALUES (1, 'dark'), (2, 'light')")
}
const notes = (ground: Ground) => ground.rows('SELECT id, note FROM users ORDER BY id')
const themes = (ground: Ground) => ground.rows('SELECT id, theme FROM profiles ORDER BY id')

describeOnAll('a downgrade that failed after it had preserved', (openGround) => {
  test('leaves nothing that a later upgrade restores over newer data', async () => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, first, {
      upgrade: added,
      downgrade: (op) => {
        op.sql(mark)
        op.dropTable('profiles')
        op.alterTable('users', (t) => t.dropColumn('note'))
      },
    })
    await migrator.upgrade()
    await filled(ground)
    await ground.sql(mark)
    await expect(migrator.downgrade('r1')).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    // Nothing of it is done, so the newer program continues.
    if (!ground.transactional) await migrator.resume({ revert: true }).catch(() => undefined)
    await ground.sql('DELETE FROM profiles WHERE id = 2')
    await ground.sql("UPDATE profiles SET theme = 'newer'")
    await ground.sql('DELETE FROM users WHERE id = 2')
    await ground.sql("UPDATE users SET note = 'newer'")
    await ground.sql(unmark)
    await migrator.downgrade('r1')
    expect(await migrator.status()).toMatchObject({ preserved: 2, superseded: 0 })
    await ground.sql("INSERT INTO users (id, name, place) VALUES (2, 'cid', 'where')")
    await migrator.upgrade()
    expect(await themes(ground)).toEqual([['1', 'newer']])
    expect(await notes(ground)).toEqual([
      ['1', 'newer'],
      ['2', null],
    ])
    expect(await migrator.status()).toMatchObject({ preserved: 0, superseded: 0 })
  })

  test('is taken back whole where part of it was done, and the next one preserves what is there then', async () => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, first, {
      upgrade: added,
      downgrade: (op) => {
        op.dropTable('profiles')
        op.sql(mark)
        op.alterTable('users', (t) => t.dropColumn('note'))
      },
    })
    await migrator.upgrade()
    await filled(ground)
    await ground.sql(mark)
    await expect(migrator.downgrade('r1')).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    if (!ground.transactional) await migrator.resume({ revert: true })
    expect(await themes(ground)).toEqual([
      ['1', 'dark'],
      ['2', 'light'],
    ])
    expect(await notes(ground)).toEqual([
      ['1', 'n1'],
      ['2', 'n2'],
    ])
    await ground.sql('DELETE FROM profiles WHERE id = 2')
    await ground.sql("UPDATE users SET note = 'newer' WHERE id = 2")
    await ground.sql(unmark)
    await migrator.downgrade('r1')
    await migrator.upgrade()
    expect(await themes(ground)).toEqual([['1', 'dark']])
    expect(await notes(ground)).toEqual([
      ['1', 'n1'],
      ['2', 'newer'],
    ])
    expect(await migrator.status()).toMatchObject({ preserved: 0, superseded: 0 })
  })
})

describeOnAll('an upgrade that was interrupted and taken back', (openGround) => {
  const second: Halves = {
    upgrade: (op) => {
      added(op)
      op.sql(mark, { inverse: unmark })
    },
  }

  async function interrupted(ground: Ground) {
    const migrator = migratorOn(ground.dialect, first, second)
    await migrator.upgrade()
    await filled(ground)
    await migrator.downgrade('r1')
    await ground.sql(mark)
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    return migrator
  }

  test('leaves the preserved values to the next upgrade', async () => {
    const ground = await openGround()
    const migrator = await interrupted(ground)
    if (!ground.transactional) await migrator.resume({ revert: true })
    expect(await migrator.status()).toMatchObject({ preserved: 4, superseded: 0 })
    await ground.sql(unmark)
    await migrator.upgrade()
    expect(await themes(ground)).toEqual([
      ['1', 'dark'],
      ['2', 'light'],
    ])
    expect(await notes(ground)).toEqual([
      ['1', 'n1'],
      ['2', 'n2'],
    ])
    expect(await migrator.status()).toMatchObject({ preserved: 0, superseded: 0 })
  })

  test('keeps what was written meanwhile beside them, and compares with the rows after the downgrade', async () => {
    const ground = await openGround()
    const migrator = await interrupted(ground)
    if (!ground.transactional) {
      await ground.sql("UPDATE users SET note = 'meanwhile' WHERE id = 1")
      await ground.sql("INSERT INTO profiles (id, theme) VALUES (2, 'meanwhile'), (3, 'meanwhile')")
    }
    await ground.sql("UPDATE users SET name = 'eve', place = 'elsewhere' WHERE id = 2")
    if (!ground.transactional) await migrator.resume({ revert: true })
    const supersededCount = ground.transactional ? 0 : 2
    expect(await migrator.status()).toMatchObject({
      preserved: ground.transactional ? 4 : 7,
      superseded: supersededCount,
    })
    await ground.sql(unmark)
    await migrator.upgrade()
    expect(await themes(ground)).toEqual([
      ['1', 'dark'],
      ['2', 'light'],
      ...(ground.transactional ? [] : [['3', 'meanwhile']]),
    ])
    expect(await notes(ground)).toEqual([
      ['1', 'n1'],
      ['2', null],
    ])
    expect(await migrator.status()).toMatchObject({ preserved: supersededCount + 1, superseded: supersededCount + 1 })
  })

  test('does not restore what its data steps had not written yet', async () => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, first, {
      upgrade: (op) => {
        op.alterTable('users', (t) => t.addColumn('slug', varchar(40), { default: 'none' }))
        op.sql(mark, { inverse: unmark })
        op.run('slugs', {
          up: async (db) => void (await db.execute('UPDATE users SET slug = name')),
          down: 'none',
          from: ['users.name'],
          to: ['users.slug'],
        })
      },
    })
    await migrator.upgrade('r1')
    await ground.sql("INSERT INTO users (id, name, place) VALUES (1, 'ann', 'here')")
    await ground.sql(mark)
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    if (!ground.transactional) await migrator.resume({ revert: true })
    await ground.sql(unmark)
    await migrator.upgrade()
    expect(await ground.rows('SELECT id, slug FROM users')).toEqual([['1', 'ann']])
  })
})
