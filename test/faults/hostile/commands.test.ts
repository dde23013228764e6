import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorCodes } from '../../../packages/core/src/errors/codes.ts'
import { ensureBuilt, Project, revision, twoRevisions } from '../../cli/project.ts'
import { counts } from '../../kit/scale.ts'
import { hostileText, mutated } from './texts.ts'
import { Tally } from './verdict.ts'

let project: Project
beforeAll(() => {
  ensureBuilt()
  project = new Project(twoRevisions)
})
afterAll(() => project.remove())

const configuration = "export default { url: 'sqlite:app.db', migrations: './migrations' }\n"
const pieces = [
  "'",
  '"',
  '`',
  '{',
  '}',
  '(',
  '\\',
  '\n',
  '\0',
  '\ufeff',
  '/*',
  '*/',
  'null',
  'throw ',
  'await ',
  '...',
  '\u2028',
]
const spawnable = hostileText.map((text) => text.replaceAll('\0', ''))

/** Mostly as many words as the command takes: what is one too many ends all of them the same. */
const line = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<string[]>(
      [],
      ['history'],
      ['heads', '--verbose'],
      ['status'],
      ['preserved'],
      ['current'],
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constantFrom('upgrade', 'downgrade', 'show', 'plan', 'stamp'),
      fc.oneof(spawnable, fc.constantFrom('head', 'base', '-1', '+1', 'a1', 'c1')),
    ),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('--tier', '--url', '--config', '--range'), spawnable) },
  { weight: 1, arbitrary: fc.array(spawnable, { maxLength: 3 }) },
)

const attempt = fc.record({
  line,
  config: fc.oneof(
    { weight: 2, arbitrary: fc.constant(configuration) },
    { weight: 1, arbitrary: mutated(fc.constant(configuration), pieces) },
    {
      weight: 1,
      arbitrary: hostileText.map(
        (text) => `export default { url: ${JSON.stringify(`sqlite:${text}`)}, migrations: './migrations' }\n`,
      ),
    },
  ),
  file: fc.oneof(
    { weight: 1, arbitrary: fc.constant('') },
    { weight: 2, arbitrary: mutated(fc.constant(revision('c1', 'b1', "  op.sql('SELECT 1')")), pieces) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(hostileText, hostileText)
        .map(([id, message]) => revision('c1', 'b1', '', message).replace("'c1'", JSON.stringify(id))),
    },
  ),
  env: fc.record(
    { DATABASE_URL: spawnable, INIT_CWD: spawnable, TERM: spawnable, NO_COLOR: spawnable },
    { requiredKeys: [] },
  ),
  json: fc.boolean(),
})

/** Among few attempts chance may give none that ends like these. */
const plain = (line: string[]) => ({ line, config: configuration, file: '', env: {}, json: false })

/** What a terminal obeys, and what hides or turns round a part of a text. */
const raw = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff](?<![\t\n])/u

test('every command ends: done, or with a code of the catalogue, what to do, and nothing raw', () => {
  const tally = new Tally()
  fc.assert(
    fc.property(attempt, ({ line: given, config, file, env, json }) => {
      writeFileSync(join(project.folder, 'migrate.config.ts'), config)
      writeFileSync(join(project.folder, 'migrations/c1_new.ts'), file === '' ? revision('c1', 'b1', '') : file)
      const args = [...given, ...(json ? ['--json'] : [])]
      const { code, signal, stdout, stderr } = project.run(args, { env, timeout: 60_000 })
      expect(signal).toBeNull()
      expect(stdout + stderr).not.toMatch(raw)
      expect(stderr).not.toMatch(/^\s+at \S/m)
      if (code === 0 || code === 3) {
        tally.add('done')
        return
      }
      const reportedCode = /error: ([A-Z_]+): /.exec(stderr)?.[1] ?? ''
      expect(errorCodes).toContain(reportedCode)
      expect(['INTERNAL', 'ENDED_EARLY']).not.toContain(reportedCode)
      expect(stderr).toMatch(/^ {2}do {8} \S/m)
      tally.add(reportedCode)
      // Words that asked for JSON and are no usage at all cannot be known to ask for it.
      if (json && stdout !== '')
        expect(() =>
          stdout
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as unknown),
        ).not.toThrow()
    }),
    { numRuns: counts.hostileCommands, examples: [[plain(['status'])], [plain(['no-such-command'])]] },
  )
  console.log(`commands: ${tally}`)
  expect(tally.total).toBeGreaterThanOrEqual(counts.hostileCommands)
  expect(tally.verdicts).toEqual(expect.arrayContaining(['done', 'USAGE']))
})
