import { integer } from '@org/migrate-core'
import { AnswerWatch } from '@org/migrate-core/connection'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it, vi } from 'vitest'
import { line, migratorOf } from '../kit/migrator.ts'
import { describeOnEach } from '../kit/servers.ts'

/** 57 days: more than a timer of Node and a setting of PostgreSQL take. */
const long = 5_000_000_000

describeOnEach(['postgres', 'mariadb', 'mysql'], 'a limit that is longer than a timer', (createDatabase, server) => {
  it.each([Number.POSITIVE_INFINITY, long])('is none: %d', async (ms) => {
    const db = await createDatabase()
    const times = { url: db.url, connectTimeoutMs: ms, unansweredMs: ms }
    const dialects =
      server === 'postgres'
        ? (['pg', 'postgres'] as const).map((driver) =>
            postgresDialect({ ...times, driver, lockTimeoutMs: ms, statementTimeoutMs: ms }),
          )
        : (['mysql2', 'mariadb'] as const).map((driver) => mysqlDialect({ ...times, driver }))
    for (const dialect of dialects) {
      const revision = line((op) =>
        op.createTable('t', (t) => {
          t.column('id', integer(), { nullable: false })
          t.primaryKey(['id'])
        }),
      )
      const migrator = migratorOf(dialect, revision, {
        statementTimeoutMs: long,
        lockTimeoutMs: long,
        leaseMs: long + 0.5,
      })
      expect((await migrator.upgrade()).applied).toEqual(['main:r1'])
      await migrator.downgrade('base')
    }
  })
})

it('an answer that may take as long as it likes is not asked for', async () => {
  const probe = vi.fn(async () => 'busy' as const)
  const watch = new AnswerWatch({ afterMs: Number.POSITIVE_INFINITY, probe, giveUp: () => undefined })
  watch.sent()
  await new Promise((resolve) => setTimeout(resolve, 50))
  watch.answered()
  expect(probe).not.toHaveBeenCalled()
})
