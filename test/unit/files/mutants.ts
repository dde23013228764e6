import type { Mutant } from '../../kit/mutants/mutant.ts'

const cli = 'apps/cli/src'
const usage = 'test/cli/usage.test.ts'
const output = 'test/cli/output.test.ts'
const run = 'test/cli/run.test.ts'

/** Reading revision files, and the command line. */
export const programMutants: readonly Mutant[] = [
  {
    name: 'leave imports out of the name of compiled code',
    file: 'packages/core/src/files/import/compile.ts',
    find: "for (const resolved of imports.values()) if (resolved.kind === 'source') waiting.push(resolved.file)",
    replace: '',
    test: ['test/unit/files/import.test.ts', 'the cache never serves a file that changed'],
  },
  {
    name: 'trust compiled code that others can write',
    file: 'packages/core/src/files/import/cache.ts',
    find: '(stats.uid === uid && (stats.mode & 0o022) === 0)',
    replace: 'stats.uid === uid',
    test: ['test/unit/files/import.test.ts', 'a folder of compiled code that others can write to is not trusted'],
  },
  {
    name: 'believe the scanned header whatever the module exports',
    file: 'packages/core/src/files/module-check.ts',
    find: 'if (text === value) continue',
    replace: "if (text !== '') continue",
    test: ['test/unit/files/folders.test.ts', 'what a module exports is checked against its text'],
  },
  {
    name: 'hash the text with the line ends of the checkout',
    file: 'packages/core/src/files/scanned-file.ts',
    find: 'return sha256(normaliseSource(text))',
    replace: 'return sha256(text)',
    test: ['test/unit/files/header-scan.test.ts', 'CRLF and a byte order mark change neither the header nor the hash'],
  },
  {
    name: 'trust the facts of a file that was read once',
    file: 'packages/core/src/files/file-index.ts',
    find: 'if (firstRead === undefined || Number(firstRead) > now) return String(now)',
    replace: "if (firstRead === undefined || Number(firstRead) > now) return ''",
    test: [
      'test/unit/files/index/file-index.test.ts',
      'edited at the same time as it was first read, with the same size and time (racy)',
    ],
  },
  {
    name: 'trust a file of that name whatever its facts',
    file: 'packages/core/src/files/file-index.ts',
    find: 'if (line?.startsWith(start) !== true) return undefined',
    replace: 'if (line === undefined) return undefined',
    test: [
      'test/unit/files/index/file-index.test.ts',
      'edited within the same second, with the same size and the old time set again',
    ],
  },
  {
    name: 'evaluate a revision with a computed value at its top as a function',
    file: 'packages/core/src/files/import/plain-form.ts',
    find: "else if (line !== '' && ![constant, importLine, comment].some((form) => form.test(line))) return undefined",
    replace: '',
    test: ['test/unit/files/plain-module.test.ts', 'Node evaluates a revision where a value is computed'],
  },
  {
    name: 'hash the byte order mark',
    file: 'packages/core/src/model/canonical.ts',
    find: ".replace(/^\\uFEFF/, '')",
    replace: '',
    test: ['test/unit/files/header-scan.test.ts', 'CRLF and a byte order mark change neither the header nor the hash'],
  },
  {
    name: 'take names that differ only in case',
    file: 'packages/core/src/files/folder-names.ts',
    find: "name.normalize('NFC') : name).toLowerCase()",
    replace: "name.normalize('NFC') : name)",
    test: ['test/unit/files/folders.test.ts', 'names that differ only in case or Unicode form are FILE_NAME_INVALID'],
  },
  {
    name: 'exit with 1 where an edited file is the reason',
    file: `${cli}/exit-codes.ts`,
    find: 'EDITED_REVISION: exitCodes.todo',
    replace: 'EDITED_REVISION: exitCodes.failed',
    test: [
      'test/cli/read-only-commands.test.ts',
      'a file edited after it was applied is told by status, and refused with 3 by --strict',
    ],
  },
  {
    name: 'exit with 1 for wrong usage',
    file: `${cli}/exit-codes.ts`,
    find: '  USAGE: exitCodes.usage',
    replace: '  USAGE: exitCodes.failed',
    test: [usage, 'wrong usage and configuration exit with 2 and say what is wrong ["upgade"]'],
  },
  {
    name: 'exit with 130 for SIGTERM',
    file: `${cli}/exit-codes.ts`,
    find: "signal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted",
    replace: 'exitCodes.interrupted',
    test: [run, 'interrupting'],
  },
  {
    name: 'take a leading -- for a word',
    file: `${cli}/host.ts`,
    find: "process.argv[2] === '--' ? process.argv.slice(3) : process.argv.slice(2)",
    replace: 'process.argv.slice(2)',
    test: [usage, 'a literal -- in front is ignored'],
  },
  {
    name: 'print passwords',
    file: `${cli}/secrets.ts`,
    find: "for (const secret of this.#forms) if (clean.includes(secret)) clean = clean.replaceAll(secret, '***')",
    replace: '',
    test: [output, 'no password in any output'],
  },
  {
    name: 'end NDJSON without a result',
    file: `${cli}/reporters/json.ts`,
    find: "result: (document) => line({ type: 'result', ok: true, exitCode: 0, ...document }),",
    replace: 'result: () => {},',
    test: [run, '--json prints an event a line and the result as the last'],
  },
  {
    name: 'end NDJSON of a failure without a result',
    file: `${cli}/reporters/json.ts`,
    find: "line({ type: 'result', ok: false, exitCode, error: errorDocument(error) })",
    replace: '',
    test: [run, 'a revision that fails in its third statement leaves all as it was'],
  },
  {
    name: 'believe an INIT_CWD of another script',
    file: `${cli}/caller.ts`,
    find: 'env.INIT_CWD !== undefined && scriptFolders.includes(cwd)',
    replace: 'env.INIT_CWD !== undefined',
    test: ['test/cli/paths.test.ts', 'an INIT_CWD inherited from a script of another folder does not count'],
  },
]
