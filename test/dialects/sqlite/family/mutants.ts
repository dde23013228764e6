import type { Mutant } from '../../../kit/mutants/mutant.ts'

const family = 'packages/dialect-sqlite/src/compile/family'
const rows = 'test/dialects/sqlite/family/rows.test.ts'

/** What a rebuild with foreign keys on may not forget. */
export const familyMutants: readonly Mutant[] = [
  {
    name: 'leave the children out of a rebuild with foreign keys on',
    file: `${family}/family-rebuild.ts`,
    find: '{ into, parents: names, why }',
    replace: '{ into, parents: new Map(), why }',
    test: [rows, 'of a parent keeps the rows of every child, whatever ON DELETE says'],
  },
  {
    name: 'forget the counter in a rebuild with foreign keys on',
    file: `${family}/family-rebuild.ts`,
    find: 'each.copy, each.count, ...each.sequence]',
    replace: 'each.copy, each.count]',
    test: [rows, 'keeps grandchildren of a table whose key is counted, and the counter'],
  },
  {
    name: 'let ON DELETE follow the chains of a table that is dropped',
    file: `${family}/self-references.ts`,
    find: '[sql`UPDATE`, sql`DELETE`]',
    replace: '[sql`UPDATE`]',
    test: [rows, 'keeps chains of 3,000 rows that refer to each other, ON DELETE CASCADE'],
  },
]
