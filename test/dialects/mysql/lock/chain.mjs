// Two revisions of which the first changes a table for so long that its process can be killed meanwhile.
import { integer, revisions } from '@org/migrate-core'

export const chain = () =>
  revisions([
    {
      revision: 'r1',
      downRevision: null,
      upgrade(op) {
        op.limits({ algorithm: 'copy' }, (op) => {
          op.alterTable('big', (t) => t.addColumn('weight', integer()))
        })
        op.run(
          'one row',
          async (db) => void (await db.execute('INSERT INTO "big" ("id", "weight") VALUES (?, ?)', [0n, 7n])),
        )
      },
    },
    {
      revision: 'r2',
      downRevision: 'r1',
      upgrade(op) {
        op.alterTable('big', (t) => t.addColumn('height', integer()))
      },
    },
  ])
