import {
  createRevisionGraph,
  type GraphNode,
  isMigrateError,
  type MigrateError,
  resolveTarget,
} from '@org/migrate-core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RevisionPlan } from '../../../packages/core/src/graph/selection/plan.ts'
import { planDowngrade } from '../../../packages/core/src/graph/selection/plan-downgrade.ts'
import { planUpgrade } from '../../../packages/core/src/graph/selection/plan-upgrade.ts'
import { defaultTarget } from '../../../packages/core/src/graph/target.ts'
import { scale } from '../../kit/scale.ts'
import { graphOf, nodes as nodesOf } from './kit.ts'
import { naive, randomSituation } from './random-graph.ts'

const runs = { numRuns: scale({ full: 5_000, quick: 500 }) }

const inFiles = (nodes: readonly GraphNode[]): readonly GraphNode[] =>
  nodes.map((node) => ({ ...node, source: `${node.revision}.ts` }))

function attempt<T>(work: () => T): T | MigrateError {
  try {
    return work()
  } catch (error) {
    if (!isMigrateError(error)) throw error
    return error
  }
}

const quoted = (remedy: string): readonly string[] => [...remedy.matchAll(/`([^`]+)`/g)].map(([, args = '']) => args)

/** The files after `migrate merge …` or `migrate rebase …`. */
function edited(nodes: readonly GraphNode[], command: string): readonly GraphNode[] {
  const [, name, ...args] = command.split(' ')
  if (name === 'rebase') {
    const [first, , onto = ''] = args
    return nodes.map((node) => (node.revision === first ? { ...node, parents: [onto] } : node))
  }
  expect(name).toBe('merge')
  const parents = args[0] === 'heads' ? createRevisionGraph(nodes).effectiveHeads : args
  const revision = `merge${nodes.length}`
  return [...nodes, { revision, parents, dependsOn: [], branchLabels: [], source: `${revision}.ts` }]
}

describe('the advice of a refused upgrade', () => {
  test('leads to all heads, in at most as many steps as there are heads', () => {
    const walk = fc.record({
      situation: randomSituation,
      explicit: fc.boolean(),
      strategy: fc.constantFrom('heads', 'one', 'merge', 'rebase'),
      choices: fc.infiniteStream(fc.nat()),
    })
    fc.assert(
      fc.property(walk, ({ situation, explicit, choices, ...drawn }) => {
        let { strategy } = drawn
        let nodes = inFiles(situation.nodes)
        let rows: readonly string[] = naive(nodes).maximal(naive(nodes).below(situation.positions))
        const most = createRevisionGraph(nodes).heads.length
        const isDone = (): boolean => naive(nodes).below(rows).length === nodes.length
        for (let steps = 0; !isDone(); steps += 1) {
          expect(steps).toBeLessThan(Math.max(most, 1))
          const graph = createRevisionGraph(nodes)
          const attempted = attempt(() => planUpgrade(graph, rows, explicit ? 'head' : defaultTarget(graph)))
          if (!isMigrateError(attempted)) {
            rows = attempted.to
            continue
          }
          expect(attempted.code).toBe('MULTIPLE_HEADS')
          const applied = naive(nodes).below(rows)
          const [all = '', ...commands] = quoted(attempted.remedy)
          expect(all).toBe('heads')
          const named = graph.heads.filter((id) => !applied.includes(id))[choices.next().value % 2] ?? 'heads'
          const command = commands.find((args) => args.includes(strategy))
          // Once a head was named, the others are too: what moves behind it then would be one step more.
          if (command === undefined && strategy !== 'heads') strategy = 'one'
          // A line that is applied keeps its place: `rebase` refuses to move it.
          if (command?.startsWith('migrate rebase ')) expect(applied).not.toContain(command.split(' ')[2])
          const chosen = strategy === 'heads' ? 'heads' : (command ?? named)
          if (chosen.startsWith('migrate ')) nodes = edited(nodes, chosen)
          else rows = planUpgrade(graph, rows, chosen).to
        }
      }),
      runs,
    )
  })

  test('moves the line that the database lacks behind the one that it has', () => {
    const graph = createRevisionGraph(inFiles(nodesOf('a b<-a c<-a')))
    const rebaseAt = (rows: readonly string[]): readonly string[] => {
      const refused = attempt(() => planUpgrade(graph, rows, 'head'))
      return isMigrateError(refused) ? quoted(refused.remedy).filter((text) => text.includes('rebase')) : []
    }
    expect(rebaseAt(['a'])).toEqual(['migrate rebase c --onto b'])
    expect(rebaseAt(['b'])).toEqual(['migrate rebase c --onto b'])
    expect(rebaseAt(['c'])).toEqual(['migrate rebase b --onto c'])
    expect(rebaseAt(['b', 'c'])).toEqual([])
  })

  test('an upgrade without a target succeeds where one head needs all others', () => {
    const text = 'a1 a2<-a1 a3<-a2 a4<-a3 t1 t2<-t1 t3<-t2 q1 q2<-q1 q3<-q2 q4<-q3~>t3 q5<-q4'
    const graph = graphOf(text)
    expect(attempt(() => planUpgrade(graph, [], defaultTarget(graph)))).toMatchObject({
      code: 'MULTIPLE_HEADS',
      details: { heads: ['a4', 'q5', 't3'] },
      remedy: expect.stringContaining('`migrate merge a4 q5 t3`'),
    })
    const joined = graphOf(`${text} m<-a4,q5`)
    expect(planUpgrade(joined, [], defaultTarget(joined)).to).toEqual(['m'])
    // As in Alembic `head` counts the line that only serves as a dependency; what it advises joins that, too.
    expect(attempt(() => planUpgrade(joined, [], 'head'))).toMatchObject({
      code: 'MULTIPLE_HEADS',
      remedy: expect.stringContaining('`migrate merge m t3`'),
    })
    const rejoined = createRevisionGraph([...nodesOf(`${text} m<-a4,q5`), ...nodesOf('n<-m,t3')])
    expect(planUpgrade(rejoined, [], 'head').to).toEqual(['n'])
  })
})

const ambiguous = new Set(['AMBIGUOUS_RELATIVE', 'AMBIGUOUS_WALK', 'MULTIPLE_HEADS'])
const stepIds = (plan: RevisionPlan): readonly string[] => plan.steps.map(({ revision }) => revision)

/** What lies between the line that `line@place-n` names and where it leads, by hand. */
function pathTo(nodes: readonly GraphNode[], target: string): readonly string[] {
  const [, line = '', anchor = line, steps = '0'] = /^(\w+)@(?:head|current|(\w+))?(?:-(\d+))?$/.exec(target) ?? []
  const parentsOf = (id: string): readonly string[] => nodes.find(({ revision }) => revision === id)?.parents ?? []
  const isBelow = (id: string, other: string): boolean =>
    id === other || parentsOf(other).some((parent) => isBelow(id, parent))
  const strategy = nodes
    .map(({ revision }) => revision)
    .filter((id) => id !== anchor && isBelow(id, line) && isBelow(anchor, id))
  let at: string | undefined = anchor
  for (let left = Number(steps); left > 0 && at !== undefined; left -= 1) {
    strategy.push(at)
    at = parentsOf(at)[0]
  }
  return strategy
}

describe('the advice of an ambiguous target', () => {
  test('downwards reverts the line that it names, what stands on that, and nothing else', () => {
    const situations = fc.record({
      situation: randomSituation,
      steps: fc.integer({ min: 1, max: 3 }),
      from: fc.constantFrom('', 'current', 'head'),
    })
    fc.assert(
      fc.property(situations, ({ situation: { nodes, positions }, steps, from }) => {
        const graph = createRevisionGraph(nodes)
        const { below, above, maximal } = naive(nodes)
        const rows = maximal(below(positions))
        const refused = attempt(() => planDowngrade(graph, rows, `${from}-${steps}`))
        if (!isMigrateError(refused) || !ambiguous.has(refused.code)) return
        const advised = quoted(refused.remedy)
        expect(advised.length).toBeGreaterThan(1)
        for (const target of advised) {
          const attempted = attempt(() => planDowngrade(graph, rows, target))
          if (isMigrateError(attempted)) {
            // Another merge, or the end of the line, further down; or a head that is not applied.
            expect(['AMBIGUOUS_WALK', 'RELATIVE_OUT_OF_RANGE', 'INVALID_DOWNGRADE_TARGET']).toContain(attempted.code)
            continue
          }
          const strategy = above(pathTo(nodes, target))
          for (const id of stepIds(attempted)) expect(strategy, `${target} reverts ${id}`).toContain(id)
        }
      }),
      runs,
    )
  })

  test('one of two rows is reverted where -1 was ambiguous', () => {
    const graph = graphOf('a b<-a c1<-b c2<-b')
    const refused = attempt(() => planDowngrade(graph, ['c1', 'c2'], '-1'))
    expect(refused).toMatchObject({
      code: 'AMBIGUOUS_RELATIVE',
      remedy: 'Name the line to count in: `c1@-1`, `c2@-1`.',
    })
    expect(stepIds(planDowngrade(graph, ['c1', 'c2'], 'c1@-1'))).toEqual(['c1'])
    expect(stepIds(planDowngrade(graph, ['c1', 'c2'], 'c2@-1'))).toEqual(['c2'])
  })

  test('one of two rows is gone to where `current` was both', () => {
    const graph = graphOf('a b<-a c<-a d<-b e<-c')
    const current = ['b', 'c']
    const refused = attempt(() => resolveTarget(graph, 'current', { current }))
    expect(refused).toMatchObject({ code: 'MULTIPLE_HEADS', remedy: 'Name one of them.' })
    for (const named of current) expect(resolveTarget(graph, named, { current })).toBe(named)
  })

  test('below a merge the other children of the parent stay', () => {
    const graph = graphOf('p1 p2 m<-p1,p2 d<-p1')
    const refused = attempt(() => planDowngrade(graph, ['d', 'm'], 'm@-1'))
    expect(refused).toMatchObject({ code: 'AMBIGUOUS_WALK', remedy: 'Name the revision to go to: `m@p1`, `m@p2`.' })
    expect(planDowngrade(graph, ['d', 'm'], 'm@p1')).toMatchObject({ to: ['d', 'p2'] })
    expect(stepIds(planDowngrade(graph, ['d', 'm'], 'm@p1'))).toEqual(['m'])
  })

  test('upwards it is taken, step for step', () => {
    const situations = fc.record({ situation: randomSituation, steps: fc.integer({ min: 1, max: 3 }) })
    fc.assert(
      fc.property(situations, ({ situation: { nodes, positions }, steps }) => {
        const graph = createRevisionGraph(nodes)
        const { below, maximal } = naive(nodes)
        const rows = maximal(below(positions))
        const follow = (target: string, depth: number): void => {
          const attempted = attempt(() => planUpgrade(graph, rows, target))
          if (!isMigrateError(attempted) || !ambiguous.has(attempted.code)) {
            if (isMigrateError(attempted)) expect(attempted.code).toBe('RELATIVE_OUT_OF_RANGE')
            return
          }
          // At most the choice of the line, and one at each step.
          expect(depth).toBeLessThanOrEqual(steps)
          const advised = quoted(attempted.remedy)
          expect(advised.length).toBeGreaterThan(1)
          for (const next of advised) follow(next, depth + 1)
        }
        follow(`+${steps}`, 0)
      }),
      runs,
    )
  })
})
