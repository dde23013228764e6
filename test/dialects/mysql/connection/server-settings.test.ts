import { integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf } from '../../../kit/migrator.ts'
import { describeOnOwn } from '../../../kit/own-server.ts'
import { migratorOn } from '../run/kit.ts'

const keyless = (op: OperationRecorder): void => op.createTable('t', (t) => t.column('id', integer()))
const withUnique = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(20))
    t.unique(['id'], { name: 'one' })
  })
const ofColumn = (op: OperationRecorder): void => {
  op.createTable('t', (t) => t.column('id', integer(), { nullable: false }))
}

describeOnOwn('mariadb', 'innodb_force_primary_key', { settings: ['--innodb-force-primary-key=1'] }, (own) => {
  it.each([
    ['a table without a key', [keyless], 'create table t'],
    [
      'a table whose key is to be added later',
      [ofColumn, (op: OperationRecorder) => op.addUnique('t', ['id'])],
      'create table t',
    ],
    [
      'dropping the last key',
      [withUnique, (op: OperationRecorder) => op.dropConstraint('t', 'one')],
      'drop constraint one of t',
    ],
    [
      'a last key that takes NULL',
      [withUnique, (op: OperationRecorder) => op.alterColumn('t', 'id', { nullable: true })],
      'change column t.id',
    ],
  ] as const)('%s is refused before anything runs', async (_, upgrades, operation) => {
    const db = await own().createDatabase()
    expect(await errorOf(migratorOn(db, ...upgrades).upgrade())).toMatchObject({
      code: 'INVALID_OPERATION',
      message: `${operation}: it has no primary key, and this server refuses such tables (innodb_force_primary_key)`,
      remedy: 'Give the table a primary key.',
    })
    expect(await db.sql('SHOW TABLES')).toEqual([])
  })

  it('a unique key of columns that are NOT NULL is one, and the run has its own tables', async () => {
    const db = await own().createDatabase()
    const migrator = migratorOn(db, withUnique, (op) => op.alterColumn('t', 'name', { type: varchar(40) }))
    await migrator.upgrade()
    await migrator.downgrade('base')
  })
})
