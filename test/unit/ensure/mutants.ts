import type { Mutant } from '../../kit/mutants/mutant.ts'

const journal = 'test/unit/journal/journal.test.ts'
const verify = 'test/unit/ensure/verify.test.ts'
const ahead = 'test/unit/ensure/ahead.test.ts'

/** The start of a service, and what resumes an interrupted revision. */
export const startMutants: readonly Mutant[] = [
  {
    name: 'start a service on a database that is behind',
    file: 'packages/core/src/migrator/ensure.ts',
    find: "if (position.state === 'atHead') return",
    replace: "if (position.state !== 'foreign') return",
    test: [verify, 'refuses a database that is empty or behind'],
  },
  {
    name: 'start a service on a schema that lacks something',
    file: 'packages/core/src/migrator/ensure.ts',
    find: 'if (missing.length > 0) {',
    replace: 'if (missing.length < 0) {',
    test: [verify, 'refuses what is missing of the schema'],
  },
  {
    name: 'start a service on edited files where that is forbidden',
    file: 'packages/core/src/migrator/ensure.ts',
    find: 'if (edited.length > 0 && options.verify?.strict === true) {',
    replace: 'if (edited === null) {',
    test: [verify, 'warns of an edited file, and refuses it where it is strict'],
  },
  {
    name: 'start an old service on any newer database',
    file: 'packages/core/src/migrator/ensure.ts',
    find: 'if (refused.length === 0) return { ...result',
    replace: 'if (refused !== null) return { ...result',
    test: [ahead, 'is refused where the newer revision names none, unless it is told to serve'],
  },
  {
    name: 'start a service whose own revisions are not applied beside newer ones',
    file: 'packages/core/src/migrator/ensure.ts',
    find: '  if (pending > 0) {\n    const why =',
    replace: '  if (pending < 0) {\n    const why =',
    test: [ahead, 'is refused where it has a revision of its own that the newer program has not'],
  },
  {
    name: 'wait for the head for ever',
    file: 'packages/core/src/migrator/ensure.ts',
    find: 'if (!early || performance.now() - startedAt >= timeoutMs) throw error',
    replace: 'if (!early) throw error',
    test: ['test/unit/ensure/wait.test.ts', 'ends after its limit with what is still missing'],
  },
  {
    name: 'not wait for a server that starts at the same time',
    file: 'packages/core/src/migrator/ensure.ts',
    find: "(isMigrateError(error, 'DATABASE_UNREACHABLE') && error.details.isRefused !== true) ||",
    replace: '',
    test: ['test/unit/ensure/wait.test.ts', 'waits for a server that does not listen yet'],
  },
  {
    name: 'take a mode that there is not for one that does nothing',
    file: 'packages/core/src/migrator/checked-calls.ts',
    find: "  mode: oneOf('apply', 'verify', 'wait'),\n",
    replace: '  mode: isText,\n',
    test: ['test/unit/ensure/apply.test.ts', 'refuses a mode that there is not, and other options'],
  },
  {
    name: 'let a service wait for the lock longer than it may',
    file: 'packages/core/src/migrator/ensure.ts',
    find: '    lockWaitMs: timeoutMs,\n',
    replace: '',
    test: ['test/unit/ensure/apply.test.ts', 'that waited for the run of another finds nothing to do'],
  },
  {
    name: 'take the database of a newer program for its own',
    file: 'packages/core/src/planning/readiness.ts',
    find: "if (tiers.some((tier) => tier.kind === 'graph' && tier.unknown.length > 0)) return 'ahead'",
    replace: '',
    test: [ahead, 'continues where the newer revision names one that it has'],
  },
  {
    name: 'report no interrupted revision',
    file: 'packages/core/src/planning/readiness.ts',
    find: "if (inspection.interrupted.length > 0) return 'interrupted'",
    replace: '',
    test: [journal, 'is told, and left alone, by a program that has no file of it'],
  },
  {
    name: 'believe one newer revision for all',
    file: 'packages/core/src/planning/readiness.ts',
    find: '=> source === historySource && !compatibleWith.some(own))',
    replace: '=> source === historySource && compatibleWith.length < 0)',
    test: [ahead, 'needs the word of every newer revision, the ones in the middle too'],
  },
  {
    name: 'resume what no file of the program has',
    file: 'packages/core/src/planning/interrupted-route.ts',
    find: 'if (!each.graph.has(interrupted.revision)) throw unknownRevisionError(interrupted)',
    replace: 'if (!each.graph.has(interrupted.revision)) return []',
    test: [journal, 'is told, and left alone, by a program that has no file of it'],
  },
  {
    name: 'not listen to what a person says of a statement',
    file: 'packages/core/src/planning/journal/resume.ts',
    find: "if (assume?.part === part.position) return assume.applied ? 'applied' : 'not applied'",
    replace: '',
    test: [journal, 'is what a person says of it, where nothing else tells'],
  },
  {
    name: 'do again what a person has done by hand',
    file: 'packages/core/src/planning/journal/resume.ts',
    find: "part.state === 'failed' && evidence.assume?.part !== part.position) {",
    replace: "part.state === 'failed') {",
    test: [journal, 'is what a person says of it, where nothing else tells'],
  },
  {
    name: 'take an answer to a question that was not asked',
    file: 'packages/core/src/planning/journal/resume-steps.ts',
    find: 'if (parts.includes(assume.part)) return',
    replace: 'if (parts.length > 0) return',
    test: [journal, 'is what a person says of it, where nothing else tells'],
  },
  {
    name: 'run opaque SQL again on a schema that is another since',
    file: 'packages/core/src/planning/journal/resume.ts',
    find: 'if (part.fingerprint !== undefined && part.fingerprint === fingerprints?.get(part)) return',
    replace: 'if (part.fingerprint !== undefined) return',
    test: [journal, 'by SQL of the author is asked about where the schema is another, also where'],
  },
  {
    name: 'look at the number of tables alone for what opaque SQL did',
    file: 'packages/core/src/planning/journal/fingerprint.ts',
    find: 'checksum(definitions)',
    replace: 'checksum([definitions.length])',
    test: [journal, 'by SQL of the author is asked about where the schema is another, also where'],
  },
]
