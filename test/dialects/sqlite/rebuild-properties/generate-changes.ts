import { columnMakers } from './change-columns.ts'
import { tableMakers } from './change-constraints.ts'
import type { ChangeState, Maker, RowFacts } from './change-state.ts'
import type { ConstraintContext } from './generate-constraints.ts'
import type { CaseSpec, Change } from './spec.ts'

const makers: { readonly [kind: string]: Maker } = { ...columnMakers, ...tableMakers }

/** Changes that force a copy come often; the others are there to be mixed with them. */
const ofAllKinds: readonly (readonly [number, string])[] = [
  [14, 'type'],
  [12, 'nullable'],
  [12, 'default'],
  [8, 'collation'],
  [5, 'generated'],
  [7, 'autoincrement'],
  [10, 'addColumn'],
  [7, 'dropColumn'],
  [7, 'renameColumn'],
  [5, 'addUnique'],
  [3, 'addPrimaryKey'],
  [8, 'addCheck'],
  [7, 'addForeignKey'],
  [9, 'dropConstraint'],
  [5, 'strict'],
  [5, 'withoutRowid'],
  [4, 'createIndex'],
  [3, 'dropIndex'],
  [3, 'renameTable'],
]

export function generateChanges(
  context: ConstraintContext,
  spec: CaseSpec,
  facts: RowFacts,
  weights = ofAllKinds,
): readonly Change[] {
  const { random, features } = context
  const state: ChangeState = {
    context,
    spec,
    facts,
    columns: spec.table.columns.map((one) => ({ ...one, uses: one.uses })),
    original: new Map(spec.table.columns.map((one) => [one.name, one.name])),
    touched: new Map(),
    tableName: spec.table.name,
    strict: spec.table.strict,
    withoutRowid: spec.table.withoutRowid,
    droppedIndexes: new Set(),
    droppedConstraints: new Set(),
    primaryKeyAdded: false,
  }
  const kinds = random.weighted([
    [5, 1],
    [3, 2],
    [3, 3],
    [2, 4],
    [1, 6],
  ])
  const changes: Change[] = []
  for (let attempts = 0; changes.length < kinds && attempts < 40; attempts++) {
    const kind = random.weighted(weights)
    const produced = makers[kind]?.(state) ?? []
    if (produced.length > 0) features.add(`change: ${kind}`)
    changes.push(...produced)
  }
  if (changes.length >= 3) features.add('three or more changes at once')
  return changes
}
