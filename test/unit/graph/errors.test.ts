import {
  createRevisionGraph,
  type ErrorCode,
  type ErrorDetails,
  type GraphNode,
  isMigrateError,
  type MigrateError,
  resolveTarget,
} from '@org/migrate-core'
import { listHistory, parentsOfNewRevision, resolveTargets } from '@org/migrate-core/internal'
import { describe, expect, test } from 'vitest'
import { planDowngrade } from '../../../packages/core/src/graph/selection/plan-downgrade.ts'
import { planStamp } from '../../../packages/core/src/graph/selection/plan-stamp.ts'
import { planUpgrade } from '../../../packages/core/src/graph/selection/plan-upgrade.ts'
import { graphOf, nodes } from './kit.ts'

function refusal<C extends ErrorCode>(code: C, act: () => unknown): MigrateError<C> {
  try {
    act()
  } catch (error) {
    if (isMigrateError(error, code)) return error
    throw error
  }
  throw new Error(`${code} was not thrown`)
}

/** The error has this code and these details, and its sentence names `named`. */
function expectRefusal<C extends ErrorCode>(
  act: () => unknown,
  code: C,
  details: ErrorDetails[C],
  ...named: readonly string[]
): void {
  const error = refusal(code, act)
  expect(error.details).toEqual(details)
  for (const name of named) expect(error.message).toContain(name)
}

function revision(id: string, more: Partial<GraphNode> = {}): GraphNode {
  return { revision: id, parents: [], dependsOn: [], branchLabels: [], ...more }
}

describe('a set of revisions that is no graph', () => {
  test('SELF_LOOP: a revision that revises itself', () => {
    expectRefusal(() => graphOf('a b<-a,b'), 'SELF_LOOP', { revision: 'b' }, 'Revision b')
  })

  test('CYCLE names its members and not what hangs on it', () => {
    expectRefusal(() => graphOf('a b<-a,d c<-b d<-c e<-d'), 'CYCLE', { revisions: ['b', 'd', 'c'] }, 'b → d → c → b')
  })

  test('CYCLE without any tip above it', () => {
    expectRefusal(() => graphOf('x a<-b b<-a'), 'CYCLE', { revisions: ['a', 'b'] }, 'a → b → a')
  })

  test('DEPENDENCY_SELF_LOOP: by id and by its own label', () => {
    expectRefusal(() => graphOf('a~>a'), 'DEPENDENCY_SELF_LOOP', { revision: 'a' }, 'Revision a')
    expectRefusal(() => graphOf('a b<-a~>mine[mine]'), 'DEPENDENCY_SELF_LOOP', { revision: 'b' }, 'Revision b')
  })

  test('DEPENDENCY_CYCLE: one of the steps is a dependency', () => {
    expectRefusal(() => graphOf('a~>c b<-a c<-b'), 'DEPENDENCY_CYCLE', { revisions: ['a', 'c', 'b'] }, 'a → c → b → a')
  })

  test('DUPLICATE_REVISION names the files', () => {
    const duplicated = [
      revision('a', { source: 'z_second.ts' }),
      revision('b'),
      revision('a', { source: 'a_first.ts' }),
    ]
    expectRefusal(
      () => createRevisionGraph(duplicated),
      'DUPLICATE_REVISION',
      { revision: 'a', sources: ['a_first.ts', 'z_second.ts'] },
      'Two revisions have the id a: a_first.ts, z_second.ts.',
    )
  })

  test.each([
    ['a~>a', 'Revision a (a.ts) depends on itself.'],
    ['a<-a', 'Revision a (a.ts) names itself as its parent.'],
    ['x a<-b b<-a', 'These revisions revise each other in a circle: a (a.ts) → b (b.ts) → a.'],
    ['a~>b b~>a', 'These revisions need each other in a circle (parents and dependsOn): a (a.ts) → b (b.ts) → a.'],
    ['a b<-z', 'Revision b (b.ts) revises "z", which does not exist.'],
    ['a b~>z', 'Revision b (b.ts) depends on "z", which is neither a revision nor a branch label.'],
    ['a[x] b[x]', 'The branch label x of revision b (b.ts) is already used by a (a.ts).'],
    ['a b[a]', 'The branch label a of revision b (b.ts) is also the id of a (a.ts).'],
    [
      'a[x:y]',
      'The branch label "x:y" of revision a (a.ts) cannot be used: ":" has a meaning in targets such as label@head, +2 or from:to.',
    ],
  ])('%s: the error names the files', (text, message) => {
    const files = nodes(text).map((node) => ({ ...node, source: `${node.revision}.ts` }))
    expect(() => createRevisionGraph(files)).toThrow(message)
  })

  test.each([
    [{ parents: 'b' }, '`nodes`: `parents` of a: a list of texts is expected, and it is a string'],
    [{ replaces: 'b' }, '`nodes`: `replaces` of a: a list of texts is expected, and it is a string'],
    [{ replaces: [1] }, '`nodes`: `replaces` of a: a list of texts is expected, and it is a list of 1'],
    [{ replaces: null }, '`nodes`: `replaces` of a: a list of texts is expected, and it is null'],
  ])('INVALID_OPTION: %j has another shape', (more, why) => {
    const node = { revision: 'a', parents: [], dependsOn: [], branchLabels: [], ...more } as unknown as GraphNode
    expectRefusal(() => createRevisionGraph([node]), 'INVALID_OPTION', { option: 'nodes', why }, why)
  })

  test('DUPLICATE_LABEL: two revisions carry one', () => {
    expectRefusal(
      () => graphOf('a[main] b<-a c[main]'),
      'DUPLICATE_LABEL',
      { label: 'main', revisions: ['a', 'c'] },
      'main',
      'revision c',
    )
  })

  test('DUPLICATE_LABEL: a label that is an id', () => {
    expectRefusal(() => graphOf('a[b] b<-a'), 'DUPLICATE_LABEL', { label: 'b', revisions: ['a', 'b'] }, 'also the id')
  })

  test('MISSING_PARENT', () => {
    expectRefusal(() => graphOf('a b<-a,gone'), 'MISSING_PARENT', { revision: 'b', missing: 'gone' }, 'b', '"gone"')
  })

  test('MISSING_PARENT: a label is no parent', () => {
    expectRefusal(() => graphOf('a[main] b<-main'), 'MISSING_PARENT', { revision: 'b', missing: 'main' })
  })

  test('MISSING_DEPENDENCY', () => {
    expectRefusal(() => graphOf('a b<-a~>gone'), 'MISSING_DEPENDENCY', { revision: 'b', missing: 'gone' }, '"gone"')
  })

  test.each([
    'a@b',
    'a-b',
    'a+b',
    'a:b',
    '',
    'a b',
    ' a',
    'a\n',
    'a\u0000',
    'a\u200b',
    'head',
    'heads',
    'base',
    'current',
  ])('ILLEGAL_REVISION_ID: %j', (id) => {
    const error = refusal('ILLEGAL_REVISION_ID', () => createRevisionGraph([revision(id)]))
    expect(error.details.revision).toBe(id)
    expect(error.message).toContain(JSON.stringify(id))
    const label = refusal('ILLEGAL_REVISION_ID', () => createRevisionGraph([revision('r1', { branchLabels: [id] })]))
    expect(label.details.revision).toBe(id)
    expect(label.message).toContain('revision r1')
  })

  test('ILLEGAL_REVISION_ID: 65 characters; 64 are allowed', () => {
    const id = 'x'.repeat(64)
    expect(createRevisionGraph([revision(id)]).heads).toEqual([id])
    const error = refusal('ILLEGAL_REVISION_ID', () => createRevisionGraph([revision(`${id}x`)]))
    expect(error.details.why).toBe('it has 65 characters, 64 are allowed')
  })

  test('letters, digits, underscore and dot are legal', () => {
    expect(graphOf('0042_add.users Ärger<-0042_add.users').heads).toEqual(['Ärger'])
  })

  test('the same mistake is found whatever the order of files', () => {
    const broken = ['b<-b', 'a<-gone', 'c~>nowhere']
    for (const order of [broken, [...broken].reverse()]) {
      expectRefusal(() => graphOf(order.join(' ')), 'MISSING_PARENT', { revision: 'a', missing: 'gone' })
    }
  })
})

describe('a target that names nothing, or too much', () => {
  const fork = graphOf('a b<-a c1<-b[left] d1<-c1 c2<-b[right] d2<-c2')

  test('UNKNOWN_REVISION offers what is near: a slip, swapped letters, a longer form', () => {
    const graph = graphOf('4f2a91c07b3e 9b01d2ee6a54<-4f2a91c07b3e[accounts]')
    expectRefusal(
      () => resolveTargets(graph, '4f2a91c07b3f'),
      'UNKNOWN_REVISION',
      { target: '4f2a91c07b3f', near: ['4f2a91c07b3e'] },
      '"4f2a91c07b3f"',
    )
    expectRefusal(() => resolveTargets(graph, 'acconuts'), 'UNKNOWN_REVISION', {
      target: 'acconuts',
      near: ['accounts'],
    })
    const longer = refusal('UNKNOWN_REVISION', () => resolveTargets(graph, '9b01d2ee6a54_locale'))
    expect(longer.details.near).toEqual(['9b01d2ee6a54'])
    expect(longer.message).toBe(
      'There is no revision or branch label "9b01d2ee6a54_locale": did you mean 9b01d2ee6a54?',
    )
    expect(longer.remedy).toBe('Run `migrate history` to see the revisions that exist.')
    const nothing = refusal('UNKNOWN_REVISION', () => resolveTargets(graph, 'zzzzzz'))
    expect(nothing.details.near).toEqual([])
    expect(nothing.remedy).toBe('Run `migrate history` to see the revisions that exist.')
  })

  test.each(['', '@', 'left@', '@head', 'a@b@c', 'a:b', 'a-b', '+', '1-', 'a+1+1'])(
    'UNKNOWN_REVISION: %j has no form',
    (target) => {
      const error = refusal('UNKNOWN_REVISION', () => resolveTargets(fork, target))
      expect(error.details.target).toBe(target)
      expect(error.message).toContain(`${JSON.stringify(target)} is not the form of a target.`)
      expect(error.message.includes('--range')).toBe(target.includes(':'))
    },
  )

  test('NO_SUCH_BRANCH offers the target with a name that is near', () => {
    const { message, remedy } = refusal('NO_SUCH_BRANCH', () => resolveTargets(fork, 'lefd@+1'))
    expect(message).toBe('There is no branch "lefd": did you mean `left@+1`?')
    expect(remedy).toBe('Run `migrate heads --verbose` to see the branch labels.')
  })

  test('UNKNOWN_REVISION explains why a short prefix finds nothing', () => {
    const error = refusal('UNKNOWN_REVISION', () => resolveTargets(graphOf('abc abd'), 'ab'))
    expect(error.message).toContain('Only ids and labels of at least four characters can be shortened.')
  })

  test('AMBIGUOUS_PREFIX names all that begin so', () => {
    const graph = graphOf('some_first some_second<-some_first[something]')
    expectRefusal(
      () => resolveTargets(graph, 'some'),
      'AMBIGUOUS_PREFIX',
      { target: 'some', matches: ['some_first', 'some_second'] },
      'some_first, some_second',
    )
    expect(resolveTargets(graph, 'some_s')).toEqual(['some_second'])
    expect(resolveTargets(graph, 'somet')).toEqual(['some_second'])
  })

  test('MULTIPLE_HEADS', () => {
    const details = { target: 'head', heads: ['d1', 'd2'] }
    expectRefusal(() => resolveTargets(fork, 'head'), 'MULTIPLE_HEADS', details, 'd1, d2')
    expectRefusal(() => planUpgrade(fork, [], 'head'), 'MULTIPLE_HEADS', details)
    expectRefusal(() => parentsOfNewRevision(fork), 'MULTIPLE_HEADS', details)
    expectRefusal(() => resolveTarget(fork, 'heads'), 'MULTIPLE_HEADS', { target: 'heads', heads: ['d1', 'd2'] })
    expectRefusal(() => resolveTargets(fork, 'head-1'), 'MULTIPLE_HEADS', { target: 'head-1', heads: ['d1', 'd2'] })
    expectRefusal(() => planDowngrade(fork, ['d1'], 'heads'), 'MULTIPLE_HEADS', {
      target: 'heads',
      heads: ['d1', 'd2'],
    })
  })

  test.each(['middle@head', 'middle@heads', 'middle@base', 'middle@+1', 'middle@c1+1'])(
    'NO_SUCH_BRANCH: %s',
    (target) => {
      expectRefusal(() => resolveTargets(fork, target), 'NO_SUCH_BRANCH', { target, branch: 'middle' }, '"middle"')
    },
  )

  test('NOT_IN_BRANCH', () => {
    const details = { target: 'left@d2', branch: 'left', revision: 'd2' }
    expectRefusal(() => resolveTargets(fork, 'left@d2'), 'NOT_IN_BRANCH', details, 'd2', 'left')
    expectRefusal(() => planDowngrade(fork, ['d1', 'd2'], 'left@c2'), 'NOT_IN_BRANCH', {
      target: 'left@c2',
      branch: 'left',
      revision: 'c2',
    })
  })

  test('AMBIGUOUS_WALK at a fork and at a merge', () => {
    expectRefusal(() => planUpgrade(fork, ['a'], '+2'), 'AMBIGUOUS_WALK', {
      target: '+2',
      at: 'b',
      choices: ['c1', 'c2'],
    })
    const merged = graphOf('a b1<-a b2<-a m<-b1,b2')
    const details = { target: '-1', at: 'm', choices: ['b1', 'b2'] }
    expectRefusal(() => planDowngrade(merged, ['m'], '-1'), 'AMBIGUOUS_WALK', details, 'b1, b2')
    expectRefusal(() => resolveTargets(graphOf('a b'), 'base+1'), 'AMBIGUOUS_WALK', {
      target: 'base+1',
      at: 'base',
      choices: ['a', 'b'],
    })
  })

  test('AMBIGUOUS_RELATIVE: several rows, whichever was read first', () => {
    const up = { target: '+1', heads: ['c1', 'c2'] }
    expectRefusal(() => planUpgrade(fork, ['c2', 'c1'], '+1'), 'AMBIGUOUS_RELATIVE', up, 'c1, c2')
    const down = { target: '-1', heads: ['c1', 'c2'] }
    expectRefusal(() => planDowngrade(fork, ['c1', 'c2'], '-1'), 'AMBIGUOUS_RELATIVE', down)
    expectRefusal(() => planDowngrade(fork, ['c2', 'c1'], '-1'), 'AMBIGUOUS_RELATIVE', down)
  })

  test('RELATIVE_OUT_OF_RANGE: past the end, or the wrong way', () => {
    const line = graphOf('a b<-a c<-b')
    const code = 'RELATIVE_OUT_OF_RANGE'
    expect(refusal(code, () => planUpgrade(line, ['b'], '+2')).details).toEqual({
      target: '+2',
      why: 'nothing follows c (1 of 2 steps possible)',
    })
    expect(refusal(code, () => planDowngrade(line, ['b'], '-3')).details).toEqual({
      target: '-3',
      why: 'nothing lies below base (2 of 3 steps possible)',
    })
    expect(refusal(code, () => planUpgrade(line, ['b'], 'c@-1')).remedy).toBe('Write `c@+1`, or name the revision.')
    expect(planUpgrade(line, ['b'], 'c@+1').to).toEqual(['c'])
    expect(refusal(code, () => planDowngrade(line, ['b'], '+1')).remedy).toBe('Write `-1`, or name the revision.')
    expect(planDowngrade(line, ['b'], '-1').to).toEqual(['a'])
    expect(refusal(code, () => listHistory(line, '+1:')).remedy).toBe('Write `-1`, or name the revision.')
    expect(listHistory(line, '-1:')).toEqual(['c', 'b'])
    expect(refusal(code, () => listHistory(line, 'a:-1')).message).toBe(
      '"-1" is out of range: the second end of a range counts up from the first one.',
    )
    expect(listHistory(line, 'a:+1')).toEqual(['b', 'a'])
    refusal(code, () => planUpgrade(line, [], '+99999999999999999999999'))
    refusal(code, () => resolveTargets(line, 'head+1'))
    refusal(code, () => resolveTargets(line, 'base-1'))
  })

  test('INVALID_DOWNGRADE_TARGET: not applied, or nothing of its line above it', () => {
    expectRefusal(
      () => planDowngrade(fork, ['c1'], 'd2'),
      'INVALID_DOWNGRADE_TARGET',
      { target: 'd2', applied: ['c1'] },
      '"d2"',
      'not applied',
    )
    const line = graphOf('x1 x2<-x1 y1~>x2')
    expectRefusal(() => planDowngrade(line, ['y1'], 'x2'), 'INVALID_DOWNGRADE_TARGET', {
      target: 'x2',
      applied: ['y1'],
    })
  })

  test('INVALID_DOWNGRADE_TARGET: the advice names the lines that can be reverted', () => {
    const adviceOf = (current: readonly string[], target: string, text: string): string =>
      refusal('INVALID_DOWNGRADE_TARGET', () => planDowngrade(graphOf(text), current, target)).remedy
    const dependency = 'x1 x2<-x1 y0 y1<-y0~>x2'
    expect(adviceOf(['y1'], 'x2', dependency)).toBe('Name the line to revert: `y1@-1`.')
    expect(planDowngrade(graphOf(dependency), ['y1'], 'y1@-1').to).toEqual(['x2', 'y0'])
    const forked = 'a b<-a[left] c<-a[right]'
    expect(adviceOf(['c'], 'left@a', forked)).toBe('Name the line to revert: `c@a`.')
    expect(planDowngrade(graphOf(forked), ['c'], 'c@a').to).toEqual(['a'])
  })

  test('OVERLAPPING_TARGETS: of what is asked for', () => {
    const details = { revisions: ['c1', 'd1'] }
    expectRefusal(() => planUpgrade(fork, [], ['d1', 'c1', 'd2']), 'OVERLAPPING_TARGETS', details, 'c1, d1')
    expectRefusal(() => planStamp(fork, [], ['d1', 'c1']), 'OVERLAPPING_TARGETS', details)
    expect(planUpgrade(fork, ['b'], ['d1', 'd1']).to).toEqual(['d1'])
  })

  test('OVERLAPPING_TARGETS: of the rows, which a stamp can fix', () => {
    const details = { revisions: ['a', 'c1'] }
    expectRefusal(() => planUpgrade(fork, ['a', 'c1'], 'heads'), 'OVERLAPPING_TARGETS', details, 'a, c1')
    expectRefusal(() => planDowngrade(fork, ['a', 'c1'], 'base'), 'OVERLAPPING_TARGETS', details)
    expect(planStamp(fork, ['a', 'c1'], 'c1')).toEqual({
      from: ['a', 'c1'],
      to: ['c1'],
      changes: [{ from: ['a', 'c1'], to: ['c1'] }],
    })
  })

  test('UNKNOWN_APPLIED_REVISION; a purging stamp forgets it', () => {
    const details = { table: 'migrate_version', revisions: ['gone'] }
    expectRefusal(() => planUpgrade(fork, ['a', 'gone'], 'heads'), 'UNKNOWN_APPLIED_REVISION', details, 'gone')
    expectRefusal(() => planDowngrade(fork, ['gone'], 'base'), 'UNKNOWN_APPLIED_REVISION', details)
    expectRefusal(() => planStamp(fork, ['gone'], 'd1'), 'UNKNOWN_APPLIED_REVISION', details)
    expect(planStamp(fork, ['gone', 'c2'], 'd1', { purge: true })).toEqual({
      from: ['c2', 'gone'],
      to: ['d1'],
      changes: [{ from: ['c2', 'gone'], to: ['d1'] }],
    })
  })

  test('NOT_ANCESTOR and a range without a colon', () => {
    expectRefusal(() => listHistory(fork, 'c1:d2'), 'NOT_ANCESTOR', { lower: 'c1', upper: 'd2' }, 'c1', 'd2')
    const remedies = ['d1:a', 'c1:d2'].map((range) => refusal('NOT_ANCESTOR', () => listHistory(fork, range)).remedy)
    expect(remedies).toEqual(['Give the older revision first.', expect.stringContaining('two revisions of one line')])
    for (const range of ['c1', 'a:b:d1']) {
      expect(refusal('INVALID_OPTION', () => listHistory(fork, range)).message).toContain(JSON.stringify(range))
    }
  })

  test('NOT_A_HEAD without splice, DUPLICATE_HEADS', () => {
    expectRefusal(() => parentsOfNewRevision(fork, { head: 'c1' }), 'NOT_A_HEAD', {
      revision: 'c1',
      heads: ['d1', 'd2'],
    })
    expect(parentsOfNewRevision(fork, { head: 'c1', splice: true })).toEqual(['c1'])
    const duplicated = { head: ['d1', 'left@head'] }
    expectRefusal(() => parentsOfNewRevision(fork, duplicated), 'DUPLICATE_HEADS', { revision: 'd1' }, 'd1')
  })
})
