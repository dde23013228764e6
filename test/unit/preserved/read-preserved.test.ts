import { expect, it } from 'vitest'
import { line, type RevisionBody } from '../../kit/migrator.ts'
import { executeIn, migratorOn, temporaryFolder } from '../run/kit.ts'
import { keyed } from './kit.ts'

const folder = temporaryFolder()
const file = (): string => `${folder.path}/db.sqlite`

const trim: RevisionBody = (op) =>
  op.run('trim', {
    down: 'restore',
    up: async (db) => {
      for (const { id, name } of await db.query<{ id: bigint; name: string }>('SELECT id, name FROM people')) {
        await db.preserve({ table: 'people', key: { id }, column: 'name', value: name, written: name.trim() })
        await db.execute('UPDATE people SET name = ? WHERE id = ?', [name.trim(), id])
      }
    },
  })
const read =
  (table: string, column: string, values: unknown[]): RevisionBody =>
  (op) =>
    op.run('read', {
      down: 'none',
      up: async (db) =>
        void (await db.readPreserved({ table, column, revision: 'r2' }, async ({ value }) => void values.push(value))),
    })
const rename: RevisionBody = (op) => {
  op.renameTable('people', 'persons')
  op.renameColumn('persons', 'name', 'nom')
}

async function upgraded(...rest: readonly RevisionBody[]) {
  const chain = line(keyed('people', 'name', 'other'), trim, ...rest)
  await migratorOn(file(), chain).upgrade('r1')
  executeIn(file(), "INSERT INTO people (id, name) VALUES (1, ' a '), (2, 'b ')")
  const { reports } = await migratorOn(file(), chain).upgrade()
  return reports.map(({ what, count, firstKeys }) => [what, count, firstKeys])
}

it('readPreserved reports that it read nothing where what was preserved has been renamed since', async () => {
  const values: unknown[] = []
  expect(await upgraded(rename, read('persons', 'nom', values))).toEqual([
    [
      'no value of persons.nom was read; values are preserved of a table or column that was renamed or dropped since',
      1,
      ['people.name'],
    ],
  ])
  expect(values).toEqual([])
})

it('readPreserved reports nothing where it reads values, and where nothing was renamed', async () => {
  const values: unknown[] = []
  expect(await upgraded(read('people', 'name', values))).toEqual([])
  expect(values).toEqual([' a ', 'b '])
})

it('readPreserved of a column without preserved values reports nothing where those of others have their names', async () => {
  const values: unknown[] = []
  expect(await upgraded(read('people', 'other', values))).toEqual([])
  expect(values).toEqual([])
})
