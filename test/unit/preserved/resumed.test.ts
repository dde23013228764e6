import { integer, type OperationRecorder, text, varchar } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { dialectFor } from '../../faults/runner/dialects.ts'
import { errorOf, line, migratorOf, type Recorded } from '../../kit/migrator.ts'
import { describeOnEach, familyOf, type TestDatabase } from '../../kit/servers.ts'

const tables: Recorded = (op) => {
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('a', varchar(20))
    t.column('c', integer())
    t.primaryKey(['id'])
  })
  op.createTable('u', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('v', varchar(20))
    t.primaryKey(['id'])
  })
}

/** Fails where two rows have the same `c`; what stands before it in its revision is committed then. */
function uniqueIndex(op: OperationRecorder): void {
  op.on({
    postgres: (on) => on.createIndex('t', 't_c', ['c'], { unique: true, concurrently: true }),
    otherwise: (on) => on.createIndex('t', 't_c', ['c'], { unique: true }),
  })
}

function dropUniqueIndex(op: OperationRecorder): void {
  op.on({
    postgres: (on) => on.dropIndex('t', 't_c', { concurrently: true }),
    otherwise: (on) => on.dropIndex('t', 't_c'),
  })
}

const additions = (op: OperationRecorder): void => {
  op.addColumn('t', 'd', varchar(20))
  op.addColumn('t', 'e', varchar(20), { nullable: false, default: 'usual' })
  op.createTable('n', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('x', varchar(20))
    t.primaryKey(['id'])
  })
}

const read = async ({ sql }: TestDatabase, query: string): Promise<readonly unknown[]> =>
  (await sql(query)).map((row) => Object.values(row))

describeOnEach(
  ['postgres', 'mariadb', 'mysql'],
  'an interrupted step beside an application that writes',
  (create, server) => {
    async function start(...bodies: readonly Recorded[]) {
      const db = await create()
      return { db, migrator: migratorOf(dialectFor(familyOf(server), db.url), line(tables, ...bodies)) }
    }
    const resumed = async (work: () => Promise<unknown>): Promise<void> => {
      expect((await errorOf(work())).code).toMatch(/^(?:STATEMENT_FAILED|BLOCKING_ROWS)$/)
    }

    it('an upgrade gives rows that are nothing but their key their values back', async () => {
      const onlyKeys: Recorded = (op) =>
        op.createTable('k', (t) => {
          t.column('id', integer(), { nullable: false })
          t.primaryKey(['id'])
        })
      const { db, migrator } = await start(onlyKeys, (op) => {
        op.addColumn('k', 'v', varchar(20))
        uniqueIndex(op)
      })
      await migrator.upgrade()
      await db.sql("INSERT INTO k VALUES (1, 'v1'), (2, 'v2')")
      await migrator.downgrade('r2')
      await db.sql('INSERT INTO t (id, c) VALUES (1, 1), (2, 1)')
      await resumed(() => migrator.upgrade())
      await db.sql('UPDATE t SET c = 2 WHERE id = 2')
      await migrator.upgrade()
      expect(await read(db, 'SELECT id, v FROM k ORDER BY id')).toEqual([
        [1, 'v1'],
        [2, 'v2'],
      ])
    })

    it('a downgrade preserves what was written until it is resumed', async () => {
      const { db, migrator } = await start(uniqueIndex, (op) => {
        additions(op)
        dropUniqueIndex(op)
        // Its downgrade goes first, so that something is done when the index fails.
        op.addColumn('u', 'w', integer())
      })
      await migrator.upgrade()
      await db.sql(
        "INSERT INTO t (id, a, c, d) VALUES (1, 'a1', 1, 'd1'), (2, 'a2', 1, 'd2'), (3, 'a3', 3, 'd3'); INSERT INTO n VALUES (1, 'x1'), (2, 'x2')",
      )
      await resumed(() => migrator.downgrade('r2'))
      await db.sql(`UPDATE t SET c = 2 WHERE id = 2; UPDATE t SET d = 'new' WHERE id = 1; UPDATE t SET d = NULL WHERE id = 3;
      INSERT INTO t (id, a, c, d) VALUES (9, 'a9', 9, 'd9'); UPDATE n SET x = 'new' WHERE id = 1; DELETE FROM n WHERE id = 2;
      INSERT INTO n VALUES (9, 'x9')`)
      await migrator.downgrade('r2')
      await migrator.upgrade()
      expect(await read(db, 'SELECT id, d, e FROM t ORDER BY id')).toEqual([
        [1, 'new', 'usual'],
        [2, 'd2', 'usual'],
        [3, null, 'usual'],
        [9, 'd9', 'usual'],
      ])
      expect(await read(db, 'SELECT * FROM n ORDER BY id')).toEqual([
        [1, 'new'],
        [9, 'x9'],
      ])
    })

    it('a downgrade that had renamed the key says which values it does not preserve again', async () => {
      const { db, migrator } = await start(uniqueIndex, (op) => {
        op.addColumn('t', 'd', varchar(20))
        dropUniqueIndex(op)
        op.renameColumn('t', 'id', 'k')
      })
      await migrator.upgrade()
      await db.sql("INSERT INTO t (k, c, d) VALUES (1, 1, 'd1'), (2, 1, 'd2')")
      await resumed(() => migrator.downgrade('r2'))
      await db.sql("UPDATE t SET c = 2 WHERE id = 2; UPDATE t SET d = 'new' WHERE id = 1")
      const { reports } = await migrator.downgrade('r2')
      expect(reports.map(({ what }) => what)).toContain(
        'column t.d: the downgrade had renamed it, or the key of its rows, before it was stopped, so what was written since is not preserved',
      )
      await migrator.upgrade()
      expect(await read(db, 'SELECT k, d FROM t ORDER BY k')).toEqual([
        [1, 'd1'],
        [2, 'd2'],
      ])
    })

    it('an upgrade restores nothing over what has come into what it had made', async () => {
      const { db, migrator } = await start((op) => {
        additions(op)
        uniqueIndex(op)
      })
      await migrator.upgrade()
      await db.sql(
        "INSERT INTO t (id, a, c, d, e) VALUES (1, 'a1', 1, 'd1', 'e1'), (2, 'a2', 2, 'd2', 'e2'), (3, 'a3', 3, 'd3', 'e3'), (4, 'a4', 4, 'd4', 'e4'); INSERT INTO n VALUES (5, 'x5'), (6, 'x6')",
      )
      await migrator.downgrade('r1')
      await db.sql('UPDATE t SET c = 1 WHERE id = 2')
      await resumed(() => migrator.upgrade())
      await db.sql(`UPDATE t SET c = 2 WHERE id = 2; UPDATE t SET d = 'new', e = 'new' WHERE id = 1; DELETE FROM t WHERE id = 3;
      INSERT INTO t (id, a, c) VALUES (3, 'other', 33); INSERT INTO n VALUES (5, 'new')`)
      const { reports } = await migrator.upgrade()
      expect(await read(db, 'SELECT id, d, e FROM t ORDER BY id')).toEqual([
        [1, 'new', 'new'],
        [2, 'd2', 'e2'],
        [3, null, 'usual'],
        [4, 'd4', 'e4'],
      ])
      expect(await read(db, 'SELECT * FROM n ORDER BY id')).toEqual([
        [5, 'new'],
        [6, 'x6'],
      ])
      const reported = reports.map(({ what }) => what)
      expect(reported).toContain(
        't.d: newer data has come since the upgrade was interrupted, so the old value stays preserved',
      )
      expect(reported).toContain(
        't.d: the row has changed since the downgrade, or another row has its key now, so the preserved value is not restored',
      )
      expect(await migrator.preserved.list()).toMatchObject(
        expect.arrayContaining([expect.objectContaining({ column: 'd', superseded: 2 })]),
      )
    })

    const converted: Recorded = (op) => {
      op.addColumn('u', 'w', integer())
      op.alterColumn('t', 'a', {
        type: integer(),
        using: { postgres: 'length(a)', mysql: 'char_length(a)', sqlite: 'length(a)' },
        usingBack: { postgres: 'a::varchar', mysql: 'concat(a)', sqlite: 'a' },
        preserve: true,
      })
      uniqueIndex(op)
    }
    const dropped: Recorded = (op) => {
      op.addColumn('u', 'w', integer())
      op.dropColumn('t', 'a', { preserve: true })
      op.addColumn('t', 'f', text())
      uniqueIndex(op)
    }
    const insert = "INSERT INTO t VALUES (1, 'a1', 1), (2, 'a22', 1), (3, 'a333', 3)"

    it('a resumed upgrade reports which rows were changed, and which were deleted, as what the upgrade preserved', async () => {
      const { db, migrator } = await start(converted)
      await migrator.upgrade('r1')
      await db.sql(insert)
      await resumed(() => migrator.upgrade())
      await db.sql('UPDATE t SET c = 2, a = 777 WHERE id = 1; DELETE FROM t WHERE id = 3')
      const { reports } = await migrator.upgrade()
      const report = { tier: 'main', revision: 'r2', label: 'what the upgrade preserved', count: 1 }
      expect(reports).toEqual([
        {
          ...report,
          what: 't.a: the row has changed since the upgrade was interrupted, so the old value stays preserved',
          firstKeys: ['1'],
        },
        {
          ...report,
          what: 't.a: the row was deleted since the upgrade was interrupted, so the old value stays preserved',
          firstKeys: ['3'],
        },
      ])
    })

    for (const ending of ['upgrade and downgrade', 'resume --revert'] as const) {
      const end = async (migrator: Awaited<ReturnType<typeof start>>['migrator']): Promise<void> => {
        if (ending === 'resume --revert') return void (await migrator.resume({ revert: true }))
        await migrator.upgrade()
        await migrator.downgrade('r1')
      }

      it(`what was converted is not restored over what was written meanwhile: ${ending}`, async () => {
        const { db, migrator } = await start(converted)
        await migrator.upgrade('r1')
        await db.sql(insert)
        await resumed(() => migrator.upgrade())
        await db.sql(
          'UPDATE t SET c = 2 WHERE id = 2; UPDATE t SET a = 777 WHERE id = 1; INSERT INTO t (id, a) VALUES (9, 999)',
        )
        await end(migrator)
        // The application has changed row 2, too: it repaired `c`.
        expect(await read(db, 'SELECT id, a FROM t ORDER BY id')).toEqual([
          [1, '777'],
          [2, '3'],
          [3, 'a333'],
          [9, '999'],
        ])
      })

      it(`what the upgrade itself makes of names is no change of a row: ${ending}`, async () => {
        const { db, migrator } = await start(
          (op) => {
            op.addColumn('t', 'x', varchar(20))
            op.addColumn('t', 'y', varchar(20))
          },
          (op) => {
            op.dropColumn('t', 'a', { preserve: true })
            op.dropColumn('t', 'x', { preserve: true })
            op.addColumn('t', 'x', integer())
            op.renameColumn('t', 'y', 'a')
            uniqueIndex(op)
          },
        )
        await migrator.upgrade('r2')
        await db.sql(
          "INSERT INTO t VALUES (1, 'a1', 1, 'x1', 'y1'), (2, 'a2', 1, 'x2', 'y2'), (3, 'a3', 3, 'x3', 'y3')",
        )
        await resumed(() => migrator.upgrade())
        await db.sql('UPDATE t SET c = 2 WHERE id = 2')
        if (ending === 'resume --revert') await migrator.resume({ revert: true })
        else {
          await migrator.upgrade()
          await migrator.downgrade('r2')
        }
        // The application has changed row 2: it repaired `c`.
        expect(await read(db, 'SELECT id, a, x, y FROM t ORDER BY id')).toEqual([
          [1, 'a1', 'x1', 'y1'],
          [2, null, null, 'y2'],
          [3, 'a3', 'x3', 'y3'],
        ])
      })

      it(`what was dropped is not restored to another row: ${ending}`, async () => {
        const { db, migrator } = await start(dropped)
        await migrator.upgrade('r1')
        await db.sql(insert)
        await resumed(() => migrator.upgrade())
        await db.sql('DELETE FROM t WHERE id = 2; INSERT INTO t (id, c) VALUES (2, 22)')
        await end(migrator)
        expect(await read(db, 'SELECT id, a FROM t ORDER BY id')).toEqual([
          [1, 'a1'],
          [2, null],
          [3, 'a333'],
        ])
      })
    }
  },
)

describeOnEach(
  ['mariadb', 'mysql'],
  'where the preserved values of an interrupted revision were dropped',
  (create, server) => {
    const lost =
      'main:r2: the table migrate_preserved was dropped after this revision was interrupted: the values that it preserved are lost, and nothing restores them'

    it.each(['upgrade', 'revert'] as const)('its %s warns that they are lost', async (ending) => {
      for (const isDropped of [true, false]) {
        const db = await create()
        const chain = line(tables, (op) => {
          op.dropColumn('t', 'a', { preserve: true })
          op.createIndex('t', 't_c', ['c'], { unique: true })
        })
        const migrator = migratorOf(dialectFor(familyOf(server), db.url), chain)
        await migrator.upgrade('r1')
        await db.sql("INSERT INTO t VALUES (1, 'a1', 1), (2, 'a2', 1)")
        expect((await errorOf(migrator.upgrade())).code).toMatch(/^(?:STATEMENT_FAILED|BLOCKING_ROWS)$/)
        if (isDropped) await db.sql('DROP TABLE migrate_preserved')
        if (ending === 'upgrade') await db.sql('UPDATE t SET c = id')
        const { warnings } = await migrator.resume({ revert: ending === 'revert' })
        expect(warnings.includes(lost)).toBe(isDropped)
      }
    })
  },
)

describeOnEach(['mariadb', 'mysql'], 'an upgrade that stopped before it took values away', (create, server) => {
  it('preserves them as they are when it takes them', async () => {
    const db = await create()
    const chain = line(tables, (op) => {
      op.dropColumn('t', 'a', { preserve: true })
      op.dropTable('u', { preserve: true })
    })
    const migrator = migratorOf(dialectFor(familyOf(server), db.url), chain, {
      lockTimeoutMs: 1_000,
      lockRetries: 0,
    })
    await migrator.upgrade('r1')
    await db.sql("INSERT INTO t VALUES (1, 'a1', 1), (2, 'a2', 2); INSERT INTO u VALUES (1, 'v1'), (2, 'v2')")
    for (const [table, write] of [
      ['t', "UPDATE t SET a = 'new' WHERE id = 1; DELETE FROM t WHERE id = 2; INSERT INTO t VALUES (9, 'a9', 9)"],
      ['u', "UPDATE u SET v = 'new' WHERE id = 1; DELETE FROM u WHERE id = 2; INSERT INTO u VALUES (9, 'v9')"],
    ]) {
      const other = await dialectFor(familyOf(server), db.url).connection.connect({ purpose: 'inspect' })
      const scope = await other.begin()
      await other.query(`SELECT * FROM ${table}`)
      expect((await errorOf(migrator.upgrade())).code).toBe('STATEMENT_FAILED')
      await scope.rollback()
      await other.close()
      await db.sql(write ?? '')
    }
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await read(db, 'SELECT id, a FROM t ORDER BY id')).toEqual([
      [1, 'new'],
      [9, 'a9'],
    ])
    expect(await read(db, 'SELECT * FROM u ORDER BY id')).toEqual([
      [1, 'new'],
      [9, 'v9'],
    ])
  })
})
