import { createRevisionGraph, resolveTarget } from '@org/migrate-core'
import { branchTips, listHistory, parentsOfNewRevision, resolveTargets } from '@org/migrate-core/internal'
import { describe, expect, test } from 'vitest'
import { factsOf } from '../../../packages/core/src/graph/facts.ts'
import { headMoveKind } from '../../../packages/core/src/graph/selection/head-moves.ts'
import { planDowngrade } from '../../../packages/core/src/graph/selection/plan-downgrade.ts'
import { planStamp } from '../../../packages/core/src/graph/selection/plan-stamp.ts'
import { planUpgrade } from '../../../packages/core/src/graph/selection/plan-upgrade.ts'
import { parseTarget } from '../../../packages/core/src/graph/target.ts'
import { graphOf } from './kit.ts'

const fork = graphOf('a b<-a c1<-b[left] d1<-c1 c2<-b[right] d2<-c2')
const loop = graphOf('a b<-a c1<-b d1<-c1 c2<-b[c2branch] d2<-c2 e<-d1,d2 f<-e')
/** Three lines; shop stands on core, blog on shop. */
const lines = graphOf(
  'core1[core] core2<-core1 core3<-core2 shop1~>core1[shop] shop2<-shop1~>core2 blog1[blog] blog2<-blog1~>shop1',
)

describe('what a graph tells', () => {
  test('heads, bases, forks and merges', () => {
    const facts = factsOf(lines)
    expect(facts.heads).toEqual(['blog2', 'core3', 'shop2'])
    expect(facts.bases).toEqual(['blog1', 'core1', 'shop1'])
    expect(facts.independentBases).toEqual(['blog1', 'core1'])
    expect(factsOf(graphOf('y1[y] x1[x] y2<-y1~>x1')).effectiveHeads).toEqual(['y2'])
    expect(factsOf(graphOf('y1[y] x1[x] y2<-y1~>x1')).heads).toEqual(['x1', 'y2'])
    expect(factsOf(loop)).toMatchObject({ branchPoints: ['b'], mergePoints: ['e'] })
  })

  test('a label goes up to all descendants, and down to the first fork or merge', () => {
    expect(factsOf(graphOf('a b<-a[x] c<-b')).labels).toEqual({ a: ['x'], b: ['x'], c: ['x'] })
    expect(factsOf(fork).labels).toEqual({ c1: ['left'], d1: ['left'], c2: ['right'], d2: ['right'] })
    expect(factsOf(loop).labels).toEqual({ c2: ['c2branch'], d2: ['c2branch'], e: ['c2branch'], f: ['c2branch'] })
    expect(graphOf('a b1<-a[x] b2<-a[y] m<-b1,b2').labelsOf('m')).toEqual(['x', 'y'])
    expect(graphOf('p q m<-p,q n<-m[x]').labelsOf('m')).toEqual([])
    expect(graphOf('a b<-a[x] z~>a').labelsOf('a')).toEqual([])
  })

  test('effective parents leave out dependencies that an ancestor asked for', () => {
    const graph = graphOf('a1 a2<-a1 a3<-a2 b1 b2<-b1~>a3 b3<-b2 b4<-b3~>a3 b5<-b4~>a2')
    expect(graph.effectiveParentsOf('b2')).toEqual(['a3', 'b1'])
    expect(graph.effectiveParentsOf('b4')).toEqual(['b3'])
    expect(graph.effectiveParentsOf('b5')).toEqual(['a2', 'b4'])
    expect(graph.dependenciesOf('b4')).toEqual(['a3'])
    expect(graph.dependantsOf('a3')).toEqual(['b2', 'b4'])
    expect(graphOf('a1[lib] b~>lib').dependenciesOf('b')).toEqual(['a1'])
  })

  test('ancestors and descendants follow what they are told to', () => {
    expect([...lines.ancestorsOf(['shop2'])].sort()).toEqual(['core1', 'core2', 'shop1', 'shop2'])
    expect([...lines.ancestorsOf(['shop2'], 'parents')].sort()).toEqual(['shop1', 'shop2'])
    expect([...lines.descendantsOf(['shop1'])].sort()).toEqual(['blog2', 'shop1', 'shop2'])
    expect([...lines.lineageOf('core2')].sort()).toEqual(['core1', 'core2', 'core3'])
  })

  test('an empty graph has answers too', () => {
    const empty = createRevisionGraph([])
    expect(empty.heads).toEqual([])
    expect(resolveTargets(empty, 'head')).toEqual([])
    expect(planUpgrade(empty, [], 'head')).toEqual({ from: [], to: [], steps: [] })
    expect(planDowngrade(empty, [], 'base').steps).toEqual([])
    expect(parentsOfNewRevision(empty)).toEqual([])
  })

  test('branches stay in one piece, in the order of ids', () => {
    expect(fork.order).toEqual(['a', 'b', 'c1', 'd1', 'c2', 'd2'])
    expect(planDowngrade(loop, ['f'], 'base').steps.map((step) => step.revision)).toEqual([
      'f',
      'e',
      'd2',
      'c2',
      'd1',
      'c1',
      'b',
      'a',
    ])
  })
})

describe('targets', () => {
  test('the parts of a target', () => {
    expect(parseTarget('left@head-12')).toEqual({ text: 'left@head-12', branch: 'left', symbol: 'head', steps: -12 })
    expect(parseTarget('+2')).toEqual({ text: '+2', steps: 2 })
    expect(parseTarget('left@+2')).toEqual({ text: 'left@+2', branch: 'left', steps: 2 })
    expect(parseTarget('a:b')).toBeUndefined()
  })

  test.each([
    ['base', []],
    ['heads', ['d1', 'd2']],
    ['left', ['c1']],
    ['left@head', ['d1']],
    ['left@heads', ['d1']],
    ['d1@base', []],
    ['b@heads', ['d1', 'd2']],
    ['left@a', ['a']],
    ['left@head-3', ['a']],
    ['left@base+3', ['c1']],
    ['right@a+2', ['c2']],
    ['d2-1', ['c2']],
    ['a+1', ['b']],
    ['d1-0', ['d1']],
    ['current', ['c1', 'c2']],
    ['right@current', ['c2']],
    ['right@+1', ['d2']],
    ['right@-1', ['b']],
  ])('%s', (target, expected) => {
    expect(resolveTargets(fork, target, { current: ['c1', 'c2'] })).toEqual(expected)
  })

  test('branch@heads leaves out a tip that another tip of the branch depends on', () => {
    expect(resolveTargets(graphOf('a[x] b<-a c<-a~>b'), 'x@heads')).toEqual(['c'])
    expect(planUpgrade(graphOf('a[x] b<-a c<-a~>b'), [], 'x@heads').to).toEqual(['c'])
  })

  test('lists, each revision once; one target gives one revision or base', () => {
    expect(resolveTargets(fork, ['left', 'd2', 'c1'])).toEqual(['c1', 'd2'])
    expect(resolveTarget(fork, 'left@head')).toBe('d1')
    expect(resolveTarget(fork, 'base')).toBeNull()
  })

  test('a prefix finds ids and labels of four characters and more', () => {
    const graph = graphOf('4f2a91c07b3e 9b01d2ee6a54<-4f2a91c07b3e[accounts]')
    expect(resolveTargets(graph, '4')).toEqual(['4f2a91c07b3e'])
    expect(resolveTargets(graph, 'acc@9b')).toEqual(['9b01d2ee6a54'])
    expect(resolveTargets(graph, '9b01-1')).toEqual(['4f2a91c07b3e'])
  })

  test('a label whose branch has no row starts where the applied ones leave it', () => {
    expect(planUpgrade(fork, ['d1'], 'right@+1').to).toEqual(['c2', 'd1'])
    expect(planUpgrade(fork, [], 'right@+3').to).toEqual(['c2'])
    expect(planUpgrade(loop, ['d1'], '+1').steps.map((step) => step.revision)).toEqual(['c2', 'd2', 'e'])
  })
})

describe('downgrades', () => {
  const steps = (...args: Parameters<typeof planDowngrade>) => planDowngrade(...args).steps.map((step) => step.revision)

  test('to one side of a merge keeps the other side', () => {
    expect(planDowngrade(loop, ['f'], 'd1').to).toEqual(['d1', 'd2'])
    expect(steps(loop, ['f'], 'c1')).toEqual(['f', 'e', 'd1'])
    expect(planDowngrade(loop, ['f'], 'c1').to).toEqual(['c1', 'd2'])
  })

  test('what depends on the reverted goes too, what it depended on stays', () => {
    const plan = planDowngrade(lines, ['core3', 'shop2', 'blog2'], 'core@base')
    expect([...plan.steps.map((step) => step.revision)].sort()).toEqual([
      'blog2',
      'core1',
      'core2',
      'core3',
      'shop1',
      'shop2',
    ])
    expect(plan.to).toEqual(['blog1'])
    expect(planDowngrade(lines, ['core3', 'shop2', 'blog2'], 'core1').to).toEqual(['blog2'])
    expect(steps(graphOf('x1 x2<-x1 y1~>x2 y2<-y1 z1~>y2 z2<-z1'), ['z2'], 'x1')).toEqual([
      'z2',
      'z1',
      'y2',
      'y1',
      'x2',
    ])
  })

  test('label@base where the base is shared takes everything that shares it', () => {
    expect(steps(fork, ['d1', 'd2'], 'left@base')).toEqual(['d2', 'c2', 'd1', 'c1', 'b', 'a'])
  })

  test('-1 reverts the row, not what the row depends on', () => {
    const graph = graphOf('p q<-p r<-p~>q')
    expect(planDowngrade(graph, ['r'], '-1')).toMatchObject({ steps: [{ revision: 'r' }], to: ['q'] })
    expect(planDowngrade(graph, ['r'], 'p').to).toEqual(['p'])
  })

  test('to the revision that carries the label of a forked branch', () => {
    const graph = graphOf('root[all] l<-root r<-root')
    expect(steps(graph, ['l', 'r'], 'all@root')).toEqual(['r', 'l'])
  })

  test('the kinds of moves', () => {
    expect(planUpgrade(loop, [], 'heads').steps.map(headMoveKind)).toEqual([
      'create',
      'update',
      'update',
      'update',
      'create',
      'update',
      'merge',
      'update',
    ])
    expect(planDowngrade(loop, ['f'], 'base').steps.map(headMoveKind)).toEqual([
      'update',
      'unmerge',
      'update',
      'delete',
      'update',
      'update',
      'update',
      'delete',
    ])
    expect(headMoveKind({ removed: [], added: [] })).toBe('none')
  })
})

describe('stamps', () => {
  test('base deletes every row, branch@base those of the branch', () => {
    expect(planStamp(lines, ['blog2', 'core3'], 'base').changes).toEqual([
      { from: ['blog2'], to: [] },
      { from: ['core3'], to: [] },
    ])
    expect(planStamp(fork, ['d1', 'd2'], 'left@base')).toEqual({
      from: ['d1', 'd2'],
      to: ['d2'],
      changes: [{ from: ['d1'], to: [] }],
    })
  })

  test('two targets below one row split it, where Alembic crashes', () => {
    expect(planStamp(loop, ['f'], ['c1', 'c2']).changes).toEqual([{ from: ['f'], to: ['c1', 'c2'] }])
  })

  test('a base beside another target of the same row is one move', () => {
    expect(planStamp(loop, ['f'], ['c2branch@base', 'd1'])).toEqual({
      from: ['f'],
      to: ['d1'],
      changes: [{ from: ['f'], to: ['d1'] }],
    })
  })

  test('targets that share no row move apart from each other', () => {
    expect(planStamp(graphOf('a1 a2<-a1 b1 b2<-b1'), ['a1', 'b1'], ['a2', 'b2']).changes).toEqual([
      { from: ['a1'], to: ['a2'] },
      { from: ['b1'], to: ['b2'] },
    ])
  })
})

describe('listings', () => {
  test('history lists the latest first, both ends included', () => {
    expect(listHistory(loop)).toEqual(['f', 'e', 'd2', 'c2', 'd1', 'c1', 'b', 'a'])
    expect(listHistory(loop, 'd1:')).toEqual(['f', 'e', 'd1'])
    expect(listHistory(loop, ':b')).toEqual(['b', 'a'])
    expect(listHistory(loop, '-1:')).toEqual(['f', 'e'])
    expect(listHistory(graphOf('a b<-a c<-b d<-c'), 'a:+2')).toEqual(['c', 'b', 'a'])
    expect(listHistory(graphOf('a b<-a c<-b d<-c'), '-1:d-1')).toEqual(['c', 'b'])
    expect(listHistory(graphOf('a b<-a c<-b d<-c'), '-2:+1')).toEqual(['c', 'b'])
  })

  test('history knows what is applied', () => {
    const line = graphOf('a b<-a c<-b d<-c')
    expect(listHistory(line, 'current:', ['b'])).toEqual(['d', 'c', 'b'])
    expect(listHistory(line, ':current', ['b'])).toEqual(['b', 'a'])
    expect(listHistory(line, 'current:+1', ['b'])).toEqual(['c', 'b'])
    expect(listHistory(line, 'current:', [])).toEqual(['d', 'c', 'b', 'a'])
  })

  test('current shows the rows and the tips that are only implied', () => {
    expect(branchTips(lines, ['core3', 'blog2'])).toEqual(['blog2', 'core3', 'shop1'])
    expect(branchTips(graphOf('a1 b1~>a1'), ['b1'])).toEqual(['a1', 'b1'])
    expect(branchTips(lines, [])).toEqual([])
  })

  test('the parents of a new revision', () => {
    expect(parentsOfNewRevision(loop)).toEqual(['f'])
    expect(parentsOfNewRevision(fork, { head: 'heads' })).toEqual(['d1', 'd2'])
    expect(parentsOfNewRevision(fork, { head: ['d2', 'left@head'] })).toEqual(['d2', 'd1'])
    expect(parentsOfNewRevision(fork, { head: 'base' })).toEqual([])
    expect(parentsOfNewRevision(fork, { head: 'b', splice: true })).toEqual(['b'])
  })
})
