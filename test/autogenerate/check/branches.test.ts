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

const rename = (column: string): Operation => ({ kind: 'renameColumn', table: t, column, to: `${column}_2` })
const renameTable: Operation = { kind: 'renameTable', table: t, to: 'u' }
const check: Operation = { kind: 'addConstraint', table: t, constraint: { kind: 'check', expression: 'age > 0' } }
const index = (element: object, where?: string): Operation => ({
  kind: 'createIndex',
  table: t,
  index: { name: 'i', unique: false, elements: [element], ...(where === undefined ? {} : { where }) },
})
const computed: Operation = {
  kind: 'addColumn',
  table: t,
  column: { name: 'g', type: integer(), nullable: true, generated: { expression: 'age + 1', stored: true } },
}
const view: Operation = { kind: 'createView', view: { ref: { name: 'v' }, definition: 'SELECT age FROM t' } }
const policy: Operation = {
  kind: 'createPolicy',
  table: { name: 'notes' },
  policy: { name: 'p', as: 'permissive', for: 'all', to: ['public'], using: 'id IN (SELECT age FROM t)' },
}
const trigger: Operation = {
  kind: 'createTrigger',
  trigger: { name: 'g', table: t, definition: 'CREATE TRIGGER g BEFORE UPDATE OF age ON t …' },
}
const declaredCheck: Operation = { kind: 'sql', text: 'ALTER TABLE t ADD CHECK (age > 0)', effects: [] }
const mood: Operation = { kind: 'alterEnum', enum: { name: 'mood' }, rename: [{ value: 'sad', to: 'low' }] }
const moodCheck: Operation = {
  kind: 'addConstraint',
  table: t,
  constraint: { kind: 'check', expression: "mood <> 'sad'" },
}

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

  test.each<[string, Operation, Operation, BranchPair['verdict']?]>([
    ['a check and the new name of its column', check, rename('age')],
    ['a check and another column', check, rename('id'), 'independent'],
    ['a predicate of an index and its column', index({ column: 'id' }, 'age > 3'), drop('age')],
    ['an expression of an index and its column', index({ expression: 'lower(age)' }), drop('age')],
    ['a computed column and what it reads', computed, drop('age')],
    ['a view and a column that it reads', view, drop('age')],
    ['a view and a table that it reads', view, renameTable],
    [
      'a view and a column of another table',
      view,
      { kind: 'dropColumn', table: { name: 'u' }, column: 'age' },
      'independent',
    ],
    ['a policy and a column of another table that it reads', policy, rename('age')],
    ['a trigger and its column', trigger, rename('age')],
    ['SQL that says what it does, and a column that it names', declaredCheck, rename('age')],
    ['a check and a value that it names', moodCheck, mood],
  ])('%s', (_what, left, right, verdict = 'conflict') => {
    expect([verdictOf([left], [right]), verdictOf([right], [left])]).toEqual([verdict, verdict])
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

test('what a head stands on is found once, and for each pair only where they part', () => {
  const heads = Array.from({ length: 40 }, (_, at) => `h${at}`)
  const graph = graphOf(['a', ...heads.map((head) => `${head}<-a`)].join(' '))
  let calls = 0
  const ancestorsOf: typeof graph.ancestorsOf = (...request) => {
    calls += 1
    return graph.ancestorsOf(...request)
  }
  const pairs = compareBranches({ ...graph, ancestorsOf }, () => [], heads)
  expect(pairs).toHaveLength((40 * 39) / 2)
  expect(calls).toBeLessThan(2 * pairs.length)
})
