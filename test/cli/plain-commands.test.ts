import { describe, expect, test } from 'vitest'
import { plainCommand } from '../../apps/cli/src/plain-commands.ts'
import { type Invocation, parse } from '../../apps/cli/src/program.ts'
import { defaultSettings } from '../../apps/cli/src/settings.ts'

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
