import type { OperationRecorder, Revision } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { errorOf, migratorOf } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'

const id = { kind: 'integer', bits: 32 } as const
const first = (op: OperationRecorder): void => op.createTable('t', (t) => t.column('id', id, { nullable: false }))
const second = (op: OperationRecorder): void => op.addColumn('t', 'a', id)
const third = (op: OperationRecorder): void => {
  op.addColumn('t', 'b', id)
  op.createTable('late', (t) => t.column('id', id))
}

const long: readonly Revision[] = [
  { revision: 'r1', downRevision: null, upgrade: first },
  { revision: 'r2', downRevision: 'r1', upgrade: second },
  { revision: 'r3', downRevision: 'r2', upgrade: third },
]
const squashed: readonly Revision[] = [
  {
    revision: 's',
    downRevision: null,
    replaces: ['r1', 'r2'],
    upgrade: (op) => {
      first(op)
      second(op)
    },
  },
  { revision: 'r3', downRevision: 's', upgrade: third },
]

describeOnEach(['mariadb', 'mysql'], 'an interrupted revision whose ancestors are squashed', (createDatabase) => {
  const interrupt = async () => {
    const db = await createDatabase()
    const stop = new AbortController()
    const before = migratorOf(mysqlDialect({ url: db.url }), long)
    await before.upgrade('r2')
    let statements = 0
    const onEvent = ({ type }: { readonly type: string }): void => {
      if (type !== 'statement') return
      statements += 1
      if (statements === 2) stop.abort()
    }
    expect((await errorOf(before.upgrade('head', { signal: stop.signal, onEvent }))).code).toBe('ABORTED')
    expect((await before.status()).interrupted).toHaveLength(1)
    return { db, migrator: migratorOf(mysqlDialect({ url: db.url }), squashed) }
  }

  it.each(['resume', 'upgrade'] as const)('is finished by %s', async (how) => {
    const { db, migrator } = await interrupt()
    await migrator[how]()
    await migrator.upgrade()
    const { tiers, interrupted } = await migrator.status()
    expect([tiers[0]?.heads, interrupted]).toEqual([['r3'], []])
    expect(await db.sql('SELECT * FROM late')).toEqual([])
    await migrator.downgrade('base')
    expect((await migrator.status()).tiers[0]?.heads).toEqual([])
  })

  it('is taken back', async () => {
    const { db, migrator } = await interrupt()
    await migrator.resume({ revert: true })
    expect(
      (await db.sql("SELECT * FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 't'"))
        .length,
    ).toBe(2)
    await migrator.upgrade()
    expect((await migrator.status()).tiers[0]?.heads).toEqual(['r3'])
  })
})
