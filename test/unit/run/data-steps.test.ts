import { join } from 'node:path'
import {
  bigint,
  boolean,
  bytes,
  decimal,
  double,
  integer,
  isMigrateError,
  json,
  type OperationRecorder,
  type StepDatabase,
  text,
  timestamp,
} from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { line, migratorOf, type Recorded } from '../../kit/migrator.ts'
import { migratorOn, rowsOf, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

const items: Recorded = (op) => {
  op.createTable('items', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
  op.insertRows(
    'items',
    Array.from({ length: 1200 }, (_, at) => ({ id: at + 1, name: `n${at + 1}` })),
    { key: ['id'] },
  )
}

async function outcome(
  work: (db: StepDatabase) => Promise<void>,
  options: { stepIdleMs?: number } = {},
): Promise<string> {
  const file = join(folder.path, `${Math.random()}.db`)
  try {
    await migratorOn(
      file,
      line(items, (op) => op.run('step', work)),
      options,
    ).upgrade()
    return 'done'
  } catch (error) {
    if (isMigrateError(error)) return error.code
    throw error
  }
}

test('values are the same on the way out: bigint, number, text, boolean, Buffer', async () => {
  const file = join(folder.path, 'values.db')
  let observed: unknown
  const chain = line(
    (op) =>
      op.createTable('v', (t) => {
        t.column('i', bigint())
        t.column('r', double())
        t.column('d', decimal(10, 2))
        t.column('b', boolean())
        t.column('j', json())
        t.column('x', bytes())
        t.column('t', timestamp())
      }),
    (op) =>
      op.run('read', async (db) => {
        const values = [
          9007199254740993n,
          1,
          '12.50',
          true,
          '42',
          Buffer.from([0, 255]),
          '2026-11-20 08:00:00',
        ] as const
        await db.execute('INSERT INTO "v" VALUES (?,?,?,?,?,?,?)', values)
        observed = (await db.query('SELECT * FROM "v"'))[0]
      }),
  )
  await migratorOn(file, chain).upgrade()
  expect({ ...(observed as object) }).toEqual({
    i: 9007199254740993n,
    r: 1,
    d: '12.5',
    b: true,
    j: '42',
    x: Buffer.from([0, 255]),
    t: '2026-11-20 08:00:00',
  })
})

test('transaction control, DDL and settings are refused in a data step', async () => {
  for (const sql of ['COMMIT', ' /* x */ begin immediate', 'ROLLBACK', 'SAVEPOINT a', 'RELEASE a', 'end']) {
    expect(await outcome(async (db) => void (await db.execute(sql)))).toBe('TRANSACTION_CONTROL_IN_STEP')
  }
  for (const sql of [
    'DROP TABLE "items"',
    'create table x (a)',
    'ALTER TABLE "items" ADD COLUMN z',
    'PRAGMA foreign_keys = OFF',
    'VACUUM',
    "ATTACH 'x' AS y",
    'REINDEX',
  ]) {
    expect(await outcome(async (db) => void (await db.execute(sql))), sql).toBe('DDL_IN_DATA_STEP')
  }
})

test('a call that is not awaited is an error', async () => {
  expect(await outcome(async (db) => void db.execute('DELETE FROM "items"'))).toBe('DATA_STEP_NOT_AWAITED')
  expect(
    await outcome(async (db) => {
      void (async () => {
        await db.execute('UPDATE "items" SET "name" = NULL')
        await db.execute('DELETE FROM "items"')
      })().catch(() => undefined)
    }),
  ).toBe('DATA_STEP_NOT_AWAITED')
  expect(
    await outcome(async (db) => void (await Promise.all([db.execute('DELETE FROM "items"'), db.query('SELECT 1')]))),
  ).toBe('done')
})

test('a step that never ends is an error, not a silent end of the process', async () => {
  expect(await outcome(() => new Promise(() => undefined), { stepIdleMs: 80 })).toBe('DATA_STEP_HUNG')
})

test('db is dead after its step', async () => {
  let leaked: StepDatabase | undefined
  const outcomeOfLeak = await outcome(async (db) => {
    leaked = db
  })
  expect(outcomeOfLeak).toBe('done')
  await expect(leaked?.query('SELECT 1')).rejects.toMatchObject({ code: 'SESSION_CLOSED' })
})

test('db is dead in the step of a later revision, whose transaction it must not touch', async () => {
  const file = join(folder.path, 'leak.db')
  let leaked: StepDatabase | undefined
  let refused: unknown
  const chain = line(
    items,
    (op) =>
      op.run('leak', async (db) => {
        leaked = db
      }),
    (op) =>
      op.run('use', async () => {
        refused = await leaked?.execute('DELETE FROM "items"').catch((error: unknown) => error)
      }),
  )
  await migratorOn(file, chain).upgrade()
  expect(refused).toMatchObject({ code: 'SESSION_CLOSED' })
  expect(rowsOf(file, 'SELECT count(*) AS n FROM items')).toEqual([{ n: 1200 }])
})

test('a savepoint is rolled back when its body throws, and the step continues', async () => {
  const file = join(folder.path, 'savepoint.db')
  const chain = line(items, (op) =>
    op.run('try', async (db) => {
      await db
        .transaction(async (inner) => {
          await inner.execute('DELETE FROM "items"')
          throw new Error('no')
        })
        .catch((error: Error) => expect(error.message).toBe('no'))
      await db.transaction(async (inner) => void (await inner.execute('DELETE FROM "items" WHERE "id" > 10')))
    }),
  )
  await migratorOn(file, chain).upgrade()
  expect(rowsOf(file, 'SELECT count(*) AS n FROM items')).toEqual([{ n: 10 }])
})

test('backfill gives every row once, in batches by key', async () => {
  const file = join(folder.path, 'backfill.db')
  const batches: number[] = []
  const progress: (readonly [number, number | undefined])[] = []
  const chain = line(items, (op) =>
    op.run('upper', async (db) => {
      const observed = await db.backfill({
        table: 'items',
        columns: ['name'],
        where: '"id" <> ?',
        params: [5n],
        batch: 100,
        step: async (rows) => {
          batches.push(rows.length)
          for (const row of rows)
            await db.execute('UPDATE "items" SET "name" = ? WHERE "id" = ?', [
              String(row.name).toUpperCase(),
              row.id ?? null,
            ])
        },
      })
      expect(observed).toBe(1199)
    }),
  )
  await migratorOn(file, chain).upgrade('head', {
    onEvent: (event) => event.type === 'progress' && progress.push([event.done, event.total]),
  })
  expect(batches).toEqual([100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 99])
  expect(rowsOf(file, 'SELECT count(*) AS n FROM items WHERE name = upper(name)')).toEqual([{ n: 1199 }])
  // The row that `where` leaves out does not count.
  expect([progress[0], progress.at(-1)]).toEqual([
    [100, 1199],
    [1199, 1199],
  ])
})

test('a batch ends at 4 MiB, so wide rows come one by one', async () => {
  const file = join(folder.path, 'wide.db')
  const batches: number[] = []
  const chain = line(
    (op) => {
      op.createTable('wide', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('body', text())
        t.primaryKey(['id'])
      })
      op.run('fill', async (db) => {
        for (let id = 1; id <= 3; id++)
          await db.execute('INSERT INTO "wide" VALUES (?, ?)', [BigInt(id), 'x'.repeat(3 * 1024 * 1024)])
        await db.execute('INSERT INTO "wide" VALUES (4, NULL), (5, NULL)')
      })
    },
    (op) =>
      op.run(
        'read',
        async (db) =>
          void (await db.backfill({
            table: 'wide',
            columns: ['body'],
            step: async (rows) => void batches.push(rows.length),
          })),
      ),
  )
  await migratorOn(file, chain).upgrade()
  expect(batches).toEqual([1, 1, 3])
})

test('backfill asks for the size of a page before it reads columns, and reads keys with one statement', async () => {
  const dialect = sqliteDialect({ url: `sqlite:${join(folder.path, 'pages.db')}` })
  const sent: string[] = []
  const connect: typeof dialect.connection.connect = async (options) => {
    const session = await dialect.connection.connect(options)
    const { query } = session
    return Object.assign(session, {
      query: (...how: Parameters<typeof query>) => {
        sent.push(how[0])
        return query.apply(session, how)
      },
    })
  }
  const read = (columns: readonly string[]) => (op: OperationRecorder) =>
    op.run('read', async (db) => void (await db.backfill({ table: 'items', columns, step: async () => undefined })))
  const migrator = migratorOf(
    { ...dialect, connection: { ...dialect.connection, connect } },
    line(items, read([]), read(['name'])),
  )
  const pages = async (revision: string): Promise<number> => {
    sent.length = 0
    await migrator.upgrade(revision)
    return sent.filter((each) => each.includes('ORDER BY "id" LIMIT 500')).length
  }
  await migrator.upgrade('r1')
  expect([await pages('r2'), await pages('r3')]).toEqual([3, 6])
})

test('reports are counted, with the first keys', async () => {
  const file = join(folder.path, 'report.db')
  const chain = line(items, (op) =>
    op.run('look', async (db) => {
      for (let id = 1; id <= 8; id++) db.report('odd name', `item ${id}`)
      db.report('other')
    }),
  )
  const result = await migratorOn(file, chain).upgrade()
  expect(result.reports).toEqual([
    {
      tier: 'main',
      revision: 'r2',
      label: 'look',
      what: 'odd name',
      count: 8,
      firstKeys: ['item 1', 'item 2', 'item 3', 'item 4', 'item 5'],
    },
    { tier: 'main', revision: 'r2', label: 'look', what: 'other', count: 1, firstKeys: [] },
  ])
})

test('the introspection helpers tell the tables as they stand', async () => {
  const file = join(folder.path, 'helpers.db')
  const observed: unknown[] = []
  const chain = line(items, (op) => {
    op.alterTable('items', (t) => {
      t.addUnique(['name'], { name: 'items_name' })
      t.createIndex('items_by', ['name', 'id'])
    })
    op.run('look', async (db) => {
      observed.push((await db.tableNames()).includes('items'))
      observed.push((await db.columns('items')).map((column) => column.name))
      observed.push((await db.indexes('items')).map((index) => index.name))
      observed.push((await db.uniqueConstraints('items')).map((unique) => unique.columns))
      observed.push(await db.primaryKey('items'))
    })
  })
  await migratorOn(file, chain).upgrade()
  expect(observed).toEqual([true, ['id', 'name'], ['items_by'], [['name']], ['id']])
})
