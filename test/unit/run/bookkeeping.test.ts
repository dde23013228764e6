import { join } from 'node:path'
import { expression, integer } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { migratorOn, rowsOf, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

test('a version row that is gone when the revision is recorded is an error, and nothing stays', async () => {
  const file = join(folder.path, 'gone.db')
  const chain = line(
    () => {},
    (op) => op.run('meddle', async (db) => void (await db.execute('DELETE FROM "migrate_version"'))),
  )
  await migratorOn(file, chain).upgrade('r1')
  await expect(migratorOn(file, chain).upgrade()).rejects.toMatchObject({
    code: 'BOOKKEEPING_INVALID',
    details: { table: 'migrate_version' },
    location: { revision: 'r2' },
  })
  expect(rowsOf(file, 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r1' }])
})

test('a version row that a trigger takes away is missed when the revision is recorded, and nothing stays', async () => {
  const file = join(folder.path, 'trigger.db')
  const chain = line(
    (op) => {
      op.createTable('t', (t) => void t.column('id', integer()))
      op.createTrigger(
        't',
        'meddle',
        expression('CREATE TRIGGER meddle AFTER INSERT ON t BEGIN DELETE FROM migrate_version; END'),
      )
    },
    (op) => op.insertRows('t', [{ id: 1 }], { key: ['id'] }),
  )
  await migratorOn(file, chain).upgrade('r1')
  await expect(migratorOn(file, chain).upgrade()).rejects.toMatchObject({
    code: 'BOOKKEEPING_INVALID',
    message: expect.stringContaining('touched 0 rows'),
    location: { revision: 'r2' },
  })
  expect(rowsOf(file, 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r1' }])
  expect(rowsOf(file, 'SELECT * FROM t')).toEqual([])
})
