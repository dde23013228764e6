import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { plainCommand } from '../../apps/cli/src/plain-commands.ts'
import { type Invocation, parse } from '../../apps/cli/src/program.ts'
import { defaultSettings } from '../../apps/cli/src/settings.ts'
import { ensureBuilt, root } from './project.ts'

const plain: readonly (readonly [args: readonly string[], expected: Partial<Invocation['settings']>])[] = [
  [[], { command: 'upgrade' }],
  [['upgrade'], { command: 'upgrade' }],
  [['status'], { command: 'status' }],
  [['--json'], { command: 'upgrade', json: true }],
  [['--json', 'status'], { command: 'status', json: true }],
  [['upgrade', '--quiet', '--strict'], { command: 'upgrade', quiet: true, strict: true }],
]

describe('commands that are read without the parser', () => {
  test.each(plain)('%j mean what they mean to the parser', (args, expected) => {
    const running = expected.command === 'upgrade'
    const meaning = { settings: { ...defaultSettings, ...expected }, running }
    expect(plainCommand(args)).toMatchObject(meaning)
    expect(parse(args, '1.0.0')).toMatchObject(meaning)
  })

  test.each([
    [['upgrade', 'head']],
    [['status', '--exit-code']],
    [['--']],
    [['status', 'upgrade']],
    [['--url', 'sqlite:app.db']],
    [['--verbose']],
    [['constructor']],
    [['downgrade']],
    [['--help']],
    [['-x', 'upgrade']],
    [['help', 'status']],
  ])('%j are left to the parser', (args) => {
    expect(plainCommand(args)).toBeUndefined()
  })
})

describe('what was built', () => {
  beforeAll(ensureBuilt)

  test('takes modules of Node without `import`, which would load all that each of them may ever use', () => {
    const built = ['apps/cli', 'packages/core', 'packages/dialect-sqlite', 'packages/dialect-postgres'].flatMap(
      (name) =>
        readdirSync(join(root, name, 'dist'), { recursive: true, encoding: 'utf8' })
          .filter((file) => file.endsWith('.js'))
          .map((file) => join(root, name, 'dist', file)),
    )
    const texts = built.map((file) => [file, readFileSync(file, 'utf8')] as const)
    expect(texts.filter(([, text]) => text.includes('process.getBuiltinModule("node:fs")'))).not.toEqual([])
    // `node:module` of the program gives `require` to what is bundled as CommonJS.
    const imports = /\bfrom\s*["'](node:(?!module)[a-z/_]+)["']/
    expect(texts.flatMap(([file, text]) => (imports.test(text) ? [file] : []))).toEqual([])
  })
})
