import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  bigint,
  createMigrator,
  decimal,
  graphOf,
  integer,
  type OperationRecorder,
  revisions,
  varchar,
} from '@org/migrate-core'
import type { ColumnType, UnloadedDialect } from '@org/migrate-core/dialect'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { dialectFor } from '../faults/runner/dialects.ts'
import { describeOnEach, familyOf } from '../kit/servers.ts'

/** `values` adds a column to the table of `first`, and the other branch gives the key of that table another type. */
const graphWith = (before: ColumnType, after: ColumnType) =>
  graphOf(
    revisions([
      {
        revision: 'first',
        downRevision: null,
        upgrade: (op: OperationRecorder) =>
          op.createTable('t', (t) => {
            t.column('id', before, { nullable: false })
            t.column('n', integer())
            t.primaryKey(['id'])
          }),
      },
      {
        revision: 'values',
        downRevision: 'first',
        branchLabels: ['one'],
        upgrade: (op: OperationRecorder) => op.addColumn('t', 'extra', varchar(20)),
      },
      {
        revision: 'key',
        downRevision: 'first',
        branchLabels: ['other'],
        upgrade: (op: OperationRecorder) => op.alterColumn('t', 'id', { type: after }),
      },
    ]),
  )

interface TestServer {
  readonly dialect: UnloadedDialect
  readonly sql: (text: string) => Promise<unknown>
}

function testRestoring(create: () => Promise<TestServer>): void {
  it.each([
    ['a wider integer', integer(), bigint()],
    ['a text', integer(), varchar(20)],
    ['a decimal', integer(), decimal(12, 2)],
  ])('are restored where another branch has made its key %s', async (_, before, after) => {
    const { dialect, sql } = await create()
    const migrator = createMigrator({ dialect, tiers: [graphWith(before, after)] })
    await migrator.upgrade('values')
    await sql("INSERT INTO t (id, n, extra) VALUES (1, 5, 'one'), (2, 6, 'two'), (3, 7, 'three')")
    await migrator.downgrade('first')
    await migrator.upgrade('key')
    await sql('DELETE FROM t WHERE n = 7')
    const { reports } = await migrator.upgrade('heads')
    expect(reports).toMatchObject([
      { what: 't.extra: the row is gone, so the preserved value is not restored', count: 1, firstKeys: ['3'] },
    ])
    expect(await sql('SELECT n, extra FROM t ORDER BY n')).toMatchObject([
      { n: 5, extra: 'one' },
      { n: 6, extra: 'two' },
    ])
  })

  // MySQL holds '01' to be equal to 1.
  it('are in no row whose key is only equal to the number that it was', async () => {
    const { dialect, sql } = await create()
    const migrator = createMigrator({ dialect, tiers: [graphWith(integer(), varchar(20))] })
    await migrator.upgrade('values')
    await sql("INSERT INTO t (id, n, extra) VALUES (1, 5, 'one'), (2, 6, 'two'), (3, 7, 'three')")
    await migrator.downgrade('first')
    await migrator.upgrade('key')
    await sql('DELETE FROM t WHERE n = 7')
    await sql("INSERT INTO t (id, n) VALUES ('01', 5), ('03', 8), ('3abc', 9)")
    await migrator.upgrade('heads')
    expect(await sql("SELECT id FROM t WHERE extra IS NOT NULL AND id NOT IN ('1', '2')")).toEqual([])
  })
}

describeOnEach(['postgres', 'mariadb', 'mysql'], 'preserved values of a table', (createDatabase, server) => {
  testRestoring(async () => {
    const { url, sql } = await createDatabase()
    return { dialect: dialectFor(familyOf(server), url), sql }
  })
})

describe('sqlite: preserved values of a table', () => {
  const home = mkdtempSync(join(tmpdir(), 'changed-key-'))
  afterAll(() => rmSync(home, { recursive: true, force: true }))
  testRestoring(async () => {
    const file = join(mkdtempSync(join(home, 'x-')), 'app.db')
    const sql = async (text: string): Promise<unknown> => {
      const database = new Database(file)
      try {
        return text.startsWith('SELECT') ? database.prepare(text).all() : database.exec(text)
      } finally {
        database.close()
      }
    }
    return { dialect: dialectFor('sqlite', file), sql }
  })
})
