import {
  createMigrator,
  graphOf,
  integer,
  type MigrationEvent,
  type OperationRecorder,
  revisions,
} from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOn, describeOnDialects, type TestDatabase } from '../../kit/own-sessions.ts'
import { faulty } from '../journal/fault-dialect.ts'

const dialectOf = (server: string, url: string): UnloadedDialect =>
  server === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })

const first = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
  },
}

const adding = (revision: string, downRevision: string, columns: readonly string[]) => ({
  revision,
  downRevision,
  upgrade(op: OperationRecorder) {
    for (const name of columns) op.alterTable('t', (t) => t.addColumn(name, integer()))
  },
})

describeOnDialects(
  ['postgres', 'mariadb', 'mysql'],
  'a lock whose table is dropped in mid run',
  (createDatabase, server) => {
    it('is lost, which is no fault of the revision; the next run creates it again', async () => {
      const db = await createDatabase()
      let drop = true
      const second = {
        revision: 'bbbbbbbbbbbb',
        downRevision: 'aaaaaaaaaaaa',
        upgrade(op: OperationRecorder) {
          op.run('fill', {
            up: async (step) => {
              await step.execute('INSERT INTO t (id) VALUES (1)')
              if (drop) await db.sql('DROP TABLE migrate_lock')
              drop = false
            },
            down: 'none',
          })
        },
      }
      const tiers = [graphOf(revisions([first, second]))]
      const migrator = createMigrator({ dialect: dialectOf(server, db.url), tiers, transaction: 'revision' })
      await migrator.upgrade('aaaaaaaaaaaa')
      await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'LOCK_LOST' })
      expect(await db.sql('SELECT id FROM t')).toEqual([])
      expect((await migrator.upgrade()).applied).toEqual(['main:bbbbbbbbbbbb'])
    })
  },
)

describeOn('mariadb', 'a plan that was made before a downgrade was interrupted', (createDatabase) => {
  const tiers = [
    graphOf(
      revisions([
        first,
        adding('bbbbbbbbbbbb', 'aaaaaaaaaaaa', ['x', 'y']),
        adding('cccccccccccc', 'bbbbbbbbbbbb', ['z']),
      ]),
    ),
  ]
  const columns = async (db: TestDatabase): Promise<readonly unknown[]> =>
    (await db.sql('SHOW COLUMNS FROM t')).map((row) => row.Field)

  it('is refused, and finishes nothing that is not in it', async () => {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    const migrator = createMigrator({ dialect, tiers })
    await migrator.upgrade('bbbbbbbbbbbb')
    const plan = await migrator.plan()
    const stopped = faulty(dialect, { at: /DROP COLUMN `x`/, mode: 'cut before' })
    await expect(createMigrator({ dialect: stopped.dialect, tiers }).downgrade('aaaaaaaaaaaa')).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
    })
    const run = async (): Promise<readonly MigrationEvent[]> => {
      const events: MigrationEvent[] = []
      for await (const event of migrator.run(plan)) events.push(event)
      return events
    }
    await expect(run()).rejects.toMatchObject({ code: 'REVISION_INTERRUPTED', details: { revision: 'bbbbbbbbbbbb' } })
    expect(await columns(db)).toEqual(['id', 'x'])
    await migrator.upgrade()
    expect(await columns(db)).toEqual(['id', 'x', 'y', 'z'])
  })
})

describeOn('mariadb', 'a downgrade whose lock is taken away while it keeps values', (createDatabase) => {
  it('keeps none of them', async () => {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    const tiers = [graphOf(revisions([first, adding('bbbbbbbbbbbb', 'aaaaaaaaaaaa', ['x'])]))]
    await createMigrator({ dialect, tiers }).upgrade()
    await db.sql('INSERT INTO t (id, x) VALUES (1, 5)')
    const robbed: UnloadedDialect = {
      ...dialect,
      connection: {
        ...dialect.connection,
        connect: async (options) => {
          const session = await dialect.connection.connect(options)
          return new Proxy(session, {
            get: (target, name) => {
              const value: unknown = Reflect.get(target, name, target)
              if (name !== 'execute') return typeof value === 'function' ? value.bind(target) : value
              return async (...args: Parameters<typeof session.execute>) => {
                if (args[0].startsWith('INSERT INTO `migrate_preserved`'))
                  await db.sql('UPDATE migrate_lock SET epoch = epoch + 1, owner = NULL WHERE id = 1')
                return target.execute(...args)
              }
            },
          })
        },
      },
    }
    const down = createMigrator({ dialect: robbed, tiers }).downgrade('aaaaaaaaaaaa')
    await expect(down).rejects.toMatchObject({ code: 'LOCK_LOST' })
    expect(await db.sql('SELECT * FROM migrate_preserved')).toEqual([])
    expect((await db.sql('SELECT x FROM t')).map((row) => Number(row.x))).toEqual([5])
    expect((await createMigrator({ dialect, tiers }).downgrade('aaaaaaaaaaaa')).preserved).toBe(1)
  })
})
