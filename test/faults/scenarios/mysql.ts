import { integer, type Revision, varchar } from '@org/migrate-core'

/** SQL of the author's own, whose effects cannot be known beforehand, between changes that are known. */
export const opaque: readonly Revision[] = [
  {
    revision: 'aaaaaaaaaaaa',
    downRevision: null,
    upgrade(op) {
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('n', integer())
        t.primaryKey(['id'])
      })
      op.insertRows('t', [{ id: 1, n: 5 }], { key: ['id'] })
    },
  },
  {
    revision: 'bbbbbbbbbbbb',
    downRevision: 'aaaaaaaaaaaa',
    upgrade(op) {
      op.sql('ALTER TABLE t ADD COLUMN c int DEFAULT 5', { inverse: 'ALTER TABLE t DROP COLUMN c' })
      op.alterTable('t', (t) => t.addColumn('a', varchar(20), { default: 'x' }))
      op.sql('CREATE INDEX t_c ON t (c, id)', { inverse: 'DROP INDEX t_c ON t' })
      op.alterTable('t', (t) => t.alterColumn('n', { type: varchar(20), using: "concat(n, '!')" }))
    },
  },
]
