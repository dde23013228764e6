import { integer, type OperationRecorder, text } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { dialectFor } from '../../faults/runner/dialects.ts'
import { line, migratorOf } from '../../kit/migrator.ts'
import { countRoundTrips } from '../../kit/round-trips.ts'
import { describeOnEach, familyOf } from '../../kit/servers.ts'

const create = (op: OperationRecorder): void => {
  for (const name of ['many', 'few']) {
    op.createTable(name, (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('note', text())
      t.primaryKey(['id'])
    })
  }
}
const drop = (op: OperationRecorder): void => {
  for (const name of ['many', 'few']) op.dropColumn(name, 'note', { preserve: true })
}
const bringBack = (op: OperationRecorder): void => {
  for (const name of ['many', 'few']) op.addColumn(name, 'note', text())
}

describeOnEach(
  ['postgres', 'mariadb', 'mysql'],
  'values of one table that are restored by hand',
  (createDatabase, server) => {
    it('are the only ones that are read, however many the others are', async () => {
      const counts: number[] = []
      for (const rows of [1, 2500]) {
        const db = await createDatabase()
        const migrator = migratorOf(dialectFor(familyOf(server), db.url), line(create, drop, bringBack))
        await migrator.upgrade('r1')
        const values = Array.from({ length: rows }, (_, at) => `(${at}, 'n${at}')`).join(', ')
        await db.sql(`INSERT INTO many VALUES ${values}`)
        await db.sql("INSERT INTO few VALUES (1, 'one'), (2, 'two')")
        await migrator.upgrade('r2')
        await migrator.stamp('r1')
        await migrator.stamp('r2')
        await migrator.upgrade()
        const count = countRoundTrips(db.url)
        expect(await migrator.preserved.restore('r2', { table: 'few' })).toEqual({
          restored: 2,
          missing: 0,
          refused: 0,
        })
        counts.push(count())
        expect(await db.sql('SELECT note FROM few ORDER BY id')).toEqual([{ note: 'one' }, { note: 'two' }])
      }
      expect(counts[1]).toBe(counts[0])
    })
  },
)
