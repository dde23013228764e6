import type { Mutant } from '../../kit/mutants/mutant.ts'

const replace = 'packages/core/src/graph/replace.ts'
const tier = 'packages/core/src/planning/squashed-tier.ts'
const proof = 'packages/autogenerate/src/squash/prove-squash.ts'
const nodes = 'test/unit/squash/nodes.test.ts'
const run = 'test/unit/squash/run.test.ts'
const prove = 'test/autogenerate/squash/prove.test.ts'

export const squashMutants: readonly Mutant[] = [
  {
    name: 'a database inside a range sees the squashed revision',
    file: replace,
    find: 'if (at.length > 0 && missing.length === 0) {',
    replace: 'if (at.length > 1 && missing.length === 0) {',
    test: [nodes, 'of a database that is inside it'],
  },
  {
    name: 'a revision whose range is interrupted counts as applied by none of it',
    file: replace,
    find: 'interrupted.filter((id) => before.has(id) || id === head)',
    replace: 'interrupted.filter((id) => id === head)',
    test: [nodes, 'of one whose first revision of it is interrupted'],
  },
  {
    name: 'what follows a squashed revision is lost inside its range',
    file: replace,
    find: '      heads.set(revision, head)\n',
    replace: '',
    test: [nodes, 'and the revisions made since follow it'],
  },
  {
    name: 'a database inside a range is upgraded past it',
    file: tier,
    find: 'if (refused !== undefined) refuseInside(refused)',
    replace: 'if (refused === undefined) return',
    test: [run, 'a database inside the range is refused, and the remedy leads out of it'],
  },
  {
    name: 'the row of a range stays when its squashed revision is reverted',
    file: tier,
    find: 'removed: rows(step.removed)',
    replace: 'removed: step.removed',
    test: [run, 'a database that has not recorded it goes below it, and the last run is not mixed up'],
  },
  {
    name: 'the proof of a squashed revision does not compare rows',
    file: proof,
    find: '[...schemaChanges(expected, actual), ...rowChanges(expected, actual, new Set())]',
    replace: '[...schemaChanges(expected, actual)]',
    test: [prove, 'refuses one where a row is forgotten'],
  },
  {
    name: 'the proof of a squashed revision does not compare the schema after the downgrade',
    file: proof,
    find: "...differences('after the downgrade', range.reverted, squash.reverted)",
    replace: '',
    test: [prove, 'refuses one whose downgrade leaves something'],
  },
]
