import { integer, type OperationRecorder, text } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { dialectFor } from '../../../faults/runner/dialects.ts'
import { migratorOf } from '../../../kit/migrator.ts'
import { describeOn, describeOnEach, familyOf } from '../../../kit/servers.ts'

const upgrade = (op: OperationRecorder): void => {
  op.createTable('own', (t) => t.column('id', integer()))
  op.alterTable('own', (t) => t.addColumn('a', text()))
  op.alterTable('t', (t) => t.addColumn('a', text()))
  op.run('fill a', { up: async () => undefined, down: 'none' })
  op.run('fill b', { up: async () => undefined, down: 'none' })
  op.alterTable('t', (t) => t.alterColumn('a', { nullable: false }))
}

describeOnEach(
  ['postgres', 'mariadb', 'mysql'],
  'the plan of a data step behind a change of a table',
  (createDatabase, server) => {
    it('says whose readers wait for it, where they do', async () => {
      const database = await createDatabase()
      await database.sql('CREATE TABLE t (id integer)')
      const migrator = migratorOf(dialectFor(familyOf(server), database.url), [
        { revision: 'r1', downRevision: null, upgrade },
      ])
      const notes = (await migrator.plan()).steps.flatMap((step) => step.notes.filter((note) => note.includes('wait')))
      expect(notes).toEqual(
        server === 'postgres'
          ? [
              'readers and writers of t wait from "add column t.a" until the revision commits, while the data steps "fill a", "fill b" run',
            ]
          : [],
      )
    })
  },
)

describeOn('postgres', 'the plan of a downgrade that restores a dropped column', (createDatabase) => {
  it('names what restores it as the step below is named', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t (id integer PRIMARY KEY, a text)')
    const drop = (op: OperationRecorder): void => op.dropColumn('t', 'a', { preserve: true })
    const migrator = migratorOf(dialectFor('postgres', database.url), [
      { revision: 'r1', downRevision: null, upgrade: drop },
    ])
    await migrator.upgrade()
    const notes = (await migrator.plan('base')).steps.flatMap((step) => step.notes)
    expect(notes).toEqual([
      'readers and writers of t wait from "add column t.a" until the revision commits, while the data step "restore what the upgrade preserved of column t.a" runs',
    ])
  })
})

describeOn('postgres', 'the plan of a revision that commits in between', (createDatabase) => {
  const step = (op: OperationRecorder, label: string): void =>
    op.run(label, { up: async () => undefined, down: 'none' })
  const add = (op: OperationRecorder, value: string): void => op.alterEnum('mood', { add: [{ value }] })

  it.each<readonly [string, (op: OperationRecorder) => void, readonly string[]]>([
    [
      'names no wait that a new value of an enum has ended',
      (op) => {
        op.renameTable('t', 'u')
        add(op, 'b')
        step(op, 'fill')
        step(op, 'fill more')
      },
      [],
    ],
    [
      'names no wait that an index has ended which is built concurrently',
      (op) => {
        op.alterTable('t', (t) => t.addColumn('a', text()))
        op.createIndex('t', 't_id', ['id'], { concurrently: true })
        step(op, 'fill')
      },
      [],
    ],
    [
      'names the commit that ends a wait',
      (op) => {
        op.alterTable('t', (t) => t.addColumn('a', text()))
        step(op, 'fill')
        add(op, 'b')
        op.alterTable('t', (t) => t.addColumn('b', text()))
        step(op, 'fill more')
      },
      [
        'readers and writers of t wait from "add column t.a" until the next commit of the revision, while the data step "fill" runs',
        'readers and writers of t wait from "add column t.b" until the revision commits, while the data step "fill more" runs',
      ],
    ],
  ])('%s', async (_title, changes, expected) => {
    const database = await createDatabase()
    await database.sql("CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (id integer, mood mood)")
    const migrator = migratorOf(dialectFor('postgres', database.url), [
      { revision: 'r1', downRevision: null, upgrade: changes },
    ])
    const notes = (await migrator.plan()).steps.flatMap((each) => each.notes.filter((note) => note.includes('wait')))
    expect(notes).toEqual(expected)
  })
})
