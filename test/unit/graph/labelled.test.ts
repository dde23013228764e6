import { createRevisionGraph, type GraphNode, isMigrateError, resolveTarget } from '@org/migrate-core'
import { listHistory, parentsOfNewRevision, resolveTargets } from '@org/migrate-core/internal'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { factsOf } from '../../../packages/core/src/graph/facts.ts'
import { planDowngrade } from '../../../packages/core/src/graph/selection/plan-downgrade.ts'
import { planStamp } from '../../../packages/core/src/graph/selection/plan-stamp.ts'
import { planUpgrade } from '../../../packages/core/src/graph/selection/plan-upgrade.ts'
import { scale } from '../../kit/scale.ts'
import { naive, randomNodes } from './random-graph.ts'

const numRuns = scale({ full: 5_000 })
const runs = { numRuns }

/** Random graphs of which up to three revisions carry a label, where a database stands, and a label or a revision to go to. */
const situations = randomNodes.chain((nodes) => {
  const ids = nodes.map(({ revision }) => revision)
  return fc
    .record({
      labelled: fc.subarray(ids, { minLength: 1, maxLength: Math.min(3, ids.length) }),
      positions: fc.subarray(ids),
      of: fc.nat(),
      target: fc.constantFrom(...ids),
    })
    .map(({ labelled, positions, of, target }) => ({
      nodes: nodes.map(
        (node): GraphNode => ({
          ...node,
          branchLabels: labelled.includes(node.revision) ? [`label_${node.revision}`] : [],
        }),
      ),
      positions,
      labelOn: labelled[of % labelled.length] ?? target,
      target,
    }))
})

/** The lines of a branch by parents alone: what the labelled revision stands on, itself, and what stands on it. */
function branchOf(nodes: readonly GraphNode[], revision: string): readonly string[] {
  const lines = naive(nodes.map((node) => ({ ...node, dependsOn: [] })))
  return [...new Set([...lines.below([revision]), ...lines.above([revision])])]
}

const without = (all: readonly string[], removed: readonly string[]) => all.filter((id) => !removed.includes(id)).sort()

test('upgrade label@head applies what the tip of the branch needs, label@heads what all of its tips need', () => {
  let several = 0
  fc.assert(
    fc.property(situations, ({ nodes, positions, labelOn }) => {
      const oracle = naive(nodes)
      const applied = oracle.below(positions)
      const rows = oracle.maximal(applied)
      const graph = createRevisionGraph(nodes)
      const line = branchOf(nodes, labelOn)
      const tips = oracle.ids.filter((id) => line.includes(id) && oracle.children(id).length === 0)
      const plan = planUpgrade(graph, rows, `label_${labelOn}@heads`)
      expect(plan.steps.map(({ revision }) => revision).sort()).toEqual(without(oracle.below(tips), applied))
      expect(plan.to).toEqual(oracle.maximal([...new Set([...applied, ...oracle.below(tips)])]))
      if (tips.length === 1) {
        expect(planUpgrade(graph, rows, `label_${labelOn}@head`)).toEqual(plan)
        return
      }
      several += 1
      expect(codeOf(() => planUpgrade(graph, rows, `label_${labelOn}@head`))).toBe('MULTIPLE_HEADS')
    }),
    runs,
  )
  expect(several).toBeGreaterThan(numRuns / 20)
})

test('downgrade label@target and label@base revert the roots of that branch and what stands on them, and nothing else', () => {
  let reverted = 0
  fc.assert(
    fc.property(situations, fc.boolean(), ({ nodes, positions, labelOn, target }, toBase) => {
      const oracle = naive(nodes)
      const applied = oracle.below(positions)
      const rows = oracle.maximal(applied)
      const graph = createRevisionGraph(nodes)
      const line = branchOf(nodes, labelOn)
      const text = `label_${labelOn}@${toBase ? 'base' : target}`
      if (!toBase && !line.includes(target)) {
        expect(codeOf(() => planDowngrade(graph, rows, text))).toBe('NOT_IN_BRANCH')
        return
      }
      const roots = (toBase ? oracle.bases() : oracle.children(target)).filter((id) => line.includes(id))
      const removed = oracle.above(roots).filter((id) => applied.includes(id))
      if (removed.length === 0 && !toBase && !rows.includes(target)) {
        expect(codeOf(() => planDowngrade(graph, rows, text))).toBe('INVALID_DOWNGRADE_TARGET')
        return
      }
      const plan = planDowngrade(graph, rows, text)
      expect(plan.steps.map(({ revision }) => revision).sort()).toEqual([...removed].sort())
      expect(plan.to).toEqual(oracle.maximal(without(applied, removed)))
      if (removed.length > 0) reverted += 1
    }),
    runs,
  )
  expect(reverted).toBeGreaterThan(numRuns / 20)
})

function codeOf(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (isMigrateError(error)) return error.code
    throw error
  }
}

/** Words of the grammar in any order, and texts that no user would type. */
const pieces = fc.constantFrom(
  'head',
  'heads',
  'base',
  'current',
  '@',
  '@',
  '+',
  '-',
  ':',
  '1',
  '2',
  '0',
  '99999999999999999999',
  'label_q',
  'label_',
  'q',
  'c',
  'x',
  'a',
  '',
  ' ',
  '\u0000',
  '__proto__',
  'constructor',
)
const targets = fc.oneof(
  { weight: 4, arbitrary: fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
)

test('whatever is typed as a target, wherever the database stands: a result, or a refusal with a code', () => {
  fc.assert(
    fc.property(
      situations,
      targets,
      targets,
      fc.array(targets, { maxLength: 3 }),
      ({ nodes, positions }, text, other, rows) => {
        const graph = createRevisionGraph(nodes)
        factsOf(graph)
        const current = naive(nodes).maximal(naive(nodes).below(positions))
        for (const at of [current, [...positions], rows]) {
          codeOf(() => planUpgrade(graph, at, text))
          codeOf(() => planUpgrade(graph, at, [text, other]))
          codeOf(() => planDowngrade(graph, at, text))
          codeOf(() => planStamp(graph, at, [text, other]))
          codeOf(() => planStamp(graph, at, text, { purge: true }))
          codeOf(() => listHistory(graph, `${text}:${other}`, at))
          codeOf(() => resolveTargets(graph, text, { current: at }))
        }
        codeOf(() => resolveTarget(graph, text))
        codeOf(() => parentsOfNewRevision(graph, { head: [text, other], splice: true }))
      },
    ),
    runs,
  )
})
