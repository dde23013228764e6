import { checkBranches } from '@org/migrate-autogenerate'
import { expression, integer, isMigrateError, type Revision } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, test } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnDialects } from '../../kit/servers.ts'
import { describeEverywhere } from '../../unit/ensure/ground.ts'

const base: Revision = {
  revision: 'a1',
  downRevision: null,
  upgrade: (op) => {
    for (const name of ['t', 'u']) {
      op.createTable(name, (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('n', integer())
        t.primaryKey(['id'])
      })
    }
  },
}
const branch = (revision: string, upgrade: Revision['upgrade']): Revision => ({
  revision,
  downRevision: 'a1',
  upgrade,
})

const pairs: readonly (readonly [string, Revision['upgrade'], Revision['upgrade']])[] = [
  [
    'an index',
    (op) => op.alterTable('t', (t) => t.createIndex('ix', ['n'])),
    (op) => op.alterTable('u', (t) => t.createIndex('ix', ['n'])),
  ],
  [
    'a check',
    (op) => op.alterTable('t', (t) => t.addCheck(expression('n > 0'), { name: 'same' })),
    (op) => op.alterTable('u', (t) => t.addCheck(expression('n > 0'), { name: 'same' })),
  ],
  [
    'a unique constraint',
    (op) => op.alterTable('t', (t) => t.addUnique(['n'], { name: 'same' })),
    (op) => op.alterTable('u', (t) => t.addUnique(['n'], { name: 'same' })),
  ],
]

describeEverywhere('branches that give parts of two tables one name', (openGround) => {
  test.each(pairs)('%s: they conflict where the server refuses the second one', async (_what, left, right) => {
    const ground = await openGround()
    const migrator = migratorOf(ground.dialect(), [base, branch('b1', left), branch('c1', right)])
    const [pair] = await checkBranches(migrator)
    await migrator.upgrade('b1')
    const refusal = await migrator.upgrade('c1').then(
      () => undefined,
      (error: unknown) => (isMigrateError(error) ? error.message : undefined),
    )
    if (refusal !== undefined) expect(refusal).toMatch(/\b(?:ix|same)\b/)
    expect(pair?.verdict).toBe(refusal === undefined ? 'independent' : 'conflict')
  })
})

// No server is asked: which of the two it is, the URL says.
const check = (table: string) => (op: Parameters<Revision['upgrade']>[0]) =>
  op.alterTable(table, (t) => t.addCheck(expression('n > 0'), { name: 'same' }))
const key = (table: string, to: string) => (op: Parameters<Revision['upgrade']>[0]) =>
  op.alterTable(table, (t) =>
    t.addForeignKey({ name: 'same', columns: ['n'], references: { table: to, columns: ['id'] } }),
  )

describeOnDialects(
  ['mariadb', 'mariadb-next'],
  'branches that give two tables of MariaDB one name',
  (createDatabase) => {
    test('do not conflict by a check, which belongs to its table, and do by a foreign key', async () => {
      const { url } = await createDatabase()
      const migrator = migratorOf(mysqlDialect({ url: url.replace(/^mysql:/, 'mariadb:') }), [
        base,
        branch('b1', check('t')),
        branch('c1', check('u')),
      ])
      expect(await checkBranches(migrator)).toMatchObject([{ verdict: 'independent', conflicts: [] }])
      await migrator.upgrade('b1')
      expect((await migrator.upgrade('c1')).applied).toEqual(['main:c1'])
      const keys = migratorOf(mysqlDialect({ url: url.replace(/^mysql:/, 'mariadb:') }), [
        base,
        branch('d1', key('t', 'u')),
        branch('e1', key('u', 't')),
      ])
      expect(await checkBranches(keys)).toMatchObject([{ verdict: 'conflict' }])
    })
  },
)
