import { join } from 'node:path'
import { proveSquash, type SquashRange, squashContent } from '@org/migrate-autogenerate'
import { integer, isMigrateError, type OperationRecorder, type Revision, varchar } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { errorOf, migratorOf } from '../../kit/migrator.ts'
import { longRun } from '../../kit/scale.ts'
import { temporaryFolder } from '../../unit/run/kit.ts'

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

/** A diamond of one or more sides between a base and a merge, with tables, columns and rows. */
const diamonds = fc.record({
  sides: fc.array(fc.array(fc.constantFrom('column', 'row', 'table', 'rename'), { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 3,
  }),
  above: fc.boolean(),
})

type Diamond = typeof diamonds extends fc.Arbitrary<infer T> ? T : never

function change(kind: Diamond['sides'][number][number], name: string, at: number): Revision['upgrade'] {
  if (kind === 'column') return (op) => op.addColumn('base', `c_${name}`, integer())
  if (kind === 'row') return (op) => op.insertRows('base', [{ id: at }], { key: ['id'] })
  return (op) => {
    op.createTable(`t_${name}`, (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
    if (kind === 'rename') op.renameTable(`t_${name}`, `renamed_${name}`)
  }
}

function chainOf({ sides, above }: Diamond): readonly Revision[] {
  const base: Revision = {
    revision: 'base1',
    downRevision: null,
    upgrade: (op) =>
      op.createTable('base', (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      }),
  }
  const lines = sides.map((side, line) =>
    side.map(
      (kind, at): Revision => ({
        revision: `r${line}_${at}`,
        downRevision: at === 0 ? 'base1' : `r${line}_${at - 1}`,
        upgrade: change(kind, `${line}_${at}`, line * 10 + at + 1),
      }),
    ),
  )
  const tips = lines.flatMap((each) => each.at(-1)?.revision ?? [])
  const merge: Revision = { revision: 'merge1', downRevision: tips, upgrade: () => undefined }
  const last: Revision = { revision: 'above1', downRevision: 'merge1', upgrade: change('table', 'above', 99) }
  return [base, ...lines.flat(), merge, ...(above ? [last] : [])]
}

test('random graphs with diamonds are equal to what replaces them', async () => {
  await fc.assert(
    fc.asyncProperty(diamonds, async (diamond) => {
      const all = chainOf(diamond)
      const revisions = all.map(({ revision }) => revision).filter((id) => id !== 'above1')
      const of: SquashRange = { from: 'base1', to: 'merge1', revisions, parents: [], branchLabels: [] }
      const content = await squashContent(migratorOf(dialect(), all), 'main', of, () => false)
      expect(content.from).toBe('model')
      const upgrade: Revision['upgrade'] = (op) => {
        for (const each of content.changes) {
          if (each.kind !== 'operation') continue
          const { operation } = each
          if (operation.kind === 'createTable') op.createTable(operation.table)
          if (operation.kind !== 'insertRows') continue
          const { columns, rows: values, key } = operation
          const inserted = values.map((row) => Object.fromEntries(columns.map((name, at) => [name, Number(row[at])])))
          op.insertRows(operation.table, inserted, key === undefined ? {} : { key })
        }
      }
      await proofOf(all, of, { upgrade })
    }),
    { numRuns: longRun ? 200 : 4 },
  )
})
