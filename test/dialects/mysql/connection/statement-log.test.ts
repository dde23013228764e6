import { integer } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { describeOnOwn } from '../../../kit/own-server.ts'
import { migratorOn } from '../run/kit.ts'

// Where statements are logged InnoDB refuses each write at READ COMMITTED.
const settings = [
  '--log-bin=binlog',
  '--server-id=1',
  '--binlog-format=STATEMENT',
  '--transaction-isolation=READ-COMMITTED',
]

for (const server of ['mariadb', 'mysql'] as const) {
  describeOnOwn(server, 'a binary log of statements at READ COMMITTED', { settings }, (own) => {
    it('is written by a run, whose own isolation is another one', async () => {
      const db = await own().createDatabase()
      const migrator = migratorOn(
        db,
        (op) => op.createTable('t', (t) => t.column('id', integer(), { nullable: false })),
        (op) =>
          op.run('fill', async (step) => {
            await step.execute('INSERT INTO t VALUES (1)')
            await step.execute('UPDATE t SET id = id + 1')
          }),
      )
      await expect(db.sql('CREATE TABLE u (id int) ENGINE=InnoDB')).resolves.toBeDefined()
      await expect(db.sql('INSERT INTO u VALUES (1)')).rejects.toThrow(/BINLOG_FORMAT = STATEMENT/)
      expect((await migrator.upgrade()).applied).toEqual(['main:r1', 'main:r2'])
      expect(await db.sql('SELECT id FROM t')).toEqual([{ id: 2 }])
    })
  })
}
