import { integer, type OperationRecorder, text } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { longRun } from '../../kit/scale.ts'
import { temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

const roles = (op: OperationRecorder): void =>
  op.createTable('roles', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })

/** What the processor takes for a revision up and down. */
async function costOf(name: string, upgrade: (op: OperationRecorder) => void): Promise<number> {
  const migrator = migratorOf(sqliteDialect({ url: `sqlite:${folder.path}/${name}.db` }), line(upgrade))
  const started = process.cpuUsage()
  await migrator.upgrade()
  await migrator.downgrade('base')
  const { user, system } = process.cpuUsage(started)
  return user + system
}

/** Eight times as many operations cost about eight times as much, not sixty-four. */
test.each<[string, number, (op: OperationRecorder, count: number) => void]>([
  [
    'rows that are inserted one by one',
    longRun ? 24_000 : 160,
    (op, count) => {
      roles(op)
      for (let id = 0; id < count; id += 1) op.insertRows('roles', [{ id, name: 'a' }], { key: ['id'] })
    },
  ],
  [
    'columns that are added one by one',
    320,
    (op, count) => {
      roles(op)
      for (let at = 0; at < count; at += 1) op.alterTable('roles', (t) => t.addColumn(`c${at}`, integer()))
    },
  ],
])('%s come and go in linear time', async (name, many, upgrade) => {
  const of = (count: number) => costOf(`${name} ${count}`, (op) => upgrade(op, count))
  await of(many / 20)
  const few = await of(many / 8)
  expect((await of(many)) / few).toBeLessThan(26)
})
