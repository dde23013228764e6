import { date, type OperationRecorder, timestamp, varchar } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { mysqlDriver } from '../../../kit/drivers.ts'
import { migratorOf } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'

const base = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    op.createTable('event', (t) => {
      t.column('id', varchar(10), { nullable: false })
      t.column('day', date())
      t.primaryKey(['id'])
    })
  },
}

const next = {
  revision: 'bbbbbbbbbbbb',
  downRevision: 'aaaaaaaaaaaa',
  upgrade(op: OperationRecorder) {
    op.alterTable('event', (t) => {
      t.addColumn('at', timestamp())
      t.alterColumn('id', { type: varchar(20) })
    })
  },
}

describeOnEach(['mariadb', 'mysql'], 'dates of zeros in rows that are there', (createDatabase) => {
  it('survive a change of their table, and a downgrade and an upgrade', async () => {
    const db = await createDatabase()
    const migrator = migratorOf(mysqlDialect({ url: db.url, ...mysqlDriver }), [base, next])
    await migrator.upgrade('aaaaaaaaaaaa')
    await db.sql("SET sql_mode = ''; INSERT INTO event (id, day) VALUES ('a', '0000-00-00'), ('b', '2024-00-00')")
    await migrator.upgrade()
    await db.sql("SET sql_mode = ''; UPDATE event SET at = '0000-00-00 00:00:00' WHERE id = 'a'")
    await migrator.downgrade('aaaaaaaaaaaa')
    await migrator.upgrade()
    const rows = await db.sql('SELECT id, CAST(day AS CHAR) AS day, CAST(at AS CHAR) AS at FROM event ORDER BY id')
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { id: 'a', day: '0000-00-00', at: '0000-00-00 00:00:00.000000' },
      { id: 'b', day: '2024-00-00', at: null },
    ])
  })

  it('are no leave for dates that are none', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE event (day date)')
    const session = await mysqlDialect({ url: db.url, ...mysqlDriver }).connection.connect({ purpose: 'run' })
    await expect(session.execute('INSERT INTO event VALUES (?)', ['2024-02-31'])).rejects.toThrow(/Incorrect date/)
    await session.close()
  })
})
