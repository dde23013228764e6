import { bigint, integer, native, smallint } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn } from './kit.ts'

const widest = [
  [smallint(), 32_767],
  [integer(), 2_147_483_647],
  [native('mysql', 'tinyint'), 127],
  [native('mysql', 'tinyint unsigned'), 255],
  [native('mysql', 'mediumint'), 8_388_607],
  [native('mysql', 'int(10) unsigned'), 4_294_967_295],
] as const

const created =
  (type: (typeof widest)[number][0], start: number): Recorded =>
  (op) =>
    op.createTable('t', (t) => {
      t.column('id', type, { nullable: false, identity: { mode: 'autoIncrement', start } })
      t.column('n', integer())
      t.primaryKey(['id'])
    })

describeOnEach(['mariadb', 'mysql'], 'the start of a column that counts', (createDatabase) => {
  it.each(widest)('is one of its numbers: %j, %i', async (type, most) => {
    const db = await createDatabase()
    const error = await errorOf(migratorOn(db, created(type, most + 1)).upgrade())
    expect([error.code, error.message]).toEqual([
      'UNSUPPORTED',
      expect.stringContaining(
        `the identity of column id: it cannot count: it starts at ${most + 1}, above its highest number, ${most}`,
      ),
    ])
    expect(await db.sql("SHOW TABLES LIKE 't'")).toEqual([])
    await migratorOn(db, created(type, most)).upgrade()
    await db.sql('INSERT INTO t (n) VALUES (1)')
    expect(Number((await db.sql('SELECT id FROM t'))[0]?.id)).toBe(most)
  })

  it.each<[string, Recorded]>([
    ['another start', (op) => op.alterColumn('t', 'id', { identity: { mode: 'autoIncrement', start: 3_000_000_000 } })],
    ['a narrower type', (op) => op.alterColumn('t', 'id', { type: smallint() })],
  ])('is one of them after %s', async (_, change) => {
    const db = await createDatabase()
    const first = created(integer(), 40_000)
    const error = await errorOf(migratorOn(db, first, change).upgrade())
    expect([error.code, error.message]).toEqual(['UNSUPPORTED', expect.stringContaining('above its highest number')])
    expect(await db.sql("SHOW TABLES LIKE 't'")).toEqual([])
    await migratorOn(db, first, (op) => op.alterColumn('t', 'id', { type: bigint() })).upgrade()
  })
})
