import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { createPool, type Pool } from 'mysql2/promise'
import { expect, it, onTestFinished } from 'vitest'
import { errorOf, line, migratorOf } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'

// As a server has it whose configuration says so, or a user by init_connect.
describeOnEach(['mariadb'], 'a session that MariaDB begins with settings of its own', (createDatabase) => {
  async function poolWith(url: string, setting: string): Promise<Pool> {
    const pool = createPool({ uri: url.replace(/^mariadb:/, 'mysql:'), connectionLimit: 1 })
    onTestFinished(() => pool.end())
    await pool.query(`SET SESSION ${setting}`)
    return pool
  }

  it('fails where a table is not there, also with sql_if_exists', async () => {
    const db = await createDatabase()
    const driver = await poolWith(db.url, 'sql_if_exists = 1')
    const migrator = migratorOf(
      mysqlDialect({ driver }),
      line((op) => op.sql('ALTER TABLE missing ADD COLUMN x int')),
    )
    expect(await errorOf(migrator.upgrade())).toMatchObject({ code: 'STATEMENT_FAILED' })
    expect((await driver.query('SELECT @@sql_if_exists AS n'))[0]).toEqual([{ n: 1 }])
  })

  it('reads the rows of now, also with system_versioning_asof', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (n int) WITH SYSTEM VERSIONING; INSERT INTO t VALUES (1)')
    const driver = await poolWith(db.url, "system_versioning_asof = '2001-01-01 00:00:00'")
    const found: unknown[] = []
    const migrator = migratorOf(
      mysqlDialect({ driver }),
      line((op) =>
        op.run('look', {
          up: async (session) => void found.push(...(await session.query('SELECT n FROM t'))),
          down: 'none',
        }),
      ),
    )
    await migrator.upgrade()
    expect(found).toEqual([{ n: 1n }])
  })
})
