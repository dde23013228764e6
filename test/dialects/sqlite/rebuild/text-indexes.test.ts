import { text as textType } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it } from 'vitest'
import { errorOf, line, migratorOf, type RevisionBody } from '../../../kit/migrator.ts'
import { database, rows } from './kit.ts'

const none = (): void => undefined

/** A table with a full-text index over one of its columns. */
const open = (change: RevisionBody) => {
  const file = database(`CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, content TEXT);
    CREATE VIRTUAL TABLE f USING fts5(a, content='T', content_rowid='id');
    INSERT INTO t VALUES (1, 'hello', 'world'); INSERT INTO f(f) VALUES ('rebuild')`)
  return { file, migrator: migratorOf(sqliteDialect({ url: file }), line(none, change)) }
}

describe('full-text indexes that read the texts of a table', () => {
  it.each<readonly [string, RevisionBody, string]>([
    ['a renamed table', (op) => op.renameTable('t', 'tt'), 't cannot be renamed: full-text index f'],
    ['a renamed column', (op) => op.renameColumn('t', 'a', 'aa'), 'column t.a cannot be renamed: full-text index f'],
    ['a renamed key', (op) => op.renameColumn('t', 'id', 'key'), 'column t.id cannot be renamed: full-text index f'],
    ['a dropped column', (op) => op.dropColumn('t', 'a'), 'column t.a cannot be dropped: full-text index f'],
    [
      'a column that is renamed in a rebuild',
      (op) =>
        op.alterTable('t', (t) => {
          t.renameColumn('a', 'aa')
          t.alterColumn('aa', { type: textType(), nullable: false })
        }),
      'column t.a cannot be renamed: full-text index f',
    ],
  ])('%s is refused', async (_what, change, message) => {
    const { file, migrator } = open(change)
    for (const work of [() => migrator.plan(), () => migrator.upgrade()]) {
      const error = await errorOf(work())
      expect(error.code).toBe('DEPENDENT_OBJECTS')
      expect(error.message).toBe(`${message} reads it, and would fail when used.`)
    }
    expect(rows(file, "SELECT a FROM f('hello')")).toEqual([['hello']])
  })

  it('A column that no index reads is renamed and dropped', async () => {
    const { file, migrator } = open((op) => {
      op.renameColumn('t', 'content', 'body')
      op.dropColumn('t', 'body')
    })
    await migrator.upgrade()
    expect(rows(file, "SELECT a FROM f('hello')")).toEqual([['hello']])
  })

  it.each<readonly [string, RevisionBody]>([
    ['an operation', (op) => op.dropTable('f')],
    ['SQL', (op) => op.sql('DROP TABLE f')],
  ])('A table is renamed once %s drops its index, which is made again after it', async (_what, drop) => {
    const { file, migrator } = open((op) => {
      if (typeof drop === 'function') drop(op)
      op.renameTable('t', 'tt')
      op.sql(`CREATE VIRTUAL TABLE f USING fts5(a, content='tt', content_rowid='id')`)
      op.sql(`INSERT INTO f(f) VALUES ('rebuild')`)
    })
    await migrator.upgrade()
    expect(rows(file, "SELECT a FROM f('hello')")).toEqual([['hello']])
  })

  it('The plan names the index of a dropped table', async () => {
    const { migrator } = open((op) => op.dropTable('t'))
    const { steps } = await migrator.plan()
    expect(steps.flatMap(({ notes }) => notes)).toContain('queries of full-text index f fail while there is no table t')
  })
})
