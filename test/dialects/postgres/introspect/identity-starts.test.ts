import { bigint } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

describeOn('postgres', 'the start of an identity beyond what a number holds', (createDatabase) => {
  it('comes back as it was, and is taken from a revision', async () => {
    const db = await createDatabase()
    const starts = () =>
      db.sql('SELECT seqrelid::regclass::text AS of, seqstart::text AS start FROM pg_sequence ORDER BY 1')
    await db.sql('CREATE TABLE old (id bigint GENERATED ALWAYS AS IDENTITY (START WITH 9007199254740993))')
    const before = await starts()
    const migrator = migratorOf(
      postgresDialect({ url: db.url }),
      line((op) => {
        op.dropTable('old')
        op.createTable('t', (t) =>
          t.column('id', bigint(), { nullable: false, identity: { mode: 'always', start: '1000000000000000001' } }),
        )
      }),
    )
    await migrator.upgrade(undefined, { allowDataLoss: true })
    expect(await starts()).toEqual([{ of: 't_id_seq', start: '1000000000000000001' }])
    await migrator.downgrade('base', { allowDataLoss: true })
    expect(await starts()).toEqual(before)
  })
})
