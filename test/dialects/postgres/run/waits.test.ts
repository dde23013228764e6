import { integer, type OperationRecorder, text } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { dialectFor } from '../../../faults/runner/dialects.ts'
import { migratorOf } from '../../../kit/migrator.ts'
import { describeOnEach, familyOf } from '../../../kit/servers.ts'

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
