import type { Mutant } from '../../kit/mutants/mutant.ts'

const journal = 'test/unit/journal/journal.test.ts'
const implicitCommits = 'test/unit/journal/implicit-commits.test.ts'
const timeout = 'test/unit/journal/lock-timeout.test.ts'
const mixed = 'test/unit/journal/mixed-revision.test.ts'

/** Revisions that commit more than once: their parts, the journal, the waiting for locks. */
export const segmentMutants: readonly Mutant[] = [
  {
    name: 'do the parts of a revision again that are done',
    file: 'packages/core/src/planning/journal/resume-steps.ts',
    find: 'operations: executableStep.operations.slice(resumed.operations),',
    replace: 'operations: executableStep.operations,',
    test: [journal, 'is noted part by part, and is not done again'],
  },
  {
    name: 'commit a data step without a note of it',
    file: 'packages/core/src/run/journal/journaled-parts.ts',
    find: 'const hasOperations = span !== undefined && span.resolvedOperations.length > 0',
    replace: 'const hasOperations = span === null',
    test: [journal, 'is noted part by part, and is not done again'],
  },
  {
    name: 'leave the journal when the revision has ended',
    file: 'packages/core/src/run/journal/journaled-parts.ts',
    find: 'const forgotten = this.#isJournaled ?',
    replace: 'const forgotten = !this.#isJournaled ?',
    test: [journal, 'is noted part by part, and is not done again'],
  },
  {
    name: 'take what was begun for done',
    file: 'packages/core/src/planning/journal/resume.ts',
    find: "if (decided === 'not applied') continue",
    replace: 'if (decided === null) continue',
    test: [journal, 'is found in the tables where a statement was begun'],
  },
  {
    name: 'forget what was found of a statement',
    file: 'packages/core/src/planning/journal/resume.ts',
    find: "if (decided !== 'run again')",
    replace: "if (decided === 'not applied')",
    test: [implicitCommits, 'ends right where what was found of a statement cannot be found once more'],
  },
  {
    name: 'take what was begun for not done',
    file: 'packages/core/src/planning/journal/recover-operation.ts',
    find: "return 'skipped' in guarded ? 'applied' : 'not applied'",
    replace: "return 'not applied'",
    test: [journal, 'is found in the tables where a statement was begun'],
  },
  {
    name: 'run statements of a part again that are done',
    file: 'packages/core/src/run/journal/journaled-parts.ts',
    find: 'await this.#count({ position, statements, first: done }, async',
    replace: 'await this.#count({ position, statements, first: 0 }, async',
    test: [journal, 'of several statements of one operation continues with the one that failed'],
  },
  {
    name: 'think that a statement has not run because its end was not observed',
    file: 'packages/core/src/planning/journal/resume.ts',
    find: "const uncertain = assumed === undefined && part.state === 'started'",
    replace: 'const uncertain = false',
    test: [journal, 'of several statements of one operation may be one more than was noted'],
  },
  {
    name: 'guess whether SQL of the author has run',
    file: 'packages/core/src/planning/journal/resume.ts',
    find: 'throw undecidedError(\n    interrupted,\n    part,\n    part.fingerprint === undefined ?',
    replace:
      "if (part.state !== undefined) return 'not applied'\n  throw undecidedError(interrupted, part, part.fingerprint === undefined ?",
    test: [journal, 'by SQL of the author is done again where the server refused it'],
  },
  {
    name: 'resume a revision that was edited',
    file: 'packages/core/src/planning/journal/resume.ts',
    find: 'if (!same) throw editedError(interrupted, part)',
    replace: '',
    test: [journal, 'must stay in the file'],
  },
  {
    name: 'look for edits in the last operation alone',
    file: 'packages/core/src/planning/journal/resume.ts',
    find: 'checksum([hashes.at(-1), operation])',
    replace: 'checksum([operation])',
    test: [journal, 'must stay in the file'],
  },
  {
    name: 'begin something else while a revision is interrupted',
    file: 'packages/core/src/planning/journal/resume-steps.ts',
    find: 'if (first !== undefined && isOf(first, interruptedStep)) continue',
    replace: 'if (first !== null) continue',
    test: [journal, 'comes before everything else'],
  },
  {
    name: 'plan one transaction where there are more',
    file: 'packages/core/src/compile/parts.ts',
    find: '  return parts + 1\n',
    replace: '  return 1\n',
    test: [journal, 'are counted as they will be committed'],
  },
  {
    name: 'count no transaction before a statement that stands alone',
    file: 'packages/core/src/compile/parts.ts',
    find: 'parts += (isOpen ? 1 : 0) + group',
    replace: 'parts += group',
    test: [journal, 'are counted as they will be committed'],
  },
  {
    name: 'use what only a commit makes usable, before it',
    file: 'packages/core/src/run/run-operations.ts',
    find: 'if (more && endsPart(group)) await parts.close()',
    replace: '',
    test: [mixed, 'succeeds, and is told beforehand to commit more than once'],
  },
  {
    name: 'change a table while constraints of it are to be checked',
    file: 'packages/core/src/run/run-operations.ts',
    find: 'await context.session.checkDeferred?.()',
    replace: '',
    test: [mixed, 'succeeds, and is told beforehand to commit more than once'],
  },
  {
    name: 'try no revision again that waited too long for a lock',
    file: 'packages/core/src/run/plan-execution.ts',
    find: '? 0 : resolved.lockRetries',
    replace: '? 0 : 0',
    test: [timeout, 'is asked for again, told each time'],
  },
  {
    name: 'try no statement again that waited too long for a lock',
    file: 'packages/core/src/run/run-statement.ts',
    find: 'const retries = repeatable ? context.resolved.lockRetries : 0',
    replace: 'const retries = 0',
    test: [timeout, 'is asked for again, told each time'],
  },
  {
    name: 'try a statement again in a transaction that has failed',
    file: 'packages/core/src/run/run-statement.ts',
    find: 'const retries = repeatable ? context.resolved.lockRetries : 0',
    replace: 'const retries = context.resolved.lockRetries',
    test: [timeout, 'is asked for again, told each time'],
  },
  {
    name: 'run a data step again because a later statement had no lock',
    file: 'packages/core/src/run/plan-execution.ts',
    find: "const retries = operations.some(({ operation }) => operation.kind === 'run') ? 0 : resolved.lockRetries",
    replace: 'const retries = operations.length < 0 ? 0 : resolved.lockRetries',
    test: [timeout, 'after a data step ends the run where the step would run again'],
  },
  {
    name: 'ask for a lock for ever',
    file: 'packages/core/src/run/retry-locked.ts',
    find: 'const mayRetry = attempt <= options.retries && ',
    replace: 'const mayRetry = ',
    test: [timeout, 'is asked for as often as it may be, and no more'],
  },
]
