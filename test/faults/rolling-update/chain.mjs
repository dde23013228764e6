// The revisions of a service and the releases that know the first so many of them. Used by processes on the built packages, too.
import { boolean, integer, revisions, varchar } from '@org/migrate-core'

const idColumn = (t) => {
  t.column('id', integer(), { nullable: false })
  t.primaryKey(['id'])
}

/**
 * What the release that knows `knows` revisions has. `gate` is called inside the data step of r3 ('up', 'down'), and the run waits
 * for it. `nonTransactional`: r3 begins and ends with what cannot run in a transaction, on PostgreSQL.
 */
export function release({ knows, gate = async () => undefined, nonTransactional = false }) {
  const all = [
    {
      revision: 'r1',
      downRevision: null,
      upgrade(op) {
        op.createTable('notes', (t) => {
          idColumn(t)
          t.column('text', varchar(40), { nullable: false })
        })
      },
    },
    {
      revision: 'r2',
      downRevision: 'r1',
      upgrade(op) {
        op.alterTable('notes', (t) => t.addColumn('pinned', boolean(), { nullable: false, default: false }))
      },
    },
    {
      revision: 'r3',
      downRevision: 'r2',
      compatibleWith: ['r2'],
      upgrade(op) {
        if (nonTransactional) op.createIndex('notes', 'notes_text', ['text'], { concurrently: true })
        op.createTable('labels', idColumn)
        op.run('labels', {
          up: async (db) => {
            await db.execute('INSERT INTO labels (id) VALUES (1)')
            await gate('up')
          },
          down: async (db) => {
            await db.execute('DELETE FROM labels')
            await gate('down')
          },
        })
        op.alterTable('notes', (t) => t.addColumn('label_id', integer()))
        if (nonTransactional) op.createIndex('notes', 'notes_label', ['label_id'], { concurrently: true })
      },
    },
    {
      revision: 'r4',
      downRevision: 'r3',
      upgrade(op) {
        op.createTable('tags', idColumn)
      },
    },
  ]
  return revisions(all.slice(0, knows))
}
