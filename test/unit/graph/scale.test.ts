import { createRevisionGraph, type GraphNode, isMigrateError } from '@org/migrate-core'
import { resolveTargets } from '@org/migrate-core/internal'
import { describe, expect, test } from 'vitest'
import { headsAlong } from '../../../packages/core/src/graph/selection/head-moves.ts'
import { planDowngrade } from '../../../packages/core/src/graph/selection/plan-downgrade.ts'
import { planStamp } from '../../../packages/core/src/graph/selection/plan-stamp.ts'
import { planUpgrade } from '../../../packages/core/src/graph/selection/plan-upgrade.ts'

function revision(id: string, parents: readonly string[], more: Partial<GraphNode> = {}): GraphNode {
  return { revision: id, parents, dependsOn: [], branchLabels: [], ...more }
}

const number = (i: number): string => String(i).padStart(6, '0')

function chain(length: number): GraphNode[] {
  return Array.from({ length }, (_, i) => revision(`r${number(i)}`, i === 0 ? [] : [`r${number(i - 1)}`]))
}

/** Each diamond: a fork in two and a merge, on top of the one before. */
function diamonds(count: number): GraphNode[] {
  return Array.from({ length: count }, (_, i) => {
    const below = i === 0 ? [] : [`m${number(i - 1)}`]
    const [left, right] = [`a${number(i)}`, `b${number(i)}`]
    return [revision(left, below), revision(right, below), revision(`m${number(i)}`, [left, right])]
  }).flat()
}

describe('large graphs', () => {
  test('50,000 revisions in a line load, plan and go back', () => {
    const graph = createRevisionGraph(chain(50_000).reverse())
    expect(graph.heads).toEqual(['r049999'])
    const up = planUpgrade(graph, ['r000009'], 'head')
    expect(up.steps).toHaveLength(49_990)
    expect(up.steps[0]).toEqual({ revision: 'r000010', direction: 'up', removed: ['r000009'], added: ['r000010'] })
    expect(up.to).toEqual(['r049999'])
    expect(planDowngrade(graph, ['r049999'], '-49999').to).toEqual(['r000000'])
    expect(planDowngrade(graph, ['r049999'], 'base').steps).toHaveLength(50_000)
    expect(resolveTargets(graph, 'base+50000')).toEqual(['r049999'])
    expect(graph.labelsOf('r049999')).toEqual([])
  })

  test('16,000 stacked diamonds: every path through them counts once', () => {
    const graph = createRevisionGraph(diamonds(16_000))
    expect(graph.size).toBe(48_000)
    expect(graph.mergePoints).toHaveLength(16_000)
    const up = planUpgrade(graph, [], 'heads')
    expect(up.steps).toHaveLength(48_000)
    expect(up.to).toEqual(['m015999'])
    const down = planDowngrade(graph, up.to, 'base')
    expect(down.steps.map((step) => step.revision)).toEqual(up.steps.map((step) => step.revision).reverse())
    expect(down.to).toEqual([])
    expect(planDowngrade(graph, up.to, 'a000000').steps).toHaveLength(47_998)
    expect(planDowngrade(graph, up.to, 'a000000').to).toEqual(['a000000', 'b000000'])
    expect(resolveTargets(graph, 'a000000@head')).toEqual(['m015999'])
  })

  test('16,000 stacked diamonds: stamp moves any two of them into one row', () => {
    const graph = createRevisionGraph(diamonds(16_000))
    expect(planStamp(graph, ['a015999', 'b015999'], 'm000000').changes).toEqual([
      { from: ['a015999', 'b015999'], to: ['m000000'] },
    ])
    expect(planStamp(graph, ['m000000'], ['a015999', 'b015999']).changes).toEqual([
      { from: ['m000000'], to: ['a015999', 'b015999'] },
    ])
  })

  test('200,000 revisions in a line do not overflow any stack', () => {
    const graph = createRevisionGraph(chain(200_000))
    expect(planUpgrade(graph, [], 'head').steps).toHaveLength(200_000)
    expect(planDowngrade(graph, ['r199999'], 'base').to).toEqual([])
    expect(planStamp(graph, ['r199999'], 'r000000').to).toEqual(['r000000'])
    expect(graph.labelsOf('r199999')).toEqual([])
  })

  test('200,000 revisions in a circle are told as one', () => {
    const nodes = chain(200_000)
    nodes[0] = revision('r000000', ['r199999'])
    let thrown: unknown
    try {
      createRevisionGraph(nodes)
    } catch (error) {
      thrown = error
    }
    expect(isMigrateError(thrown, 'CYCLE') && thrown.details.revisions.length).toBe(200_000)
  })

  test('5,000 heads on one base: steps carry changes, not copies of all heads', () => {
    const heads = Array.from({ length: 5_000 }, (_, i) => `h${number(i)}`)
    const graph = createRevisionGraph([revision('base0', []), ...heads.map((id) => revision(id, ['base0']))])
    const up = planUpgrade(graph, [], 'heads')
    expect(up.to).toEqual(heads)
    expect(up.steps.reduce((sum, step) => sum + step.added.length + step.removed.length, 0)).toBe(5_002)
    const down = planDowngrade(graph, heads, 'base')
    expect(down.steps.reduce((sum, step) => sum + step.added.length + step.removed.length, 0)).toBe(5_002)
    expect(down.steps.at(-2)).toMatchObject({ removed: ['h000000'], added: ['base0'] })
    expect(planStamp(graph, [], 'heads').changes).toHaveLength(5_000)
    expect(planStamp(graph, heads, 'base0').changes).toEqual([{ from: heads, to: ['base0'] }])
    expect(planStamp(graph, ['base0'], 'heads').changes).toEqual([{ from: ['base0'], to: heads }])
    expect([...headsAlong({ ...up, steps: up.steps.slice(0, 3) })]).toEqual([
      ['base0'],
      ['h000000'],
      ['h000000', 'h000001'],
    ])
  })

  test('50,000 revisions in a line with 1,000 labels: each answers to all of them', () => {
    const graph = createRevisionGraph(
      chain(50_000).map((node, i) => (i % 50 === 0 ? { ...node, branchLabels: [`label${number(i)}`] } : node)),
    )
    expect(graph.labelsOf('r000000')).toHaveLength(1_000)
    expect(graph.labelsOf('r025001')).toHaveLength(1_000)
    expect(graph.labelsOf('r049999').at(-1)).toBe('label049950')
  })

  test('a merge of 5,000 parents, each with a branch of its own', () => {
    const tips = Array.from({ length: 5_000 }, (_, i) => `h${number(i)}`)
    const graph = createRevisionGraph([
      ...tips.map((id) => revision(id, [], { branchLabels: [`label_${id}`] })),
      revision('merge', tips),
    ])
    const up = planUpgrade(graph, [], 'head')
    expect(up.steps.at(-1)).toEqual({ revision: 'merge', direction: 'up', removed: tips, added: ['merge'] })
    expect(planDowngrade(graph, ['merge'], 'h000000').to).toEqual(tips)
    expect(graph.labelsOf('merge')).toHaveLength(5_000)
    expect(graph.labelsOf('h000001')).toEqual(['label_h000001'])
  })
})
