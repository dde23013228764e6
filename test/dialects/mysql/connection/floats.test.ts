import { describe, expect, it } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'
import { live } from '../compile/kit.ts'

describe.each(['mysql2', 'mariadb'] as const)('%s: ', (driver) => {
  describeOnEach(['mariadb', 'mysql'], 'floats', (createDatabase) => {
    it('that are read can be written again, the greatest and the smallest too', async () => {
      const db = await createDatabase()
      await db.sql(
        `CREATE TABLE t (id INT PRIMARY KEY, f FLOAT);
       INSERT INTO t VALUES (1, 3.4028234e38), (2, -3.4028234e38), (3, 1.17549435e-38), (4, 0.1), (5, 16777215)`,
      )
      const { session } = await live(db, { driver })
      const rows = await session.query('SELECT id, f FROM t ORDER BY id')
      expect(rows.map(({ f }) => f)).toEqual([
        3.4028234663852886e38, -3.4028234663852886e38, 1.1754944e-38, 0.1, 16777215,
      ])
      for (const { id = null, f = null } of rows) await session.execute('UPDATE t SET f = ? WHERE id = ?', [f, id])
      expect((await db.sql('SELECT f + 0e0 AS f FROM t ORDER BY id')).map(({ f }) => Math.fround(Number(f)))).toEqual([
        3.4028234663852886e38,
        -3.4028234663852886e38,
        Math.fround(1.17549435e-38),
        Math.fround(0.1),
        16777215,
      ])
    })
  })
})
