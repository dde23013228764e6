import type { OperationRecorder } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

type EnumChange = Parameters<OperationRecorder['alterEnum']>[1]

const swap = [
  { value: 'a', to: 'b_' },
  { value: 'b', to: 'a' },
  { value: 'b_', to: 'b' },
]

describeOn('postgres', 'an enum whose values change their names by way of a third one', (createDatabase) => {
  it.each<[string, EnumChange, string]>([
    ['loses another value', { rename: swap, drop: [{ value: 'x' }] }, '{b,a,z}'],
    ['loses one of them', { rename: swap, drop: [{ value: 'b' }] }, '{x,a,z}'],
  ])('%s, and the downgrade brings all back in their order', async (_, change, after) => {
    const db = await createDatabase()
    await db.sql("CREATE TYPE e AS ENUM ('x', 'a', 'b', 'z'); CREATE TABLE t (e e); INSERT INTO t VALUES ('z')")
    const values = async () => (await db.sql('SELECT enum_range(NULL::e)::text AS all'))[0]?.all
    const migrator = migratorOf(
      postgresDialect({ url: db.url }),
      line((op) => op.alterEnum('e', change)),
    )
    await migrator.upgrade()
    expect(await values()).toBe(after)
    await migrator.downgrade('base')
    expect(await values()).toBe('{x,a,b,z}')
  })
})
