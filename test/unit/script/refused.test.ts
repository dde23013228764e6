import { integer, type OperationRecorder } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { errorOf, line, migratorOf } from '../../kit/migrator.ts'

const withKey = (op: OperationRecorder): void =>
  op.createTable('parent', (t) => {
    t.column('key', integer(), { nullable: false })
    t.column('code', integer())
    t.primaryKey(['key'])
    t.unique(['code'], { name: 'parent_code' })
  })

const child = (column: string) => (op: OperationRecorder) =>
  op.createTable('child', (t) => {
    t.column('parent', integer())
    t.foreignKey({ columns: ['parent'], references: { table: 'parent', columns: [column] } })
  })

/** Nothing is there, and no connection is opened. */
const dialect = () => sqliteDialect({ url: 'sqlite:/nowhere/app.db' })

test('a script is refused where a run would be: a foreign key to a column that is not there', async () => {
  const migrator = migratorOf(dialect(), line(withKey, child('id')))
  expect(await errorOf(migrator.script('r2', { from: 'r1' }))).toMatchObject({
    code: 'OBJECT_MISSING',
    details: { object: 'column parent.id' },
    location: { tier: 'main', revision: 'r2' },
  })
})

test('a script is refused where a run would be: a key is dropped that a foreign key needs', async () => {
  const migrator = migratorOf(
    dialect(),
    line(withKey, child('code'), (op) => op.dropConstraint('parent', 'parent_code')),
  )
  expect(await errorOf(migrator.script())).toMatchObject({
    code: 'DEPENDENT_OBJECTS',
    details: { object: 'constraint parent_code of parent' },
    location: { tier: 'main', revision: 'r3' },
  })
})
