import { integer, type OperationRecorder, text, varchar } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'

const created = (op: OperationRecorder): void => {
  op.createTable('item', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(40))
    t.column('size', text())
    t.column('old', text())
    t.column('older', text())
    t.primaryKey(['id'])
  })
  op.insertRows('item', [{ id: 1, name: 'a' }], { key: ['id'] })
}

const taken = (op: OperationRecorder): void => {
  op.dropColumn('item', 'old')
  op.alterColumn('item', 'size', { type: integer() })
  op.alterColumn('item', 'name', { type: text(), using: 'substr(name, 1, 4)', usingBack: 'name' })
  op.sql('ALTER TABLE item DROP COLUMN older', { effects: (e) => e.dropColumn('item', 'older') })
  op.sql('DELETE FROM item WHERE id > 5')
}

const migrator = () => migratorOf(sqliteDialect({ url: 'sqlite:/nowhere/app.db' }), line(created, taken))

const comments = (script: string): readonly string[] =>
  script.split('\n').filter((each) => each.startsWith('-- ') && / not preserved| nor preserved| is lost/.test(each))

test('the script of an upgrade names what it takes away, as a plan does', async () => {
  expect(comments(await migrator().script('r2', { from: 'r1' }))).toEqual([
    '-- column item.old: values dropped, not preserved',
    '-- column item.size: values changed by the conversion, not preserved (the spelling of texts that are numbers)',
    '-- column item.name: values changed by the conversion, not preserved (`using` computes new values; a derived downgrade computes them back by `usingBack`)',
    '-- column item.older: values dropped, not preserved',
    '-- what its SQL deletes is neither counted nor preserved',
  ])
})

test('the script of a downgrade names the rows that it deletes', async () => {
  expect(comments(await migrator().script('base', { command: 'downgrade', from: 'r1', allowDataLoss: true }))).toEqual([
    '-- what table item holds is lost: a script preserves nothing',
    '-- table item: rows deleted, not preserved',
  ])
})
