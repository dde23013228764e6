import type { Mutant } from '../kit/mutants/mutant.ts'

const autogenerate = 'packages/autogenerate/src'
const cases = 'test/autogenerate/cases/sqlite.test.ts'
const checked = 'test/cli/check-schema.test.ts'

/** What two schemas differ in, and the revision that is written of it. */
export const autogenerateMutants: readonly Mutant[] = [
  {
    name: 'take what is alike for a rename, and ask nothing',
    file: `${autogenerate}/renames/choose.ts`,
    find: 'const chosen = candidates.find(({ other }) => nameOf(other) === answer)',
    replace: 'const chosen = candidates[0]',
    test: [cases, 'values of an enum · rename: no answer'],
  },
  {
    name: 'leave rows without a value where a column becomes NOT NULL',
    file: `${autogenerate}/compose/fills.ts`,
    find: 'turnsNotNull(change, difference) && !isFilledLate(',
    replace: 'turnsNotNull(change, difference) && isFilledLate(',
    test: [cases, 'NOT NULL, and a value for rows that have none'],
  },
  {
    name: 'let the server meet the texts that are no value of an enum',
    file: `${autogenerate}/compose/columns.ts`,
    find: "if (to.kind !== 'enum' || ",
    replace: "if (to.kind === 'enum' || ",
    test: [cases, 'of a text to those of an enum, and a row that has none of them stops it'],
  },
  {
    name: 'let the server meet the rows that a new key keeps apart',
    file: `${autogenerate}/compose/row-checks.ts`,
    find: 'if (original === undefined) return\n  const isGuaranteed',
    replace: 'if (original !== null) return\n  const isGuaranteed',
    test: [cases, 'as the index that Drizzle makes of unique()'],
  },
  {
    name: 'drop a column that the foreign key of another table stands on',
    file: `${autogenerate}/compose/keys.ts`,
    find: 'return difference?.removed.some(({ name }) => columns.includes(name)) ?? false',
    replace: 'return difference === null && columns.length > 0',
    test: [cases, 'before the column of the other table that it refers to'],
  },
  {
    name: 'leave a table that keeps its own rows to RESTRICT',
    file: 'packages/dialect-sqlite/src/compile/tables.ts',
    find: "one.onDelete === 'restrict'",
    replace: "one.onDelete === 'cascade'",
    test: [cases, 'with rows that others of its own keep'],
  },
  {
    name: 'run an incomplete revision',
    file: 'packages/core/src/operations/to-fill-in.ts',
    find: 'throw new MigrateError(',
    replace: 'if (what.length > 0) return "" as never\n  throw new MigrateError(',
    test: [cases, 'NOT NULL, and the file asks'],
  },
  {
    name: 'take drift for something that is only worth knowing',
    file: 'packages/autogenerate/src/check/schema.ts',
    find: "level: hidden ? 'information' : 'problem'",
    replace: "level: 'information'",
    test: [checked, 'the database was changed by hand: drift, and the model too'],
  },
  {
    name: 'write what loses data without being allowed to',
    file: 'apps/cli/src/autogenerate/generate.ts',
    find: 'if (losses.length === 0 || isAllowed) return',
    replace: 'if (losses.length === 0 || !isAllowed) return',
    test: ['test/cli/autogenerate-hooks.test.ts', 'of the configuration is leave enough'],
  },
]
