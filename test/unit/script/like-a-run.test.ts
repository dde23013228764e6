import { enumeration, integer, type OperationRecorder, text } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { familyOf } from '../../kit/servers.ts'
import { describeOnGrounds } from './ground.ts'

const notes = (op: OperationRecorder): void =>
  op.createTable('notes', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('body', text())
    t.primaryKey(['id'])
  })

describeOnGrounds('a script does what a run does', (createGround, name) => {
  test('with texts in rows that the bookkeeping writes for the time of the script', async () => {
    const ground = await createGround()
    const chain = line(notes, (op) =>
      op.insertRows('notes', [
        { id: 1, body: '0001-01-01T00:00:00.000Z' },
        { id: 2, body: '0001-01-01 00:00:00.000000' },
      ]),
    )
    const script = await migratorOf(ground.dialect(), chain).script('head', { from: 'base', ...ground.scriptOptions })
    expect(ground.client(script)).toMatchObject({ stopped: false })
    expect(await ground.rows('SELECT body FROM notes ORDER BY id')).toEqual([
      { body: '0001-01-01T00:00:00.000Z' },
      { body: '0001-01-01 00:00:00.000000' },
    ])
    const [first] = await ground.rows('SELECT MIN(SUBSTR(started_at, 1, 4)) AS year FROM migrate_history')
    expect(Number(first?.year)).toBeGreaterThanOrEqual(2024)
  })

  const comments = name === 'sqlite' || familyOf(name) !== 'mysql' ? ['-- last'] : ['-- last', '# last', '#']
  test.each(comments)('with SQL that ends with the comment %s', async (comment) => {
    const ground = await createGround()
    const rows = (op: OperationRecorder): void => op.insertRows('notes', [{ id: 1, body: 'a' }])
    const chain = line(notes, rows, (op) => {
      op.sql(`UPDATE notes SET body = 'b' ${comment}`)
      op.sql("UPDATE notes SET body = REPLACE(body, 'b', 'bc')")
    })
    const script = await migratorOf(ground.dialect(), chain).script('head', { from: 'base', ...ground.scriptOptions })
    expect(ground.client(script)).toMatchObject({ stopped: false })
    expect(await ground.rows('SELECT body FROM notes')).toEqual([{ body: 'bc' }])
  })

  const values = name.startsWith('postgres') ? ['a value of an enum'] : []
  test.each(values)(
    'with %s that a later revision uses, where all revisions are asked to be one transaction',
    async () => {
      const ground = await createGround()
      const chain = line(
        (op) => {
          op.createEnum('mood', ['calm'])
          op.createTable('moods', (t) => {
            t.column('id', integer(), { nullable: false })
            t.column('mood', enumeration(['calm'], { name: 'mood' }))
            t.primaryKey(['id'])
          })
        },
        (op) => op.alterEnum('mood', { add: [{ value: 'wild' }] }),
        (op) => op.insertRows('moods', [{ id: 1, mood: 'wild' }]),
      )
      const migrator = migratorOf(ground.dialect(), chain, { transaction: 'run' })
      await migrator.upgrade('r1')
      const script = await migrator.script('head', { from: 'r1', ...ground.scriptOptions })
      expect(ground.client(script)).toMatchObject({ stopped: false })
      expect(await ground.rows('SELECT mood::text AS mood FROM moods')).toEqual([{ mood: 'wild' }])
    },
  )

  const nonTransactional = name === 'sqlite' || name.startsWith('postgres') ? ['VACUUM'] : []
  test.each(nonTransactional)('with %s, where all revisions are asked to be one transaction', async (sql) => {
    const ground = await createGround()
    const chain = line(
      notes,
      (op) => op.sql(sql, { nonTransactional: true }),
      (op) => op.insertRows('notes', [{ id: 1, body: 'a' }]),
    )
    const migrator = migratorOf(ground.dialect(), chain, { transaction: 'run' })
    const script = await migrator.script('head', { from: 'base', ...ground.scriptOptions })
    expect(ground.client(script)).toMatchObject({ stopped: false })
    expect(await ground.rows('SELECT body FROM notes')).toEqual([{ body: 'a' }])
  })
})
