import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createMigrator, graphOf, type MigrationEvent } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'
import { chain } from './chain.mjs'

const program = fileURLToPath(new URL('run-process.mjs', import.meta.url))
const rows = 20_000

describeOnEach(['mariadb', 'mysql'], 'a statement that outlives its client', (createDatabase) => {
  it('is waited for by the next run, which says what still runs, and then resumes behind it', async () => {
    const db = await createDatabase()
    // Each row of a copy is checked, which takes its time: the copy lasts long enough to be met.
    await db.sql(`CREATE TABLE big (id int PRIMARY KEY, note varchar(40) NOT NULL DEFAULT '',
        CHECK (SHA2(REPEAT(note, 4000), 512) <> 'x')) ENGINE=InnoDB;
      INSERT INTO big WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
        SELECT (a.i - 1) * 1000 + b.i, CONCAT('note ', a.i, ' ', b.i) FROM n a JOIN n b WHERE a.i <= ${rows / 1000}`)
    const altering = async (): Promise<unknown> =>
      (
        await db.sql(
          `SELECT COUNT(*) AS n FROM information_schema.processlist WHERE db = '${db.name}' AND info LIKE 'ALTER TABLE%'`,
        )
      )[0]?.n
    const killed = spawn(process.execPath, [program, db.url], { stdio: 'ignore' })
    const ended = once(killed, 'exit')
    await expect.poll(altering).toBe('1')
    killed.kill('SIGKILL')
    expect((await ended)[1]).toBe('SIGKILL')
    // The server has not noticed, and continues.
    expect(await altering()).toBe('1')
    const events: MigrationEvent[] = []
    const migrator = createMigrator({ dialect: mysqlDialect({ url: db.url }), tiers: [graphOf(chain())] })
    const { applied } = await migrator.upgrade('head', { onEvent: (event) => events.push(event) })
    expect(applied).toEqual(['main:r1', 'main:r2'])
    const waited = events.flatMap((event) => (event.type === 'waiting' ? [event.what] : []))
    expect(waited[0]).toMatch(/^the run lock of .*, held by connection \d+ of root@.*, now: ALTER TABLE `big` /)
    const statements = events.flatMap((event) => (event.type === 'statement' ? [event.sql] : []))
    expect(statements.filter((sql) => sql.includes('`weight`') && sql.startsWith('ALTER'))).toEqual([])
    expect(statements.filter((sql) => sql.includes('`height`'))).toHaveLength(1)
    expect(await db.sql('SELECT COUNT(*) AS n, SUM(weight) AS weight, COUNT(height) AS height FROM big')).toEqual([
      { n: String(rows + 1), weight: '7', height: '0' },
    ])
    expect(
      await db.sql('SELECT revision, COUNT(*) AS n FROM migrate_history GROUP BY revision ORDER BY revision'),
    ).toEqual([
      { revision: 'r1', n: '1' },
      { revision: 'r2', n: '1' },
    ])
    expect(await db.sql('SELECT COUNT(*) AS n FROM migrate_journal')).toEqual([{ n: '0' }])
  })
})
