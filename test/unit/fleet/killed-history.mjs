import { integer } from '@org/migrate-core'

/** Two revisions; the second counts how often it ran, in several statements. */
export const history = [
  {
    revision: 'r1',
    downRevision: null,
    upgrade(op) {
      op.createTable('ran', (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      })
    },
  },
  {
    revision: 'r2',
    downRevision: 'r1',
    upgrade(op) {
      op.createTable('first', (t) => t.column('id', integer()))
      op.run('count', {
        up: async (db) => void (await db.execute('INSERT INTO ran SELECT count(*) FROM ran')),
        down: 'none',
      })
      op.createTable('second', (t) => t.column('id', integer()))
    },
  },
]
