import { compare } from '@org/migrate-autogenerate'
import { expect, test } from 'vitest'
import { errorOf, migratorOf } from '../../kit/migrator.ts'
import { revisionWriter } from '../../kit/written-revision.ts'
import { describeEverywhere, describeOnServers } from '../../unit/ensure/ground.ts'
import { declaredBy, sqlPairs } from './sql-pair.ts'

const id = 'id int NOT NULL PRIMARY KEY'
const readers = [
  {
    title: 'a column',
    before: [`CREATE TABLE t (${id}, a int, b int)`, 'CREATE VIEW v AS SELECT id, a FROM t'],
    after: [`CREATE TABLE t (${id}, b int)`],
  },
  {
    title: 'a table',
    before: [`CREATE TABLE t (${id}, a int)`, `CREATE TABLE u (${id})`, 'CREATE VIEW v AS SELECT id, a FROM t'],
    after: [`CREATE TABLE u (${id}, b int)`],
  },
]

describeEverywhere('a view that no declaration makes', (openGround) => {
  const write = revisionWriter()

  test.for(readers)('is not dropped where it reads $title that goes: the revision is refused', async (pair) => {
    const ground = await openGround()
    for (const text of pair.before) await ground.sql(text)
    const tried = async (): Promise<void> => {
      const empty = migratorOf(ground.dialect(), [])
      const comparison = await compare(empty, await declaredBy(ground, pair.after, 'table'), {
        answers: { none: true },
      })
      await migratorOf(ground.dialect(), await write(comparison, [])).upgrade(undefined, { allowDataLoss: true })
    }
    expect((await errorOf(tried())).code).toBe('DEPENDENT_OBJECTS')
    expect(await ground.sql('SELECT id, a FROM v')).toEqual([])
  })
})

describeOnServers(
  'a policy that no declaration makes',
  (openGround) => {
    test('is named where it reads a column that goes', async () => {
      const ground = await openGround()
      await ground.sql(`CREATE TABLE t (${id}, tenant int)`)
      await ground.sql('ALTER TABLE t ENABLE ROW LEVEL SECURITY')
      await ground.sql('CREATE POLICY p ON t USING (tenant = 1)')
      const declared = await declaredBy(ground, [`CREATE TABLE t (${id})`], 'table')
      const error = await errorOf(compare(migratorOf(ground.dialect(), []), declared))
      expect(error).toMatchObject({
        code: 'DEPENDENT_OBJECTS',
        details: { object: 'column t.tenant', dependants: ['policy p of t'] },
      })
    })
  },
  ['postgres'],
)

const postgres = ['postgres', 'postgres-next'] as const
const mysql = ['mysql', 'mariadb', 'mariadb-next'] as const

sqlPairs('what a declaration cannot say goes with the column that it stands on', [
  {
    title: 'the sequence of a column that counts',
    on: postgres,
    as: 'table',
    before: ['CREATE TABLE t (id serial, a int)'],
    after: ['CREATE TABLE t (a bigint)'],
  },
  {
    title: 'an exclusion constraint',
    on: postgres,
    as: 'table',
    before: [`CREATE TABLE t (${id}, during tsrange, EXCLUDE USING gist (during WITH &&))`],
    after: [`CREATE TABLE t (${id})`],
  },
  {
    title: 'a collation, where a text becomes a number',
    on: postgres,
    as: { collations: false },
    before: [`CREATE TABLE t (${id}, a varchar(20) COLLATE "C")`],
    after: [`CREATE TABLE t (${id}, a int)`],
  },
  {
    title: 'a FULLTEXT index',
    on: mysql,
    as: { specialIndexes: false },
    before: [`CREATE TABLE t (${id}, a text, FULLTEXT KEY ft (a))`],
    after: [`CREATE TABLE t (${id})`],
  },
  {
    title: 'a FULLTEXT index, whose other column it keeps',
    on: mysql,
    as: { specialIndexes: false },
    before: [`CREATE TABLE t (${id}, a text, c text, FULLTEXT KEY ft (a, c))`],
    after: [`CREATE TABLE t (${id}, c text)`],
  },
  {
    title: 'a FULLTEXT index of a text that becomes a number',
    on: mysql,
    as: { specialIndexes: false },
    before: [`CREATE TABLE t (${id}, a text, FULLTEXT KEY ft (a))`],
    after: [`CREATE TABLE t (${id}, a int)`],
  },
])
