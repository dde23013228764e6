import { join } from 'node:path'
import { proveSquash, type SquashRange } from '@org/migrate-autogenerate'
import { integer, isMigrateError, type OperationRecorder, type Revision, varchar } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, test } from 'vitest'
import { errorOf, migratorOf } from '../../kit/migrator.ts'
import { counts } from '../../kit/scale.ts'
import { temporaryFolder } from '../../unit/run/kit.ts'
import { proveDiamonds } from './diamonds.ts'

const folder = temporaryFolder()
const dialect = () => sqliteDialect({ url: `sqlite:${join(folder.path, 'app.db')}` })

const people = (op: OperationRecorder): void =>
  op.createTable('people', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(40), { nullable: false, default: 'x' })
    t.column('age', integer())
    t.primaryKey(['id'])
    t.index('by_name', ['name'], { unique: true })
  })
const rows = (op: OperationRecorder): void =>
  op.insertRows(
    'people',
    [
      { id: 1, name: 'Ada' },
      { id: 2, name: 'Grace' },
    ],
    { key: ['id'] },
  )

const chain: readonly Revision[] = [
  { revision: 'a1', downRevision: null, upgrade: people },
  { revision: 'b1', downRevision: 'a1', upgrade: rows },
]
const range: SquashRange = { from: 'a1', to: 'b1', revisions: ['a1', 'b1'], parents: [], branchLabels: [] }

const proofOf = (original: readonly Revision[], of: SquashRange, body: Pick<Revision, 'upgrade' | 'downgrade'>) =>
  proveSquash({
    original: migratorOf(dialect(), original),
    squashed: migratorOf(dialect(), [
      ...original,
      { revision: 's1', downRevision: null, replaces: of.revisions, ...body },
    ]),
    tier: 'main',
    range: of,
    revision: 's1',
  })

describe('the proof of a squashed revision', () => {
  test('takes an equal one', async () => {
    await proofOf(chain, range, {
      upgrade: (op) => {
        people(op)
        rows(op)
      },
    })
  })

  const planted: readonly (readonly [string, (op: OperationRecorder) => void])[] = [
    ['a column is forgotten', (op) => op.dropColumn('people', 'age')],
    ['a column is added', (op) => op.addColumn('people', 'extra', integer())],
    ['an index is forgotten', (op) => op.dropIndex('people', 'by_name')],
    ['an index has another name', (op) => op.renameIndex('people', 'by_name', 'other')],
    ['a type is narrower', (op) => op.alterColumn('people', 'name', { type: varchar(30) })],
    ['a default is another', (op) => op.alterColumn('people', 'name', { default: 'y' })],
    ['a column may be null', (op) => op.alterColumn('people', 'name', { nullable: true })],
    ['a table is added', (op) => op.createTable('more', (t) => t.column('id', integer()))],
    ['a row is forgotten', (op) => op.deleteRows('people', [{ id: 2 }])],
    ['a row is added', (op) => op.insertRows('people', [{ id: 3, name: 'Joan' }], { key: ['id'] })],
  ]
  test.each(planted)('refuses one where %s', async (_what, plant) => {
    const upgrade = (op: OperationRecorder): void => {
      people(op)
      rows(op)
      plant(op)
    }
    const error = await errorOf(proofOf(chain, range, { upgrade, downgrade: (op) => op.dropTable('people') }))
    expect(isMigrateError(error, 'SQUASH_UNEQUAL')).toBe(true)
    expect(error.message).toContain('are not equal on sqlite')
  })

  test('refuses one whose downgrade leaves something', async () => {
    const upgrade = (op: OperationRecorder): void => {
      people(op)
      rows(op)
    }
    const error = await errorOf(proofOf(chain, range, { upgrade, downgrade: () => undefined }))
    expect(error.message).toContain('after the downgrade')
  })
})

test('random graphs with diamonds are equal to what replaces them', async () => {
  await proveDiamonds(dialect, counts.squashedGraphs)
})
