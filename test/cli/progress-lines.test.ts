import { expect, test, vi } from 'vitest'
import { channel } from '../../apps/cli/src/output.ts'
import { humanReporter } from '../../apps/cli/src/reporters/human.ts'
import { paceText } from '../../apps/cli/src/reporters/progress.ts'
import { Secrets } from '../../apps/cli/src/secrets.ts'

test.each([
  ['nothing yet', [50, 900, 100], ''],
  ['nothing was done', [0, 5_000, 100], ''],
  ['a few', [12, 5_000, 100], ', 2.4/s, 42 s left'],
  ['many', [400_000, 10_000, 880_000], ', 40,000/s, 22 s left'],
  ['minutes', [10_000, 10_000, 700_000], ', 1,000/s, 12 min left'],
  ['hours', [10_000, 10_000, 11_100_000], ', 1,000/s, 3 h 5 min left'],
  ['an unknown end', [10_000, 10_000, undefined], ', 1,000/s'],
  ['more than there were', [10_000, 10_000, -5], ', 1,000/s'],
] as const)('how fast a long work is, and how long it still takes: %s', (_what, [done, ms, left], text) => {
  expect(paceText(done, ms, left)).toBe(text)
})

test('who waits long in a log reads a line less and less often', () => {
  const lines: string[] = []
  const output = {
    isTerminal: () => false,
    columns: () => 80,
    write: (bytes: Uint8Array) => void lines.push(String(bytes)),
  }
  const stream = channel({ name: 'stderr', output, env: {}, secrets: new Secrets({}, []) })
  const reporter = humanReporter(stream, stream, { quiet: false, verbose: false })
  const now = vi.spyOn(performance, 'now')
  for (let second = 3; second <= 600; second += 3) {
    now.mockReturnValue(second * 1_000)
    reporter.event({ type: 'waiting', what: 'the run lock', waitedMs: second * 1_000 })
  }
  now.mockRestore()
  expect(lines.map((line) => line.trim())).toEqual([
    'waiting for the run lock (3.0 s)',
    'waiting for the run lock (6.0 s)',
    'waiting for the run lock (12.0 s)',
    'waiting for the run lock (24.0 s)',
    'waiting for the run lock (48.0 s)',
    'waiting for the run lock (1 min 36 s)',
    'waiting for the run lock (3 min 12 s)',
    'waiting for the run lock (6 min 24 s)',
  ])
})
