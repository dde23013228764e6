import { join } from 'node:path'
import { integer, text } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { migratorOn, rowsOf, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

test('a derived downgrade goes from the last operation to the first', async () => {
  const file = join(folder.path, 'order.db')
  const chain = line((op) => {
    op.createTable('one', (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
    op.renameTable('one', 'two')
    op.alterTable('two', (t) => t.addColumn('name', text()))
    op.createIndex('two', 'two_name', ['name'])
  })
  await migratorOn(file, chain).upgrade()
  await migratorOn(file, chain).downgrade('base')
  expect(
    rowsOf(file, "SELECT name FROM sqlite_master WHERE name NOT LIKE 'migrate_%' AND name NOT LIKE 'sqlite_%'"),
  ).toEqual([])
})
