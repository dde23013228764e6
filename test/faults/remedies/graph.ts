import { createRevisionGraph, resolveTarget } from '@org/migrate-core'
import {
  listHistory,
  parentsOfNewRevision,
  refuseInside,
  replaceNodes,
  resolveTargets,
} from '@org/migrate-core/internal'
import { planDowngrade } from '../../../packages/core/src/graph/selection/plan-downgrade.ts'
import { planUpgrade } from '../../../packages/core/src/graph/selection/plan-upgrade.ts'
import { graphOf } from '../../unit/graph/kit.ts'
import type { Answers, Scenario } from './scenario.ts'

const graphCase = (follows: string, wrong: string, right: string): readonly Scenario[] => [
  { follows, call: () => graphOf(wrong), afterwards: () => graphOf(right) },
]
const forked = 'a b<-a[left] c<-a[right]'
const at = (target: string, current: readonly string[] = ['a'], text = forked) =>
  resolveTargets(graphOf(text), target, { current })

/** a ← b ← c, and s in place of a and b. */
const squashed = (parent: string, rows: readonly string[] = []) =>
  replaceNodes(
    [
      { revision: 'a', parents: [], dependsOn: [], branchLabels: [] },
      { revision: 'b', parents: ['a'], dependsOn: [], branchLabels: [] },
      { revision: 'c', parents: [parent], dependsOn: [], branchLabels: [] },
      { revision: 's', parents: [], dependsOn: [], branchLabels: [], replaces: ['a', 'b'] },
    ],
    { rows },
  )
const refuseWithin = (rows: readonly string[]): void => {
  for (const inside of squashed('b', rows).inside) refuseInside(inside)
}

export const graphAnswers: Answers = {
  SQUASH_CROSSED: [
    { follows: 'point the revision that follows it', call: () => squashed('a'), afterwards: () => squashed('b') },
  ],
  INSIDE_SQUASH: [
    { follows: '`migrate upgrade', call: () => refuseWithin(['a']), afterwards: () => refuseWithin(['b']) },
  ],
  SELF_LOOP: [
    { follows: 'Name another parent', call: () => graphOf('a b<-b'), afterwards: () => graphOf('a b<-a') },
    { follows: 'or null for a base', call: () => graphOf('a b<-b'), afterwards: () => graphOf('a b') },
  ],
  CYCLE: graphCase('Change the downRevision of one of them', 'x a<-b b<-a', 'x a<-x b<-a'),
  DEPENDENCY_SELF_LOOP: graphCase('Remove the revision from its own dependsOn', 'a~>a', 'a'),
  DEPENDENCY_CYCLE: graphCase('Remove one of the dependsOn entries', 'a~>b b~>a', 'a~>b b'),
  DUPLICATE_REVISION: graphCase('Give one of the files another revision id', 'a a', 'a b'),
  DUPLICATE_LABEL: graphCase('another label', 'a[x] b[x]', 'a[x] b[y]'),
  ILLEGAL_REVISION_ID: [
    {
      follows: 'Use letters, digits, underscore and dot',
      call: () => createRevisionGraph([{ revision: 'a b', parents: [], dependsOn: [], branchLabels: [] }]),
      afterwards: () => createRevisionGraph([{ revision: 'a_b', parents: [], dependsOn: [], branchLabels: [] }]),
    },
  ],
  MISSING_PARENT: [
    { follows: 'Bring the missing file back', call: () => graphOf('b<-a'), afterwards: () => graphOf('a b<-a') },
    {
      follows: 'point downRevision to a revision that exists',
      call: () => graphOf('x b<-a'),
      afterwards: () => graphOf('x b<-x'),
    },
  ],
  MISSING_DEPENDENCY: [
    { follows: 'Bring the missing file back', call: () => graphOf('b~>a'), afterwards: () => graphOf('a b~>a') },
    { follows: 'take the entry out of dependsOn', call: () => graphOf('b~>a'), afterwards: () => graphOf('b') },
  ],
  UNKNOWN_REVISION: [
    {
      follows: '`migrate history`',
      call: () => resolveTarget(graphOf('abc'), 'xyz'),
      afterwards: () => resolveTarget(graphOf('abc'), listHistory(graphOf('abc'), ':')[0] ?? ''),
    },
  ],
  AMBIGUOUS_PREFIX: [
    {
      follows: 'Type more characters',
      call: () => resolveTarget(graphOf('abc1 abc2'), 'abc'),
      afterwards: () => resolveTarget(graphOf('abc1 abc2'), 'abc1'),
    },
  ],
  MULTIPLE_HEADS: [
    { follows: 'Name one head', call: () => at('head'), afterwards: () => at('b') },
    { follows: 'write `heads` for all of them', call: () => at('head'), afterwards: () => at('heads') },
    {
      follows: 'join them with a merge revision',
      call: () => at('head'),
      afterwards: () => at('head', ['a'], 'a b<-a c<-a d<-b,c'),
    },
  ],
  NO_SUCH_BRANCH: [
    { follows: '`migrate heads --verbose`', call: () => at('up@head'), afterwards: () => at('left@head') },
  ],
  NOT_IN_BRANCH: [
    { follows: 'Leave the branch out', call: () => at('left@c'), afterwards: () => at('c') },
    { follows: 'name a revision that belongs to it', call: () => at('left@c'), afterwards: () => at('left@b') },
  ],
  AMBIGUOUS_WALK: [
    {
      follows: 'Name the revision to go to',
      call: () => planUpgrade(graphOf(forked), ['a'], '+1'),
      afterwards: () => planUpgrade(graphOf(forked), ['a'], 'b'),
    },
    {
      follows: '`d@b`, `d@c`',
      call: () => planDowngrade(graphOf(`${forked} d<-b,c`), ['d'], '-1'),
      afterwards: () => planDowngrade(graphOf(`${forked} d<-b,c`), ['d'], 'd@b'),
    },
  ],
  AMBIGUOUS_RELATIVE: [
    {
      follows: 'Name the line to count in: `b@+1`, `c@+1`',
      call: () => at('+1', ['b', 'c'], `${forked} d<-b`),
      afterwards: () => at('b@+1', ['b', 'c'], `${forked} d<-b`),
    },
    {
      follows: 'Name the line to count in: `b@-1`, `c@-1`',
      call: () => at('-1', ['b', 'c'], forked),
      afterwards: () => at('b@-1', ['b', 'c'], forked),
    },
  ],
  RELATIVE_OUT_OF_RANGE: [
    {
      follows: 'Use a smaller number of steps',
      call: () => at('a+5', ['a'], 'a b<-a'),
      afterwards: () => at('a+1', ['a'], 'a b<-a'),
    },
    {
      follows: 'name the revision',
      call: () => at('a+5', ['a'], 'a b<-a'),
      afterwards: () => at('b', ['a'], 'a b<-a'),
    },
  ],
  NOT_ANCESTOR: [
    {
      follows: 'Give the older revision first',
      call: () => listHistory(graphOf('a b<-a'), 'b:a'),
      afterwards: () => listHistory(graphOf('a b<-a'), 'a:b'),
    },
  ],
  NOT_A_HEAD: [
    {
      follows: 'Start from a head',
      call: () => parentsOfNewRevision(graphOf('a b<-a'), { head: 'a' }),
      afterwards: () => parentsOfNewRevision(graphOf('a b<-a'), { head: 'b' }),
    },
    {
      follows: 'begin a branch there with --splice',
      call: () => parentsOfNewRevision(graphOf('a b<-a'), { head: 'a' }),
      afterwards: () => parentsOfNewRevision(graphOf('a b<-a'), { head: 'a', splice: true }),
    },
  ],
  DUPLICATE_HEADS: [
    {
      follows: 'Name each parent once',
      call: () => parentsOfNewRevision(graphOf('a b'), { head: ['a', 'a'] }),
      afterwards: () => parentsOfNewRevision(graphOf('a b'), { head: ['a', 'b'] }),
    },
  ],
}
