import type { Mutant } from '../kit/mutants/mutant.ts'

const script = 'test/unit/script/script.test.ts'
const effects = 'test/unit/sql-revisions/effects.test.ts'
const cliCheck = 'test/cli/check.test.ts'
const heads = 'test/cli/two-heads.test.ts'

/** What a team has at hand: branches, checks, scripts for the server's own client, revisions in SQL. */
export const teamMutants: readonly Mutant[] = [
  {
    name: 'print a script that does not look where the database stands',
    file: 'packages/core/src/script/preconditions.ts',
    find: "tier.kind === 'graph' ? [sql`(SELECT COUNT(*)",
    replace: 'name === "" ? [sql`(SELECT COUNT(*)',
    test: [script, 'run a second time stops, and changes nothing'],
  },
  {
    name: 'print a downgrade that does not look whether values are lost',
    file: 'packages/core/src/script/preconditions.ts',
    find: "if (route.step.direction === 'up') return []",
    replace: 'if (operations.length > 0) return []',
    test: [script, 'downward stops where a value would be lost, and goes where there is none'],
  },
  {
    name: 'print a moment of the machine that prints instead of the clock of the server',
    file: 'packages/core/src/script/script-writer.ts',
    find: '[asText, now.text],',
    replace: '',
    test: [script, 'says when it ran, by the clock of the server'],
  },
  {
    name: 'take a script that was edited for whole',
    file: 'packages/core/src/script/checksum.ts',
    find: ' && withChecksum(text.slice(end + 1)) === text',
    replace: '',
    test: ['test/cli/offline-sql.test.ts', 'replaces a script of ours, and nothing else'],
  },
  {
    name: 'compare branches with what they have in common',
    file: 'packages/autogenerate/src/check/branches.ts',
    find: 'own.filter((revision) => !other.has(revision))',
    replace: 'own',
    test: ['test/autogenerate/check/branches.test.ts', 'are compared since they parted, not before'],
  },
  {
    name: 'say what is pending where the rows cannot be right',
    file: 'packages/autogenerate/src/check/database.ts',
    find: '(overlaps.length === 0 ? pending(each) : [])',
    replace: 'pending(each)',
    test: [cliCheck, 'rows that stand on each other are told, and nothing is said of what is pending'],
  },
  {
    name: 'move a revision that is applied',
    file: 'apps/cli/src/commands/rebase.ts',
    find: 'if (applied.has(revision)) {',
    replace: 'if (applied.has(tier.name)) {',
    test: [heads, 'rebase refuses what this database has applied, naming it, and leaves the file as it was'],
  },
  {
    name: 'leave the effects of SQL out of the hash of its revision',
    file: 'packages/core/src/files/sql-folder.ts',
    find: "const effects = effectsFile === undefined ? [] : ['effects', textHash(effectsFile)]",
    replace: 'const effects: readonly string[] = []',
    test: [effects, 'an edit of them after the revision was applied is told'],
  },
  {
    name: 'give the effects of other statements',
    file: 'packages/core/src/planning/recording/record-sql.ts',
    find: 'if (listed.length === count) return listed',
    replace: 'if (listed.length !== 0) return listed',
    test: [effects, 'for more statements than there are are refused, and nothing has run'],
  },
  {
    name: 'take a step that ended between two questions for an interrupted one',
    file: 'packages/core/src/history/inspect-bookkeeping.ts',
    find: 'const interrupted = before.length === 0 ? before : await readInterrupted()',
    replace: 'const interrupted = before',
    test: [
      'test/unit/lock/concurrent-inspection.test.ts',
      'says of a step that ends between the questions that it has ended',
    ],
  },
  {
    name: 'take a connection that was lost for a setting that was refused',
    file: 'packages/dialect-mysql/src/connection/connector.ts',
    find: '    if (cause === connection.lost) throw cause\n',
    replace: '',
    test: [
      'test/faults/network/start.test.ts',
      'while the settings of its session are sent is lost, and no setting is refused',
    ],
  },
]
