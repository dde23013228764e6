import { proveSquash, type SquashRange, squashContent } from '@org/migrate-autogenerate'
import { integer, type Revision } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import fc from 'fast-check'
import { expect } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'

const kinds = ['column', 'column dropped', 'index', 'row', 'row deleted', 'table', 'table renamed'] as const

/** A diamond of one or more sides between a base and a merge, with tables, columns, indexes and rows. */
const diamonds = fc.record({
  sides: fc.array(fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
  above: fc.boolean(),
})

type Diamond = typeof diamonds extends fc.Arbitrary<infer T> ? T : never

function change(kind: (typeof kinds)[number], name: string, at: number): Revision['upgrade'] {
  const key = { key: ['id'] }
  const column = `c_${name}`
  if (kind === 'column') return (op) => op.addColumn('base', column, integer())
  if (kind === 'index') return (op) => op.createIndex('base', `by_${name}`, ['number'])
  if (kind === 'row') return (op) => op.insertRows('base', [{ id: at }], key)
  if (kind === 'column dropped')
    return (op) => {
      op.addColumn('base', column, integer())
      op.dropColumn('base', column)
    }
  if (kind === 'row deleted')
    return (op) => {
      op.insertRows('base', [{ id: at }, { id: at + 100 }], key)
      op.deleteRows('base', [{ id: at }])
    }
  return (op) => {
    op.createTable(`t_${name}`, (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
    if (kind === 'table renamed') op.renameTable(`t_${name}`, `renamed_${name}`)
  }
}

function chainOf({ sides, above }: Diamond): readonly Revision[] {
  const base: Revision = {
    revision: 'base1',
    downRevision: null,
    upgrade: (op) =>
      op.createTable('base', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('number', integer())
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

/** Proves that each of so many random diamonds and what replaces it are equal on a database. */
export async function proveDiamonds(dialect: () => UnloadedDialect, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(diamonds, async (diamond) => {
      const all = chainOf(diamond)
      const replaces = all.map(({ revision }) => revision).filter((id) => id !== 'above1')
      const range: SquashRange = { from: 'base1', to: 'merge1', revisions: replaces, parents: [], branchLabels: [] }
      const content = await squashContent(migratorOf(dialect(), all), 'main', range, () => false)
      expect(content.from).toBe('model')
      const upgrade: Revision['upgrade'] = (op) => {
        for (const each of content.changes) {
          if (each.kind !== 'operation') continue
          const { operation } = each
          if (operation.kind === 'createTable') op.createTable(operation.table)
          if (operation.kind !== 'insertRows') continue
          const { columns, rows, key } = operation
          const inserted = rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, Number(row[at])])))
          op.insertRows(operation.table, inserted, key === undefined ? {} : { key })
        }
      }
      const squash: Revision = { revision: 's1', downRevision: null, replaces, upgrade }
      const original = migratorOf(dialect(), all)
      const squashed = migratorOf(dialect(), [...all, squash])
      await proveSquash({ original, squashed, tier: 'main', range, revision: 's1' })
    }),
    { numRuns, endOnFailure: true },
  )
}
