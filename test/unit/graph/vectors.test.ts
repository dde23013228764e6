import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  createRevisionGraph,
  type GraphNode,
  isMigrateError,
  type RevisionGraph,
  resolveTarget,
} from '@org/migrate-core'
import { resolveTargets } from '@org/migrate-core/internal'
import { describe, expect, test } from 'vitest'
import { revisionsBetween } from '../../../packages/core/src/graph/history.ts'
import { followHeads, headsAlong } from '../../../packages/core/src/graph/selection/head-moves.ts'
import type { RevisionPlan } from '../../../packages/core/src/graph/selection/plan.ts'
import { planDowngrade, selectDowngrade } from '../../../packages/core/src/graph/selection/plan-downgrade.ts'
import { planStamp } from '../../../packages/core/src/graph/selection/plan-stamp.ts'
import { planUpgrade } from '../../../packages/core/src/graph/selection/plan-upgrade.ts'

interface Expectation {
  readonly error?: string
  readonly steps?: readonly string[]
  readonly orderUnique?: boolean
  readonly headsAfterEach?: readonly (readonly string[])[]
  readonly finalHeads?: readonly string[]
  readonly rowChanges?: readonly { readonly from: readonly string[]; readonly to: readonly string[] }[]
  readonly resolved?: string | readonly string[] | null
  readonly listed?: readonly string[]
}

type Ends = string | readonly string[] | null

interface Vector {
  readonly id: string
  readonly graph: string
  readonly op: string
  readonly current?: readonly string[]
  readonly target?: string | readonly string[]
  readonly order?: readonly string[]
  readonly upper?: Ends
  readonly lower?: Ends
  readonly options?: {
    readonly inclusive: boolean
    readonly includeDependenciesOutsideLower: boolean
    readonly forDowngrade: boolean
  }
  readonly expect: Expectation
  readonly verdict: 'expected' | 'noop' | 'order-dependent' | 'questionable' | 'alembic-defect'
}

interface VectorNode {
  readonly id: string
  readonly parents: readonly string[]
  readonly dependsOn: readonly string[]
  readonly labels: readonly string[]
}

const text = readFileSync(fileURLToPath(new URL('../../kit/fixtures/graph-vectors.json', import.meta.url)))
const file = JSON.parse(text.toString('utf8')) as {
  readonly graphs: Readonly<Record<string, readonly VectorNode[]>>
  readonly vectors: readonly Vector[]
}

function load(name: string): RevisionGraph {
  const nodes = (file.graphs[name] ?? []).map(
    ({ id, parents, dependsOn, labels }): GraphNode => ({ revision: id, parents, dependsOn, branchLabels: labels }),
  )
  return createRevisionGraph(nodes)
}

function sorted(ids: readonly string[]): readonly string[] {
  return [...ids].sort()
}

/** Every revision after everything it stands on (`up`), or before it (`down`). */
function expectOrder(graph: RevisionGraph, ids: readonly string[], direction: 'up' | 'down'): void {
  const upwards = direction === 'up' ? ids : [...ids].reverse()
  for (const [i, id] of upwards.entries()) {
    for (const below of graph.beforeOf(id)) {
      if (upwards.includes(below)) expect(upwards.indexOf(below), `${below} before ${id}`).toBeLessThan(i)
    }
  }
}

function expectListed(
  graph: RevisionGraph,
  listed: readonly string[],
  expected: readonly string[],
  unique: boolean | undefined,
): void {
  expect(sorted(listed)).toEqual(sorted(expected))
  expectOrder(graph, listed, 'down')
  if (unique) expect(listed).toEqual(expected)
}

function expectPlan(graph: RevisionGraph, plan: RevisionPlan, expected: Expectation, direction: 'up' | 'down'): void {
  const steps = plan.steps.map((step) => step.revision)
  expect(plan.steps.every((step) => step.direction === direction)).toBe(true)
  expect(sorted(steps)).toEqual(sorted(expected.steps ?? []))
  expectOrder(graph, steps, direction)
  if (expected.orderUnique) expect(steps).toEqual(expected.steps)
  const along = [...headsAlong(plan)]
  if (steps.join() === expected.steps?.join()) expect(along).toEqual(expected.headsAfterEach)
  expect(plan.to).toEqual(expected.finalHeads)
  expect(along.at(-1) ?? plan.from).toEqual(expected.finalHeads)
}

function ends(value: Ends | undefined): string | readonly string[] {
  return value ?? 'base'
}

const one = (target: Vector['target']): string => {
  if (typeof target !== 'string') throw new Error('the vector has no single target')
  return target
}

const judges: Readonly<Record<string, (vector: Vector) => void>> = {
  load: ({ graph }) => {
    load(graph)
  },
  resolve: ({ graph, target, expect: expected }) => {
    expect(resolveTargets(load(graph), target ?? [])).toEqual(expected.resolved)
  },
  resolveOne: ({ graph, target, expect: expected }) => {
    expect(resolveTarget(load(graph), one(target))).toEqual(expected.resolved)
  },
  upgrade: ({ graph: name, current, target, expect: expected }) => {
    const graph = load(name)
    expectPlan(graph, planUpgrade(graph, current ?? [], target ?? []), expected, 'up')
  },
  downgrade: ({ graph: name, current, target, expect: expected }) => {
    const graph = load(name)
    expectPlan(graph, planDowngrade(graph, current ?? [], one(target)), expected, 'down')
  },
  stamp: ({ graph, current, target, expect: expected }) => {
    const plan = planStamp(load(graph), current ?? [], target ?? [])
    const bySets = (changes: Expectation['rowChanges'] = []) => changes.map((change) => JSON.stringify(change)).sort()
    const changes = plan.changes.map(({ from, to }) => ({ from: sorted(from), to: sorted(to) }))
    expect(bySets(changes)).toEqual(bySets(expected.rowChanges))
    expect(plan.to).toEqual(expected.finalHeads)
  },
  apply: ({ graph, current, order, expect: expected }) => {
    const moves = followHeads(load(graph), current ?? [])
    const along = (order ?? []).map((step) => {
      if (step.startsWith('+')) moves.up(step.slice(1))
      else moves.down(step.slice(1))
      return moves.heads()
    })
    expect(along).toEqual(expected.headsAfterEach)
    expect(moves.heads()).toEqual(expected.finalHeads)
  },
  range: ({ graph: name, upper, lower, options, expect: expected }) => {
    const graph = load(name)
    const { inclusive = false, includeDependenciesOutsideLower = false, forDowngrade = false } = options ?? {}
    if (forDowngrade) {
      const rows = resolveTargets(graph, ends(upper))
      const target = ends(lower)
      const everythingElse = includeDependenciesOutsideLower
      const removed = selectDowngrade({ graph, rows, target: one(target), inclusive, everythingElse })
      expectListed(
        graph,
        graph.order.filter((id) => removed.has(id)).reverse(),
        expected.listed ?? [],
        expected.orderUnique,
      )
      return
    }
    const range = { lower: ends(lower), upper: ends(upper), inclusive, includeDependenciesOutsideLower }
    expectListed(graph, revisionsBetween(graph, range), expected.listed ?? [], expected.orderUnique)
  },
}

function codeOf(judge: () => void): string | undefined {
  try {
    judge()
    return undefined
  } catch (error) {
    if (isMigrateError(error)) return error.code
    throw error
  }
}

test('the fixture is the one the expectations were taken with', () => {
  expect(createHash('sha256').update(text).digest('hex')).toBe(
    '08079a9858874ab5ad9442d76c0f92afff0b6d55a1613e969e56d4420a3f1c45',
  )
  expect(file.vectors).toHaveLength(212)
})

describe('what Alembic does', () => {
  for (const vector of file.vectors) {
    const { id, graph, op, current, target, order, upper, lower, verdict } = vector
    const key = JSON.stringify({ current, target, order, upper, lower })
    const refusal =
      verdict === 'order-dependent' ? ': refused as AMBIGUOUS_RELATIVE, because it depends on the order of rows' : ''
    test(`${id} ${op} on ${graph} ${key}${refusal}`, () => {
      const judge = judges[op]
      if (!judge) throw new Error(`nothing judges ${op}`)
      if (verdict === 'alembic-defect') {
        codeOf(() => judge(vector))
      } else if (verdict === 'order-dependent') {
        expect(codeOf(() => judge(vector))).toBe('AMBIGUOUS_RELATIVE')
      } else if (vector.expect.error !== undefined) {
        expect(codeOf(() => judge(vector))).toBe(vector.expect.error)
      } else {
        judge(vector)
      }
    })
  }
})
