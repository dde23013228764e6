import { compare } from '@org/migrate-autogenerate'
import { column, expression, integer, readDeclared, table } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { errorOf, migratorOf } from '../../kit/migrator.ts'
import { revisionWriter } from '../../kit/written-revision.ts'
import { describeEverywhere } from '../../unit/ensure/ground.ts'

const t = table(
  't',
  { id: column(integer(), { nullable: false }), n: column(integer()) },
  {
    primaryKey: ['id'],
    checks: [{ name: 'positive', expression: expression('n > 0 -- or none') }],
    indexes: [{ name: 'one', columns: ['n'], unique: true }],
  },
)

describeEverywhere('a declared check that ends in a comment', (openGround) => {
  const write = revisionWriter()

  test('is looked for in the rows, and is there afterwards', async () => {
    const ground = await openGround()
    await ground.sql('CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)')
    const comparison = await compare(migratorOf(ground.dialect(), []), readDeclared({ t }))
    const migrator = migratorOf(ground.dialect(), await write(comparison, []))
    await ground.sql('INSERT INTO t VALUES (1, -1)')
    expect((await errorOf(migrator.upgrade())).code).toBe('BLOCKING_ROWS')
    await ground.sql('UPDATE t SET n = 1')
    await migrator.upgrade()
    expect(await ground.sql('INSERT INTO t VALUES (2, -1)').catch(() => 'refused')).toBe('refused')
  })
})
