import { beforeAll, expect, test } from 'vitest'
import { ensureBuilt, Project, revision } from '../../cli/project.ts'
import { executeIn, rowsOf } from '../../unit/run/kit.ts'

beforeAll(ensureBuilt)

const table = `  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('a', text())
    t.primaryKey(['id'])
  })`
const step =
  "  op.run('fill', { up: async (db) => void (await db.execute(\"UPDATE t SET a = 'filled'\")), down: 'none' })"
const rows = "  op.insertRows('t', [{ id: 100, a: 'reference' }], { key: ['id'] })"

test('Revisions that change rows alone are named where a database is recorded behind them, and the advice runs them', () => {
  const project = new Project({
    'migrations/a1.ts': revision('a1', null, table),
    'migrations/b1.ts': revision('b1', 'a1', step),
    'migrations/c1.ts': revision('c1', 'b1', rows),
    'migrations/d1.ts': revision('d1', 'c1', ''),
  })
  try {
    executeIn(
      project.database,
      'CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a TEXT); INSERT INTO t (id) VALUES (1)',
    )
    const adopted = project.run(['adopt'])
    expect(adopted.code).toBe(0)
    expect(adopted.stdout).toContain('recorded without running, now at d1')
    expect(adopted.stdout).toContain(
      'note: b1, c1 change rows and not the schema: whether that has run here is not known. If it has not, `migrate stamp a1` and `migrate upgrade` run it.\n',
    )
    expect(project.run(['stamp', 'a1'])).toMatchObject({ code: 0 })
    expect(project.run(['upgrade'])).toMatchObject({ code: 0 })
    expect(rowsOf(project.database, 'SELECT id, a FROM t ORDER BY id')).toEqual([
      { id: 1, a: 'filled' },
      { id: 100, a: 'reference' },
    ])
  } finally {
    project.remove()
  }
})
