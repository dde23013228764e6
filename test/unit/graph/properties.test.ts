import { createRevisionGraph, isMigrateError } from '@org/migrate-core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { factsOf } from '../../../packages/core/src/graph/facts.ts'
import { followHeads, headsAlong } from '../../../packages/core/src/graph/selection/head-moves.ts'
import type { RevisionPlan } from '../../../packages/core/src/graph/selection/plan.ts'
import { planDowngrade } from '../../../packages/core/src/graph/selection/plan-downgrade.ts'
import { planStamp } from '../../../packages/core/src/graph/selection/plan-stamp.ts'
import { planUpgrade } from '../../../packages/core/src/graph/selection/plan-upgrade.ts'
import { scale } from '../../kit/scale.ts'
import { naive, randomNodes, randomSituation } from './random-graph.ts'

const runs = { numRuns: scale({ full: 5_000, quick: 1_000 }) }

function stepIds(plan: RevisionPlan): readonly string[] {
  return plan.steps.map((step) => step.revision)
}

const minus = (all: readonly string[], without: readonly string[]) => all.filter((id) => !without.includes(id))
const common = (a: readonly string[], b: readonly string[]) => a.filter((id) => b.includes(id))

describe('laws of the revision graph', () => {
  test('the order of files, and of parents in a file, changes nothing', () => {
    const shuffled = randomSituation.chain((situation) =>
      fc.record({
        situation: fc.constant(situation),
        other: fc.shuffledSubarray([...situation.nodes], { minLength: situation.nodes.length }),
      }),
    )
    fc.assert(
      fc.property(shuffled, ({ situation: { nodes, positions, target }, other }) => {
        const turned = other.map((node) => ({
          ...node,
          parents: [...node.parents].reverse(),
          dependsOn: [...node.dependsOn].reverse(),
        }))
        const [a, b] = [createRevisionGraph(nodes), createRevisionGraph(turned)]
        const rows = naive(nodes).maximal(naive(nodes).below(positions))
        expect(b.order).toEqual(a.order)
        expect(factsOf(b)).toEqual(factsOf(a))
        expect(planUpgrade(b, [...rows].reverse(), 'heads')).toEqual(planUpgrade(a, rows, 'heads'))
        expect(planDowngrade(b, [...rows].reverse(), 'base')).toEqual(planDowngrade(a, rows, 'base'))
        expect(planStamp(b, [...rows].reverse(), target)).toEqual(planStamp(a, rows, target))
      }),
      runs,
    )
  })

  test('parents and dependencies come first, and every revision once', () => {
    fc.assert(
      fc.property(randomNodes, (nodes) => {
        const { order } = createRevisionGraph(nodes)
        expect([...order].sort()).toEqual(nodes.map((node) => node.revision).sort())
        for (const node of nodes) {
          for (const below of [...node.parents, ...node.dependsOn]) {
            expect(order.indexOf(below)).toBeLessThan(order.indexOf(node.revision))
          }
        }
      }),
      runs,
    )
  })

  test('upgrade: what the target needs and is not applied; rows are the maximal elements after every step', () => {
    fc.assert(
      fc.property(randomSituation, ({ nodes, positions, target }) => {
        const oracle = naive(nodes)
        const applied = oracle.below(positions)
        const plan = planUpgrade(createRevisionGraph(nodes), oracle.maximal(applied), target)
        const steps = stepIds(plan)
        expect([...steps].sort()).toEqual(minus(oracle.below([target]), applied).sort())
        const along = [...headsAlong(plan)]
        for (const [i] of steps.entries()) {
          expect(along[i]).toEqual(oracle.maximal([...applied, ...steps.slice(0, i + 1)]))
        }
        expect(plan.to).toEqual(oracle.maximal([...applied, ...steps]))
      }),
      runs,
    )
  })

  test('downgrade: what stands on the children of the target and is applied, nothing else', () => {
    let refused = 0
    let planned = 0
    fc.assert(
      fc.property(randomSituation, fc.boolean(), ({ nodes, positions, target }, toBase) => {
        const oracle = naive(nodes)
        const applied = oracle.below(positions)
        const rows = oracle.maximal(applied)
        const roots = toBase ? oracle.bases() : oracle.children(target)
        const removed = common(oracle.above(roots), applied)
        const plan = () => planDowngrade(createRevisionGraph(nodes), rows, toBase ? 'base' : target)
        if (removed.length === 0 && !toBase && !rows.includes(target)) {
          let thrown: unknown
          try {
            plan()
          } catch (error) {
            thrown = error
          }
          expect(isMigrateError(thrown, 'INVALID_DOWNGRADE_TARGET')).toBe(true)
          refused += 1
          return
        }
        const steps = stepIds(plan())
        expect([...steps].sort()).toEqual([...removed].sort())
        const along = [...headsAlong(plan())]
        for (const [i] of steps.entries()) {
          expect(along[i]).toEqual(oracle.maximal(minus(applied, steps.slice(0, i + 1))))
        }
        expect(plan().to).toEqual(oracle.maximal(minus(applied, removed)))
        planned += 1
      }),
      runs,
    )
    expect(Math.min(refused, planned)).toBeGreaterThan(runs.numRuns / 20)
  })

  test('a plan there and back step by step ends at the same heads', () => {
    fc.assert(
      fc.property(randomSituation, ({ nodes, positions, target }) => {
        const oracle = naive(nodes)
        const rows = oracle.maximal(oracle.below(positions))
        const graph = createRevisionGraph(nodes)
        const up = planUpgrade(graph, rows, target)
        const moves = followHeads(graph, up.to)
        const back = [...stepIds(up)].reverse().map((id) => {
          moves.down(id)
          return moves.heads()
        })
        const headsUp = [up.from, ...headsAlong(up)]
        expect(back).toEqual(headsUp.slice(0, -1).reverse())
        expect(moves.heads()).toEqual(rows)
      }),
      runs,
    )
  })

  test('going up and down at random, the heads stay the maximal elements of what is applied', () => {
    fc.assert(
      fc.property(randomNodes, fc.array(fc.nat(), { minLength: 5, maxLength: 40 }), (nodes, choices) => {
        const oracle = naive(nodes)
        const moves = followHeads(createRevisionGraph(nodes), [])
        let applied: readonly string[] = []
        for (const choice of choices) {
          const possible = oracle.ids.filter((id) =>
            applied.includes(id)
              ? common(oracle.above([id]), applied).length === 1
              : minus(oracle.below([id]), applied).length === 1,
          )
          const id = possible[choice % possible.length] ?? ''
          const before = moves.heads()
          const { removed, added } = applied.includes(id) ? moves.down(id) : moves.up(id)
          applied = applied.includes(id) ? minus(applied, [id]) : [...applied, id]
          expect(moves.heads()).toEqual(oracle.maximal(applied))
          expect([...minus(before, removed), ...added].sort()).toEqual(moves.heads())
          for (const other of oracle.ids) expect(moves.isApplied(other)).toBe(applied.includes(other))
        }
      }),
      runs,
    )
  })

  test('everything up and everything down is nothing, and up again is the same plan', () => {
    fc.assert(
      fc.property(randomNodes, (nodes) => {
        const graph = createRevisionGraph(nodes)
        const up = planUpgrade(graph, [], 'heads')
        const down = planDowngrade(graph, up.to, 'base')
        expect(up.to).toEqual(graph.effectiveHeads)
        expect(down.to).toEqual([])
        expect(stepIds(down)).toEqual([...stepIds(up)].reverse())
        expect(planUpgrade(graph, up.to, 'heads').steps).toEqual([])
      }),
      runs,
    )
  })

  test('stamp: rows that share a line with the target become it, the others stay; changes add up', () => {
    fc.assert(
      fc.property(randomSituation, fc.nat(), ({ nodes, positions, target }, other) => {
        const oracle = naive(nodes)
        const rows = oracle.maximal(oracle.below(positions))
        const targets = oracle.maximal([target, oracle.ids[other % oracle.ids.length] ?? target])
        const plan = planStamp(createRevisionGraph(nodes), rows, targets)
        const lines = [...oracle.above(targets), ...oracle.below(targets)]
        const desired = [...new Set([...minus(rows, lines), ...targets])].sort()
        expect(plan.to).toEqual(desired)
        expect(oracle.maximal(plan.to)).toEqual(plan.to)
        let after = rows
        for (const { from, to } of plan.changes) {
          expect(common(after, from)).toHaveLength(from.length)
          after = [...minus(after, from), ...to]
        }
        expect([...after].sort()).toEqual(desired)
      }),
      runs,
    )
  })
})
