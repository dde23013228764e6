import { integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, type Halves, migratorOn } from '../preserved/grounds.ts'

const people = (op: OperationRecorder): void =>
  op.createTable('people', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('theme', varchar(9))
    t.primaryKey(['id'])
  })

const moved = (op: OperationRecorder): void => {
  op.createTable('profiles', (t) => {
    t.column('person', integer(), { nullable: false })
    t.column('theme', varchar(9))
    t.primaryKey(['person'])
  })
  op.run('copy', {
    up: async (db) => void (await db.execute('INSERT INTO profiles (person, theme) SELECT id, theme FROM people')),
    from: [{ table: 'people', columns: ['theme'], by: { id: 'profiles.person' } }],
    to: ['profiles'],
    down: 'none',
  })
  op.dropColumn('people', 'theme', { preserve: true })
}

const back = 'UPDATE people SET theme = (SELECT theme FROM profiles WHERE person = people.id)'

const copies: readonly (readonly [string, (op: OperationRecorder) => void])[] = [
  ['a function', (op) => op.run('back', { up: async (db) => void (await db.execute(back)), down: 'none' })],
  ['SQL', (op) => op.sql(back)],
]

const notes = (op: OperationRecorder): void =>
  op.createTable('notes', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('body', varchar(9))
    t.primaryKey(['id'])
  })

const merged: Halves = {
  upgrade: (op) => {
    op.createTable('texts', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('body', varchar(9))
      t.primaryKey(['id'])
    })
    op.sql('INSERT INTO texts SELECT id, body FROM notes')
    op.dropTable('notes', { preserve: true })
  },
}

describeOnAll('what an upgrade preserved, in a downgrade of the author', (openGround) => {
  test.each(copies)('does not replace the newer values that %s copies into a column', async (_how, copy) => {
    const ground = await openGround()
    const downgrade = (op: OperationRecorder): void => {
      op.addColumn('people', 'theme', varchar(9))
      copy(op)
      op.dropTable('profiles')
    }
    const migrator = migratorOn(ground.dialect, { upgrade: people }, { upgrade: moved, downgrade })
    await migrator.upgrade('r1')
    await ground.sql("INSERT INTO people VALUES (1, 'dark'), (2, 'light'), (3, 'blue')")
    await migrator.upgrade()
    await ground.sql("UPDATE profiles SET theme = 'new' WHERE person = 1")
    await ground.sql('UPDATE profiles SET theme = NULL WHERE person = 2')
    await migrator.downgrade('r1')
    expect(await ground.rows('SELECT id, theme FROM people ORDER BY id')).toEqual([
      ['1', 'new'],
      ['2', null],
      ['3', 'blue'],
    ])
  })

  test.each([
    [
      'a function',
      (op: OperationRecorder) =>
        op.run('split', {
          up: async (db) => void (await db.execute('INSERT INTO notes SELECT id, body FROM texts')),
          down: 'none',
        }),
    ],
    ['SQL', (op: OperationRecorder) => op.sql('INSERT INTO notes SELECT id, body FROM texts')],
  ] as const)('brings no row back beside those that %s puts into a table, and says so', async (_how, split) => {
    const ground = await openGround()
    const downgrade = (op: OperationRecorder): void => {
      notes(op)
      split(op)
      op.dropTable('texts')
    }
    const migrator = migratorOn(ground.dialect, { upgrade: notes }, { ...merged, downgrade })
    await migrator.upgrade('r1')
    await ground.sql("INSERT INTO notes VALUES (1, 'one'), (2, 'two')")
    await migrator.upgrade()
    await ground.sql("UPDATE texts SET body = 'new' WHERE id = 1")
    await ground.sql('DELETE FROM texts WHERE id = 2')
    const { reports } = await migrator.downgrade('r1')
    expect(await ground.rows('SELECT id, body FROM notes ORDER BY id')).toEqual([['1', 'new']])
    expect(reports.map(({ what, count }) => [what, count])).toContainEqual([
      'rows of notes: the downgrade of the file writes there, so the old value stays preserved',
      2,
    ])
  })

  test('comes back where no step of it writes the table or the column', async () => {
    const ground = await openGround()
    const upgrade = (op: OperationRecorder): void => {
      op.dropColumn('people', 'theme', { preserve: true })
      op.dropTable('notes', { preserve: true })
    }
    const downgrade = (op: OperationRecorder): void => {
      notes(op)
      op.addColumn('people', 'theme', varchar(9))
      op.run('nothing', { up: async () => undefined, down: 'none' })
      op.alterTable('people', (t) => t.alterColumn('theme', { nullable: false }))
    }
    const both = (op: OperationRecorder): void => {
      people(op)
      notes(op)
    }
    const migrator = migratorOn(ground.dialect, { upgrade: both }, { upgrade, downgrade })
    await migrator.upgrade('r1')
    await ground.sql("INSERT INTO people VALUES (1, 'dark')")
    await ground.sql("INSERT INTO notes VALUES (7, 'seven')")
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await ground.rows('SELECT id, theme FROM people')).toEqual([['1', 'dark']])
    expect(await ground.rows('SELECT id, body FROM notes')).toEqual([['7', 'seven']])
  })
})
