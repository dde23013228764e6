import { type BranchPair, compareBranches } from '@org/migrate-autogenerate'
import { integer, type Operation } from '@org/migrate-core'
import { describe, expect, test } from 'vitest'
import { graphOf } from '../../unit/graph/kit.ts'

const t = { name: 't' }
const add = (name: string, table = t): Operation => ({
  kind: 'addColumn',
  table,
  column: { name, type: integer(), nullable: true },
})
const drop = (column: string): Operation => ({ kind: 'dropColumn', table: t, column })
const dropTable: Operation = { kind: 'dropTable', table: t }
const opaque: Operation = { kind: 'sql', text: 'DELETE FROM t' }
const declared: Operation = { kind: 'sql', text: 'ALTER TABLE t ADD c int', effects: [add('c')] }
const step = (label: string): Operation => ({ kind: 'run', label, down: 'none', direction: 'up' })

/** a, and from it b and c. */
const fork = graphOf('a b<-a c<-a')

function verdictOf(left: readonly Operation[], right: readonly Operation[]): BranchPair['verdict'] | undefined {
  const sides: Readonly<Record<string, readonly Operation[]>> = { b: left, c: right }
  return compareBranches(fork, (revision) => sides[revision] ?? [])[0]?.verdict
}

describe('two branches', () => {
  test.each([
    ['other columns of one table', [add('x')], [add('y')], 'independent'],
    ['one column twice', [add('x')], [add('x')], 'conflict'],
    ['a column and its table', [add('x')], [dropTable], 'conflict'],
    ['a column and its removal', [add('x')], [drop('x')], 'conflict'],
    ['columns of the same name of two tables', [add('x')], [add('x', { name: 'u' })], 'independent'],
    ['SQL that says nothing', [opaque], [add('x')], 'unknown'],
    ['SQL that says what it does', [declared], [add('x')], 'independent'],
    ['SQL that says it does the same', [declared], [add('c')], 'conflict'],
    ['SQL that says nothing, beside what is seen', [opaque, add('x')], [add('x')], 'conflict'],
    ['a data step', [step('fill')], [drop('x')], 'unknown'],
    ['data steps of the same name', [step('fill')], [step('fill')], 'unknown'],
    ['nothing on one side', [], [add('x')], 'independent'],
  ] as const)('%s', (_what, left, right, verdict) => {
    expect(verdictOf(left, right)).toBe(verdict)
  })

  test('are compared since they parted, not before', () => {
    const graph = graphOf('a b<-a c<-b d<-b e<-d')
    const [pair] = compareBranches(graph, () => [add('x')])
    expect(pair).toMatchObject({
      ancestors: ['b'],
      left: { head: 'c', revisions: ['c'] },
      right: { head: 'e', revisions: ['d', 'e'] },
      verdict: 'conflict',
    })
    expect(pair?.conflicts.map(({ left, right }) => [left.revision, right.revision])).toEqual([
      ['c', 'd'],
      ['c', 'e'],
    ])
  })

  test('with nothing in common part at the beginning', () => {
    expect(compareBranches(graphOf('a b'), () => [])[0]).toMatchObject({ ancestors: [], verdict: 'independent' })
  })

  test('that were merged in part are compared since then', () => {
    const graph = graphOf('a b<-a c<-a m<-b,c d<-m e<-c')
    expect(compareBranches(graph, () => [])[0]).toMatchObject({
      ancestors: ['c'],
      left: { head: 'd', revisions: ['b', 'm', 'd'] },
      right: { head: 'e', revisions: ['e'] },
    })
  })
})

test('of three heads each is compared with each', () => {
  const pairs = compareBranches(graphOf('a b<-a c<-a d<-a'), () => [])
  expect(pairs.map(({ left, right }) => [left.head, right.head])).toEqual([
    ['b', 'c'],
    ['b', 'd'],
    ['c', 'd'],
  ])
})

test('one head is compared with nothing', () => {
  expect(compareBranches(graphOf('a b<-a'), () => [])).toEqual([])
})

test('one that stands on another is no branch beside it', () => {
  expect(() => compareBranches(graphOf('a b<-a c<-a'), () => [], ['a', 'b'])).toThrow(
    expect.objectContaining({ code: 'OVERLAPPING_TARGETS' }) as Error,
  )
})
