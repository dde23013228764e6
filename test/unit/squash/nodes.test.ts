import { createRevisionGraph } from '@org/migrate-core'
import { replaceNodes } from '@org/migrate-core/internal'
import { draftRevision } from '@org/migrate-core/node'
import { describe, expect, test } from 'vitest'

const node = (revision: string, parents: readonly string[], more: object = {}) => ({
  revision,
  parents,
  dependsOn: [],
  branchLabels: [],
  ...more,
})
/** a ← b ← c ← d, and s in place of a, b, c. */
const files = [
  node('a', []),
  node('b', ['a']),
  node('c', ['b']),
  node('d', ['c']),
  node('s', [], { replaces: ['a', 'b', 'c'] }),
]

describe('a squashed revision stands in the graph', () => {
  test.each([
    ['of an empty database', []],
    ['of one that has applied the range', ['c']],
    ['of one behind it', ['d']],
  ])('%s', (_of, rows) => {
    const { nodes, inside } = replaceNodes(files, { rows })
    const graph = createRevisionGraph(nodes)
    expect(graph.order).toEqual(['s', 'd'])
    expect(inside).toEqual([])
  })

  test('and takes the row of the range', () => {
    expect(replaceNodes(files, { rows: ['c', 'x'] })).toMatchObject({
      rows: ['s', 'x'],
      unrecorded: [{ revision: 's', removed: ['c'] }],
    })
    expect(replaceNodes(files, { rows: ['d'] })).toMatchObject({ rows: ['d'], unrecorded: [] })
  })

  test('also where the files of the range are gone', () => {
    const { nodes, rows } = replaceNodes(files.slice(3), { rows: ['c'] })
    expect([createRevisionGraph(nodes).order, rows]).toEqual([['s', 'd'], ['s']])
  })
})

describe('the range stands in the graph', () => {
  test('of a database that is inside it', () => {
    const { nodes, inside, rows } = replaceNodes(files, { rows: ['b'] })
    expect(createRevisionGraph(nodes).order).toEqual(['a', 'b', 'c', 'd'])
    expect(inside).toEqual([{ squash: 's', replaced: ['a', 'b', 'c'], at: ['b'], interrupted: [], missing: [] }])
    expect(rows).toEqual(['b'])
  })

  test('and the revisions made since follow it', () => {
    const { nodes } = replaceNodes(
      [...files.slice(0, 3), node('s', [], { replaces: ['a', 'b', 'c'] }), node('e', ['s'])],
      {
        rows: ['b'],
      },
    )
    expect(createRevisionGraph(nodes).order).toEqual(['a', 'b', 'c', 'e'])
  })

  test('of one whose first revision of it is interrupted', () => {
    const { inside } = replaceNodes(files, { rows: [], interrupted: ['a'] })
    expect(inside.map(({ at, interrupted }) => ({ at, interrupted }))).toEqual([{ at: ['a'], interrupted: ['a'] }])
  })
})

describe('a squashed revision of squashed ones', () => {
  const outer = [...files, node('t', [], { replaces: ['s', 'd'] }), node('e', ['d'])]

  test.each([
    ['nothing', [], ['t', 'e'], []],
    ['both ranges', ['d'], ['t', 'e'], [{ revision: 't', removed: ['d'] }]],
  ])('with %s applied', (_what, rows, order, unrecorded) => {
    const replaced = replaceNodes(outer, { rows })
    expect(createRevisionGraph(replaced.nodes).order).toEqual(order)
    expect(replaced.unrecorded).toEqual(unrecorded)
  })

  test('leaves a database that has only the inner range inside', () => {
    const { nodes, unrecorded, inside } = replaceNodes(outer, { rows: ['c'] })
    expect(createRevisionGraph(nodes).order).toEqual(['s', 'd', 'e'])
    expect(unrecorded).toEqual([{ revision: 's', removed: ['c'] }])
    expect(inside.map(({ squash, at }) => [squash, at])).toEqual([['t', ['s']]])
  })

  test('and of a database inside the inner one, none stands', () => {
    const { nodes, inside } = replaceNodes(outer, { rows: ['b'] })
    expect(createRevisionGraph(nodes).order).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(inside.map(({ squash }) => squash)).toEqual(['s', 't'])
  })
})

test('an id that is there twice is refused, also where it is replaced', () => {
  expect(() => createRevisionGraph(replaceNodes([...files, node('b', [])], { rows: [] }).nodes)).toThrow(
    'Two revisions have the id b',
  )
  const { nodes } = replaceNodes(files, { rows: [] })
  expect(() => draftRevision(createRevisionGraph(nodes), { revision: 'b' })).toThrow(
    'The id b is that of a revision which s replaces.',
  )
})

test.each([
  ['a parent inside the range', [...files, node('x', ['b'])], 'x follows b'],
  ['two that replace the same', [...files, node('t', [], { replaces: ['c', 'd'] })], 'replaces c, too'],
  ['one that replaces itself', [node('t', [], { replaces: ['t'] })], 'it replaces itself'],
])('%s is refused by name', (_what, nodes, why) => {
  expect(() => replaceNodes(nodes, { rows: [] })).toThrow(why)
})
