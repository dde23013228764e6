import type { Mutant } from '../../kit/mutants/mutant.ts'

const graph = 'packages/core/src/graph'
const properties = 'test/unit/graph/properties.test.ts'
const questions = 'test/unit/graph/questions.test.ts'

/** What the graph of revisions says, and which of them a plan takes. */
export const graphMutants: readonly Mutant[] = [
  {
    name: 'reverse parents',
    file: `${graph}/create-revision-graph.ts`,
    find: '(v) => v.before : (v) => v.parents',
    replace: '(v) => v.after : (v) => v.children',
    test: [questions, 'ancestors and descendants follow what they are told to'],
  },
  {
    name: 'put children before their parents',
    file: `${graph}/topological-order.ts`,
    find: 'const below = vertex.before[visit.next]',
    replace: 'const below = vertex.after[visit.next]',
    test: [properties, 'parents and dependencies come first, and every revision once'],
  },
  {
    name: 'ignore dependsOn',
    file: `${graph}/vertex.ts`,
    find: 'vertex.before = union(vertex.parents, vertex.dependencies)',
    replace: 'vertex.before = vertex.parents',
    test: [properties, 'parents and dependencies come first, and every revision once'],
  },
  {
    name: 'take the order of the files',
    file: `${graph}/vertex.ts`,
    find: '[...nodes].sort((a, b) => compareIds(a.revision, b.revision))',
    replace: '[...nodes]',
    test: [properties, 'the order of files, and of parents in a file, changes nothing'],
  },
  {
    name: 'take bases for heads',
    file: `${graph}/create-revision-graph.ts`,
    find: '    heads: where((v) => v.children.length === 0)',
    replace: '    heads: where((v) => v.parents.length === 0)',
    test: [questions, 'heads, bases, forks and merges'],
  },
  {
    name: 'let a label mean only what stands above it',
    file: `${graph}/create-revision-graph.ts`,
    find: '(child && above.get(child)) ?? none',
    replace: 'none',
    test: [questions, 'a label goes up to all descendants, and down to the first fork or merge'],
  },
  {
    name: 'let a label go down past a fork',
    file: `${graph}/create-revision-graph.ts`,
    find: 'if (vertex.after.length > 1 || vertex.parents.length > 1) continue',
    replace: 'if (vertex.parents.length > 1) continue',
    test: [questions, 'a label goes up to all descendants, and down to the first fork or merge'],
  },
  {
    name: 'take two files with one id',
    file: `${graph}/vertex.ts`,
    find: 'if (byId.has(id)) {',
    replace: 'if (id === undefined) {',
    test: ['test/unit/graph/errors.test.ts', 'DUPLICATE_REVISION names the files'],
  },
  {
    name: 'keep the row of a parent that a merge takes',
    file: 'packages/core/src/graph/selection/head-moves.ts',
    find: 'if (heads.delete(below)) removed.push(below)',
    replace: 'if (removed.length === 0 && heads.delete(below)) removed.push(below)',
    test: [properties, 'upgrade: what the target needs and is not applied'],
  },
  {
    name: 'make a head of what something applied still stands on',
    file: 'packages/core/src/graph/selection/head-moves.ts',
    find: 'if (remaining === 0) {',
    replace: 'if (remaining >= 0) {',
    test: [properties, 'going up and down at random, the heads stay the maximal elements of what is applied'],
  },
  {
    name: 'revert the target of a downgrade too',
    file: 'packages/core/src/graph/selection/plan-downgrade.ts',
    find: 'selection.inclusive ? [stop] : graph.childrenOf(stop)',
    replace: '[stop]',
    test: [properties, 'downgrade: what stands on the children of the target and is applied, nothing else'],
  },
  {
    name: 'revert what is not applied',
    file: 'packages/core/src/graph/selection/plan-downgrade.ts',
    find: 'for (const id of graph.descendantsOf(roots)) if (applied.has(id)) reverted.add(id)',
    replace: 'for (const id of graph.descendantsOf(roots)) reverted.add(id)',
    test: [properties, 'downgrade: what stands on the children of the target and is applied, nothing else'],
  },
  {
    name: 'revert the other branches of a label',
    file: 'packages/core/src/graph/selection/plan-downgrade.ts',
    find: 'const roots = within ? above.filter((id) => within.has(id)) : above',
    replace: 'const roots = above',
    test: ['test/unit/graph/vectors.test.ts', 'what Alembic does'],
  },
  {
    name: 'take the last step of a sequential tier for a high-water mark',
    file: 'packages/core/src/graph/selection/plan-sequential.ts',
    find: 'const below = names.slice(0, end).filter((name) => !applied.has(name))',
    replace: 'const below = names.slice(names.findLastIndex((name) => applied.has(name)) + 1, end)',
    test: ['test/unit/run/sequential.test.ts', 'a step that is missing in the middle runs and is named'],
  },
]
