import { integer, type Revision, varchar } from '@org/migrate-core'
import type { DisturbedDialect } from '../runner/dialects.ts'

/** A table big enough that every change of it takes a while; its rows are made by the server. */
const table: Revision = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  upgrade(op) {
    op.createTable('big', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('n', integer())
      t.column('word', varchar(40))
      t.primaryKey(['id'])
    })
  },
}

const inPostgres: Revision = {
  revision: 'bbbbbbbbbbbb',
  downRevision: 'aaaaaaaaaaaa',
  upgrade(op) {
    op.alterTable('big', (t) => t.alterColumn('n', { type: varchar(20), using: "n || '!'" }))
    op.run('one more', {
      up: async (db) => void (await db.execute(`UPDATE "big" SET "word" = "word" || '+'`)),
      down: 'none',
    })
    op.createIndex('big', 'big_word', ['word', 'n'], { concurrently: true })
    op.alterTable('big', (t) => t.createIndex('big_n', ['n', 'id']))
    op.run('and one', {
      up: async (db) => void (await db.execute(`UPDATE "big" SET "word" = "word" || '-'`)),
      down: 'none',
    })
  },
}

const inMysql: Revision = {
  revision: 'bbbbbbbbbbbb',
  downRevision: 'aaaaaaaaaaaa',
  upgrade(op) {
    op.alterTable('big', (t) => t.alterColumn('n', { type: varchar(20) }))
    op.run('one more', {
      up: async (db) => void (await db.execute(`UPDATE "big" SET "word" = CONCAT("word", '+')`)),
      down: 'none',
    })
    op.alterTable('big', (t) => t.createIndex('big_word', ['word', 'n']))
    op.alterTable('big', (t) => t.alterColumn('word', { type: varchar(60), nullable: false }))
    op.alterTable('big', (t) => t.createIndex('big_n', ['n', 'id'], { unique: true }))
  },
}

const inSqlite: Revision = {
  revision: 'bbbbbbbbbbbb',
  downRevision: 'aaaaaaaaaaaa',
  upgrade(op) {
    op.alterTable('big', (t) => t.alterColumn('n', { type: varchar(20) }))
    op.run('one more', {
      up: async (db) => void (await db.execute(`UPDATE "big" SET "word" = "word" || '+'`)),
      down: 'none',
    })
    op.alterTable('big', (t) => t.createIndex('big_word', ['word', 'n']))
  },
}

export const slow: { readonly [D in DisturbedDialect]: readonly Revision[] } = {
  sqlite: [table, inSqlite],
  postgres: [table, inPostgres],
  mysql: [table, inMysql],
}
