import { bigint, integer, revisions } from '@org/migrate-core'
import type { TestDatabase } from '../../kit/servers.ts'
import { isPostgres } from '../proxy/picture.ts'

/** What happens in the middle of the first data step of `r2`, and right before its index is made; each once. */
export interface Between {
  happens?: (() => Promise<void>) | undefined
  beforeIndex?: (() => Promise<void>) | undefined
}

/** A table that is copied, with steps around that are wrong when they run twice. */
export function bigChain(between: Between = {}) {
  return revisions([
    {
      revision: 'r1',
      downRevision: null,
      upgrade(op) {
        op.createTable('t', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('n', integer())
          t.primaryKey(['id'])
        })
        op.createTable('small', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('n', integer())
          t.primaryKey(['id'])
        })
        op.insertRows('small', [{ id: 1, n: 0 }], { key: ['id'] })
      },
    },
    {
      revision: 'r2',
      downRevision: 'r1',
      upgrade(op) {
        op.run('first', {
          up: async (db) => {
            await db.execute('UPDATE "small" SET "n" = "n" + 1')
            const { happens } = between
            between.happens = undefined
            await happens?.()
            await db.execute('UPDATE "small" SET "n" = "n" + 10')
          },
          down: 'none',
        })
        op.alterTable('t', (t) => t.alterColumn('n', { type: bigint() }))
        op.run('second', {
          up: async (db) => {
            await db.execute('UPDATE "small" SET "n" = "n" + 100')
            const { beforeIndex } = between
            between.beforeIndex = undefined
            await beforeIndex?.()
          },
          down: 'none',
        })
        op.createIndex('t', 't_n', ['n'])
      },
    },
  ])
}

/** Rows of the application: two to the power of `power`. */
export async function fill({ sql, url }: TestDatabase, power: number): Promise<void> {
  if (isPostgres(url)) {
    await sql(`INSERT INTO t SELECT i, i FROM generate_series(1, ${2 ** power}) AS i`)
    return
  }
  await sql('INSERT INTO t VALUES (1, 1)')
  for (let at = 0; at < power; at += 1) await sql(`INSERT INTO t SELECT id + ${2 ** at}, n + ${2 ** at} FROM t`)
}
