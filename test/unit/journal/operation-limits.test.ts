import { createMigrator, graphOf, integer, type OperationRecorder, revisions } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { reading } from '../../faults/proxy/other.ts'
import { describeOnDialects, familyOf, type ServerName, type TestDatabase } from '../../kit/servers.ts'
import { faulty } from './fault-dialect.ts'

const base = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    op.createTable('item', (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
  },
}

const change = (upgrade: (op: OperationRecorder) => void) => [
  graphOf(revisions([base, { revision: 'bbbbbbbbbbbb', downRevision: 'aaaaaaaaaaaa', upgrade }])),
]
const addColumn = (op: OperationRecorder): void => op.alterTable('item', (t) => t.addColumn('size', integer()))

const dialectOf = (server: ServerName, url: string): UnloadedDialect =>
  familyOf(server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'limits of an operation', (createDatabase, server) => {
  const atBase = async (): Promise<{ db: TestDatabase; dialect: UnloadedDialect }> => {
    const db = await createDatabase()
    const dialect = dialectOf(server, db.url)
    await createMigrator({ dialect, tiers: change(addColumn) }).upgrade('aaaaaaaaaaaa')
    return { db, dialect }
  }
  const columns = async (db: TestDatabase): Promise<unknown> =>
    (
      await db.sql(
        "SELECT column_name AS n FROM information_schema.columns WHERE table_name = 'item' AND table_schema IN ('public', DATABASE_NAME) ORDER BY 1".replace(
          'DATABASE_NAME',
          `'${db.name}'`,
        ),
      )
    ).map((row) => row.n)

  it('hold for what is recorded inside, and for nothing else', async () => {
    const { db, dialect } = await atBase()
    const tiers = change((op) => op.limits({ lockMs: 1_000 }, addColumn))
    const reader = await reading(db, 'item')
    await expect(createMigrator({ dialect, tiers, lockRetries: 0 }).upgrade()).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      details: { fault: 'busy' },
      remedy: 'Run it again once the other session has finished.',
    })
    // It reads still: what ended the wait is the limit.
    await reader.sql('COMMIT')
    await createMigrator({ dialect, tiers }).upgrade()
    expect(await columns(db)).toEqual(['id', 'size'])
  })
})

describeOnDialects(['mariadb', 'mysql'], 'limits of an operation that was interrupted', (createDatabase, server) => {
  it('hold for the rest of it, too', async () => {
    const db = await createDatabase()
    const dialect = dialectOf(server, db.url)
    const tiers = change((op) => op.limits({ lockMs: 1_000 }, (own) => own.sql('ALTER TABLE item ADD COLUMN size int')))
    await createMigrator({ dialect, tiers }).upgrade('aaaaaaaaaaaa')
    const cut = faulty(dialect, { at: /ADD COLUMN/, mode: 'cut before' })
    await expect(createMigrator({ dialect: cut.dialect, tiers }).upgrade()).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
    })
    const reader = await reading(db, 'item')
    const ended = setTimeout(() => void reader.sql('COMMIT'), 5_000)
    await expect(createMigrator({ dialect, tiers, lockRetries: 0 }).upgrade()).rejects.toMatchObject({
      details: { fault: 'busy' },
    })
    clearTimeout(ended)
    await reader.sql('COMMIT')
    expect((await createMigrator({ dialect, tiers }).upgrade()).applied).toEqual(['main:bbbbbbbbbbbb'])
  })
})
