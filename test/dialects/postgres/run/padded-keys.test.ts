import { char, type OperationRecorder, text, varchar } from '@org/migrate-core'
import type { ColumnType } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOnDialects } from '../../../kit/servers.ts'

type Recorded = (op: OperationRecorder) => void

const coded =
  (type: ColumnType): Recorded =>
  (op) =>
    op.createTable('codes', (t) => {
      t.column('id', type, { nullable: false })
      t.column('a', varchar(9))
      t.column('b', varchar(9))
      t.primaryKey(['id'])
    })

const rows = "INSERT INTO codes VALUES ('ab', 'one', 'x'), ('cd', 'two', 'y'), ('abcdef', 'three', 'z')"
const restored = [{ a: 'one' }, { a: 'three' }, { a: 'two' }]
const dropped: Recorded = (op) => op.alterTable('codes', (t) => t.dropColumn('a', { preserve: true }))
const typed =
  (type: ColumnType): Recorded =>
  (op) =>
    op.alterTable('codes', (t) => t.alterColumn('id', { type, preserve: true }))

/** https://www.postgresql.org/docs/current/datatype-character.html: what pads a char(n) is gone once it is another type. */
describeOnDialects(['postgres', 'postgres-next'], 'values whose key is padded', (createDatabase) => {
  it.each([
    ['varchar', varchar(6)],
    ['text', text()],
  ])('come back by a downgrade where the upgrade has made the key a %s', async (_, type) => {
    const db = await createDatabase()
    const migrator = migratorOf(
      postgresDialect({ url: db.url }),
      line(coded(char(6)), (op) => {
        dropped(op)
        typed(type)(op)
      }),
    )
    await migrator.upgrade('r1')
    await db.sql(rows)
    await migrator.upgrade()
    expect((await migrator.downgrade('r1')).reports).toEqual([])
    expect(await db.sql('SELECT a FROM codes ORDER BY id')).toEqual(restored)
  })

  it('come back by an upgrade that gives the key its padding', async () => {
    const db = await createDatabase()
    const migrator = migratorOf(
      postgresDialect({ url: db.url }),
      line(coded(varchar(6)), (op) => {
        typed(char(6))(op)
        op.alterTable('codes', (t) => t.addColumn('c', varchar(9)))
      }),
    )
    await migrator.upgrade('r1')
    await db.sql(rows)
    await migrator.upgrade()
    await db.sql('UPDATE codes SET c = a')
    await migrator.downgrade('r1')
    await db.sql("UPDATE codes SET a = 'other', b = 'other' WHERE id = 'cd'")
    await migrator.upgrade()
    expect(await db.sql('SELECT c AS a FROM codes ORDER BY id')).toEqual([{ a: 'one' }, { a: 'three' }, { a: null }])
  })

  it('are restored by hand where a later revision has made the key another type', async () => {
    const db = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url: db.url }), line(coded(char(6)), dropped, typed(varchar(6))))
    await migrator.upgrade('r1')
    await db.sql(rows)
    await migrator.upgrade('r2')
    await migrator.stamp('r1')
    await migrator.stamp('r2')
    await migrator.upgrade()
    await db.sql('ALTER TABLE codes ADD COLUMN a varchar(9)')
    expect(await migrator.preserved.restore('r2')).toEqual({ restored: 3, missing: 0, refused: 0 })
    expect(await db.sql('SELECT a FROM codes ORDER BY id')).toEqual(restored)
  })

  it('that a data step has read are restored by hand where a later revision has made the key another type', async () => {
    const db = await createDatabase()
    const upper: Recorded = (op) =>
      op.run('upper', {
        async up(step) {
          for (const { id, a } of await step.query<{ id: string; a: string }>('SELECT id, a FROM codes')) {
            const written = a.toUpperCase()
            await step.preserve({ table: 'codes', key: { id }, column: 'a', value: a, written })
            await step.execute('UPDATE codes SET a = ? WHERE id = ?', [written, id])
          }
        },
        down: 'restore',
      })
    const migrator = migratorOf(postgresDialect({ url: db.url }), line(coded(char(6)), upper, typed(varchar(6))))
    await migrator.upgrade('r1')
    await db.sql(rows)
    await migrator.upgrade('r2')
    await migrator.stamp('r1')
    await migrator.stamp('r2')
    await migrator.upgrade()
    expect(await migrator.preserved.restore('r2')).toEqual({ restored: 3, replaced: 3, missing: 0, refused: 0 })
    expect(await db.sql('SELECT a FROM codes ORDER BY id')).toEqual(restored)
  })
})
