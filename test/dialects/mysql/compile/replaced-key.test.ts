import { integer, type OperationRecorder, text } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { newest } from '../../../../packages/dialect-mysql/src/flavour.ts'
import { migratorOf } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { dialectOf, live, sqlOf } from './kit.ts'

const dropKey = {
  kind: 'dropConstraint',
  table: { name: 't' },
  constraint: { kind: 'primaryKey', columns: ['id'] },
} as const
const addKey = (columns: readonly string[]) =>
  ({ kind: 'addConstraint', table: { name: 't' }, constraint: { kind: 'primaryKey', columns } }) as const

describeOnEach(['mariadb', 'mysql'], 'a primary key that takes the place of another', (createDatabase) => {
  it('comes in the statement that drops it, with what its columns need, and so goes back', async () => {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    const base = {
      revision: 'aaaaaaaaaaaa',
      downRevision: null,
      upgrade(op: OperationRecorder) {
        op.createTable('t', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('who', text())
          t.primaryKey(['id'])
        })
        op.insertRows('t', [{ id: 1, who: 'a' }])
      },
    }
    const next = {
      revision: 'bbbbbbbbbbbb',
      downRevision: 'aaaaaaaaaaaa',
      upgrade(op: OperationRecorder) {
        op.alterTable('t', (t) => {
          t.dropConstraint({ kind: 'primaryKey' })
          t.addPrimaryKey(['id', 'who'])
        })
      },
    }
    const migrator = migratorOf(dialect, [base, next])
    await migrator.upgrade('aaaaaaaaaaaa')
    const shown = async () => String((await db.sql('SHOW CREATE TABLE t'))[0]?.['Create Table'])
    const before = await shown()
    const plan = await migrator.plan()
    const statements = plan.steps.flatMap((step) => step.operations.flatMap((each) => each.statements))
    const changing = statements.filter(({ sql }) => sql.startsWith('ALTER TABLE'))
    expect(changing.map(({ sql }) => sql)).toEqual([
      'ALTER TABLE `t` DROP PRIMARY KEY, MODIFY COLUMN `who` varchar(255) NOT NULL, ADD PRIMARY KEY (`id`,`who`)',
    ])
    await migrator.upgrade()
    expect(await shown()).toContain('PRIMARY KEY (`id`,`who`)')
    await migrator.downgrade('aaaaaaaaaaaa')
    expect(await shown()).toBe(before)
    expect((await db.sql('SELECT id, who FROM t')).map((row) => Object.values(row).map(String))).toEqual([['1', 'a']])
  })

  it('keeps a column that counts by itself, which is never without a key', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, n INT NOT NULL) AUTO_INCREMENT=8')
    const { run, shown } = await live(db)
    await run(['t'], dropKey, addKey(['id', 'n']))
    expect(await shown('t')).toContain('PRIMARY KEY (`id`,`n`)')
    expect(await shown('t')).toContain(' AUTO_INCREMENT=8 ')
  })

  it('is refused before anything runs where the rows cannot have it', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, NULL)')
    const { run, shown } = await live(db)
    const before = await shown('t')
    await expect(run(['t'], dropKey, addKey(['id', 'n']))).rejects.toThrow('with NULL in n')
    expect(await shown('t')).toBe(before)
  })
})

describeOnEach(['mysql'], 'where every table needs a primary key', (createDatabase) => {
  it('one that is only dropped is refused before anything runs', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL)')
    const { introspect } = await live(db)
    const dialect = dialectOf({ ...newest.mysql, sqlRequirePrimaryKey: true })
    const before = await introspect('t')
    expect(() => sqlOf(dialect, before, dropKey)).toThrow(/no primary key.*sql_require_primary_key/)
    expect(sqlOf(dialect, before, dropKey, addKey(['n']))).toEqual([
      'ALTER TABLE `t` DROP PRIMARY KEY, ADD PRIMARY KEY (`n`)',
    ])
  })
})
