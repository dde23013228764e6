import { join } from 'node:path'
import { createRevisionGraph, type OperationRecorder, type Revision } from '@org/migrate-core'
import { describe, expect, test } from 'vitest'
import { stampRange } from '../../../packages/core/src/graph/selection/stamp-range.ts'
import { describeOnDialects } from '../../kit/servers.ts'
import { executeIn, rowsOf, temporaryFolder } from '../../unit/run/kit.ts'
import { migratorAt } from './kit.ts'

const nothing = (_op: OperationRecorder): void => undefined
/** a <- b, and from b the branches c and d. */
const chain: readonly Revision[] = [
  { revision: 'a', downRevision: null, upgrade: nothing },
  { revision: 'b', downRevision: 'a', upgrade: nothing },
  { revision: 'c', downRevision: 'b', upgrade: nothing },
  { revision: 'd', downRevision: 'b', upgrade: nothing },
]
const folder = temporaryFolder()

describe('a stamp of several targets', () => {
  test('records each of them', async () => {
    const file = join(folder.path, 'several.db')
    await migratorAt(`sqlite:${file}`, chain).stamp(['c', 'd'])
    expect(rowsOf(file, 'SELECT version_num FROM migrate_version ORDER BY 1')).toEqual([
      { version_num: 'c' },
      { version_num: 'd' },
    ])
  })

  test('that stand on each other is refused, and nothing is made', async () => {
    const file = join(folder.path, 'overlap.db')
    executeIn(file, 'CREATE TABLE t (a)')
    await expect(migratorAt(`sqlite:${file}`, chain).stamp(['b', 'c'])).rejects.toMatchObject({
      code: 'OVERLAPPING_TARGETS',
    })
    expect(rowsOf(file, 'SELECT name FROM sqlite_master')).toEqual([{ name: 't' }])
  })
})

describe('a stamp that says from where', () => {
  test('records the other end where the database stands there', async () => {
    const file = join(folder.path, 'range.db')
    const migrator = migratorAt(`sqlite:${file}`, chain)
    await migrator.stamp('base:a')
    await migrator.stamp('a:b')
    expect(rowsOf(file, 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'b' }])
  })

  test('records nothing where it stands elsewhere, and says where', async () => {
    const file = join(folder.path, 'elsewhere.db')
    const migrator = migratorAt(`sqlite:${file}`, chain)
    await migrator.stamp('b')
    await expect(migrator.stamp('a:c')).rejects.toMatchObject({
      code: 'PLAN_STALE',
      details: { planned: ['a'], actual: ['b'] },
    })
    expect(rowsOf(file, 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'b' }])
  })

  test.each([
    [['a:c', 'b:d'], 'they start from several places'],
    [['a:'], 'neither a target nor from:to'],
    [['a:b:c'], 'neither a target nor from:to'],
    [[], 'there is none'],
  ])('%j is no range', (targets, why) => {
    const graph = createRevisionGraph(
      chain.map(({ revision, downRevision }) => ({
        revision,
        parents: downRevision === null ? [] : [downRevision as string],
        dependsOn: [],
        branchLabels: [],
      })),
    )
    expect(() => stampRange(graph, ['a'], targets)).toThrow(why)
  })
})

const rowsLeft = [{ version_num: 'b' }]

test('sqlite: what cannot be read is forgotten by a purge, and by nothing else', async () => {
  const file = join(folder.path, 'null.db')
  const migrator = migratorAt(`sqlite:${file}`, chain)
  executeIn(file, "CREATE TABLE migrate_version (version_num TEXT); INSERT INTO migrate_version VALUES (NULL), ('a')")
  await expect(migrator.stamp('b')).rejects.toMatchObject({ code: 'BOOKKEEPING_INVALID' })
  await migrator.stamp('b', { purge: true })
  expect(rowsOf(file, 'SELECT version_num FROM migrate_version')).toEqual(rowsLeft)
})

describeOnDialects(
  ['postgres', 'mariadb', 'mysql'],
  'a row of the version table without a revision',
  (createDatabase) => {
    test('is forgotten by a purge, like one that is there twice, and by nothing else', async () => {
      const database = await createDatabase()
      // As another tool may have made it: without a key.
      await database.sql('CREATE TABLE migrate_version (version_num varchar(255))')
      await database.sql("INSERT INTO migrate_version VALUES (NULL), ('a'), ('a')")
      const migrator = migratorAt(database.url, chain)
      await expect(migrator.stamp('b')).rejects.toMatchObject({ code: 'BOOKKEEPING_INVALID' })
      await migrator.stamp('b', { purge: true })
      expect(await database.sql('SELECT version_num FROM migrate_version')).toEqual(rowsLeft)
    })
  },
)
