import { integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { dialectFor } from '../../faults/runner/dialects.ts'
import { errorOf, line, migratorOf, type Recorded } from '../../kit/migrator.ts'
import { describeOnEach, familyOf, type TestDatabase } from '../../kit/servers.ts'

const tables: Recorded = (op) => {
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('a', varchar(20))
    t.column('b', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
  for (const name of ['u', 'w'])
    op.createTable(name, (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('c', integer())
      t.primaryKey(['id'])
    })
  op.createIndex('w', 'w_c', ['c'], { unique: true })
}

/**
 * The downgrade makes it again at its end, and fails where two rows have the same `c`; what stands before it is committed then. Its column has
 * another name until then, so that no row is checked before.
 */
function dropUniqueIndex(op: OperationRecorder): void {
  op.on({
    postgres: (on) => on.dropIndex('w', 'w_c', { concurrently: true }),
    otherwise: (on) => on.dropIndex('w', 'w_c'),
  })
  op.renameColumn('w', 'c', 'd')
}

const drops: Recorded = (op) => {
  dropUniqueIndex(op)
  op.dropColumn('t', 'a', { preserve: true })
  op.dropColumn('t', 'b', { preserve: true })
  op.dropTable('u', { preserve: true })
}

const converts: Recorded = (op) => {
  dropUniqueIndex(op)
  op.alterColumn('t', 'a', {
    type: integer(),
    using: { postgres: 'length(a)', mysql: 'char_length(a)', sqlite: 'length(a)' },
    usingBack: { postgres: 'a::varchar', mysql: 'concat(a)', sqlite: 'a' },
    preserve: true,
  })
}

const read = async ({ sql }: TestDatabase, query: string): Promise<readonly unknown[]> =>
  (await sql(query)).map((row) => Object.values(row))

describeOnEach(
  ['postgres', 'mariadb', 'mysql'],
  'an interrupted downgrade that has restored what its upgrade preserved',
  (create, server) => {
    /** The index is missing, all else of the downgrade is done. */
    async function interrupted(upgrade: Recorded, change = 'SELECT 1') {
      const db = await create()
      const migrator = migratorOf(dialectFor(familyOf(server), db.url), line(tables, upgrade))
      await migrator.upgrade('r1')
      await db.sql("INSERT INTO t VALUES (1, 'a1', 11), (2, 'a22', 22), (3, NULL, 33); INSERT INTO u VALUES (1, 5)")
      await migrator.upgrade()
      await db.sql(`INSERT INTO w VALUES (1, 7), (2, 7); ${change}`)
      expect((await errorOf(migrator.downgrade('r1'))).code).toMatch(/^(?:STATEMENT_FAILED|BLOCKING_ROWS)$/)
      return { db, migrator }
    }

    it('is taken back, and the next downgrade restores the values again, with what was written meanwhile', async () => {
      const { db, migrator } = await interrupted(drops)
      await db.sql("UPDATE t SET a = 'new' WHERE id = 2; INSERT INTO u VALUES (2, 6)")
      await migrator.resume({ revert: true })
      expect((await migrator.status()).interrupted).toEqual([])
      expect(await read(db, 'SELECT * FROM t ORDER BY id')).toEqual([[1], [2], [3]])
      await db.sql('DELETE FROM w')
      await migrator.downgrade('r1')
      expect(await read(db, 'SELECT id, a, b FROM t ORDER BY id')).toEqual([
        [1, 'a1', 11],
        [2, 'new', 22],
        [3, null, 33],
      ])
      expect(await read(db, 'SELECT * FROM u ORDER BY id')).toEqual([
        [1, 5],
        [2, 6],
      ])
      expect(await migrator.status()).toMatchObject({ preserved: 0 })
    })

    it('is taken back where it had converted a column', async () => {
      const { db, migrator } = await interrupted(converts)
      await migrator.resume({ revert: true })
      expect(await read(db, 'SELECT id, a FROM t ORDER BY id')).toEqual([
        [1, 2],
        [2, 3],
        [3, null],
      ])
      await db.sql('DELETE FROM w')
      await migrator.downgrade('r1')
      expect(await read(db, 'SELECT id, a FROM t ORDER BY id')).toEqual([
        [1, 'a1'],
        [2, 'a22'],
        [3, null],
      ])
    })

    for (const revert of [false, true])
      it(`${revert ? 'taken back' : 'finished'}, it reports the values that the interrupted run set aside`, async () => {
        const { migrator, db } = await interrupted(
          converts,
          'UPDATE t SET b = 44 WHERE id = 1; DELETE FROM t WHERE id = 2',
        )
        await db.sql('DELETE FROM w')
        const { reports } = await migrator.resume({ revert })
        expect(reports).toEqual([
          {
            tier: 'main',
            revision: 'r2',
            label: 'what stays preserved',
            what: 't.a: the old value was set aside before the revision was interrupted, and stays preserved',
            count: 2,
            firstKeys: ['1', '2'],
          },
        ])
        // Taken back, the present values of rows 1 and 3 are preserved as well.
        expect(await migrator.status()).toMatchObject({ preserved: revert ? 4 : 2 })
      })
  },
)
