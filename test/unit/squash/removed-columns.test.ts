import { join } from 'node:path'
import { integer, type OperationRecorder, type Revision, varchar } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, test } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { executeIn, rowsOf, temporaryFolder } from '../run/kit.ts'
import { on } from './kit.ts'

const range = line(
  (op) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('who', varchar(30))
      t.column('old', varchar(30))
      t.primaryKey(['id'])
    }),
  (op) => op.dropColumn('t', 'old'),
)
const squash: Revision = {
  revision: 's1',
  downRevision: null,
  replaces: ['r1', 'r2'],
  upgrade(op: OperationRecorder) {
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('who', varchar(30))
      t.primaryKey(['id'])
    })
  },
}

describe('what downgrades of a range preserved that dropped a column', () => {
  const folder = temporaryFolder()
  const start = async () => {
    const file = join(folder.path, 'app.db')
    const dialect = sqliteDialect({ url: `sqlite:${file}` })
    await on(dialect, range).upgrade('r1')
    executeIn(file, "INSERT INTO t (id, who, old) VALUES (1, 'a', NULL), (2, 'b', 'value')")
    await on(dialect, range).downgrade('base')
    return { file, dialect }
  }

  test('a restore by hand writes the rows that have no value in the column, and names the column of the others', async () => {
    const { file, dialect } = await start()
    const migrator = on(dialect, [squash])
    await migrator.upgrade()
    expect(await migrator.preserved.restore('r1')).toEqual({
      restored: 1,
      missing: 1,
      refused: 0,
      absent: ['column t.old'],
    })
    expect(rowsOf(file, 'SELECT * FROM t')).toMatchObject([{ id: 1, who: 'a' }])
  })

  test('an upgrade with the replaced files restores all of them, as the note says', async () => {
    const { file, dialect } = await start()
    expect((await on(dialect, [...range, squash]).plan()).steps[0]?.notes).toEqual([
      'what a downgrade of r1 preserved stays preserved: `migrate preserved restore r1` writes it back afterwards, but no values of columns that this revision does not have; an upgrade with the replaced files restores them',
    ])
    await on(dialect, range).upgrade('r1')
    expect(rowsOf(file, 'SELECT * FROM t ORDER BY id')).toMatchObject([
      { id: 1, who: 'a', old: null },
      { id: 2, who: 'b', old: 'value' },
    ])
    await on(dialect, range).upgrade()
    await on(dialect, [squash]).upgrade()
    expect(rowsOf(file, 'SELECT * FROM t ORDER BY id')).toMatchObject([
      { id: 1, who: 'a' },
      { id: 2, who: 'b' },
    ])
  })
})
